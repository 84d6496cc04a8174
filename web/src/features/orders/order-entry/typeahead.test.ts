import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rank, Typeahead } from './typeahead';

const LIST = ['HX-10', 'HX-1020', 'HX-20'].map((sku) => ({ sku }));

function setup(wait: (text: string) => number) {
  const search = vi.fn(async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, wait(text)));
    return rank(text, LIST.filter(({ sku }) => sku.startsWith(text)));
  });
  return { search, typeahead: new Typeahead({ search, delay: 0 }) };
}

describe('the type-ahead contract', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('throws away the answer to an older text, even when it comes last', async () => {
    const { typeahead } = setup((text) => (text === 'H' ? 600 : 10));
    typeahead.type('H');
    await vi.advanceTimersByTimeAsync(5);
    typeahead.type('HX-2');
    await vi.advanceTimersByTimeAsync(50);
    expect(typeahead.state.options).toEqual([{ sku: 'HX-20' }]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(typeahead.state.options).toEqual([{ sku: 'HX-20' }]);
  });

  it('commits the highlighted option only when the options belong to the text', async () => {
    const { typeahead } = setup(() => 100);
    typeahead.type('HX-2');
    await vi.advanceTimersByTimeAsync(200);
    expect(typeahead.commit()).toEqual({ kind: 'option', option: { sku: 'HX-20' } });
    typeahead.type('HX-2');
    await vi.advanceTimersByTimeAsync(200);
    typeahead.type('HX-20X');
    expect(typeahead.commit()).toEqual({ kind: 'raw', text: 'HX-20X' });
  });

  it('changes nothing in a field that was only visited, even with the list open', async () => {
    const { typeahead } = setup(() => 10);
    typeahead.open();
    await vi.advanceTimersByTimeAsync(50);
    expect(typeahead.state.highlighted).toBe(-1);
    expect(typeahead.commit()).toEqual({ kind: 'untouched' });
  });

  it('finds the same product at any speed', async () => {
    for (const [gap, wait] of [[20, 600], [250, 30], [250, 600], [20, 0]] as const) {
      const { typeahead } = setup(() => wait);
      for (const end of [1, 2, 3, 4, 5]) {
        typeahead.type('HX-10'.slice(0, end));
        await vi.advanceTimersByTimeAsync(gap);
      }
      const found = typeahead.commit();
      const sku = found.kind === 'option' ? found.option.sku : found.kind === 'raw' ? found.text : null;
      expect(sku).toBe('HX-10');
    }
  });

  it('keeps the text when the search fails', async () => {
    const typeahead = new Typeahead({ search: () => Promise.reject(new Error('down')), delay: 0 });
    typeahead.type('HX');
    await vi.advanceTimersByTimeAsync(10);
    expect(typeahead.state.failed).toBe(true);
    expect(typeahead.commit()).toEqual({ kind: 'raw', text: 'HX' });
  });
});

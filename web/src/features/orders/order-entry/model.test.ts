import { describe, expect, it } from 'vitest';
import { type Action, emptyHead, emptyLine, type EntryState, isEmptyLine, reduce, startState } from './model';

const product = (sku: string) => ({ id: `prd_${sku}`, sku, name: `Article ${sku}`, unit: 'pcs' });
const begin = () => startState({ head: emptyHead('EUR'), lines: [emptyLine('n0')] });
const run = (state: EntryState, ...actions: Action[]) => actions.reduce(reduce, state);
const keyOf = (state: EntryState, row: number) => state.draft.lines[row]!.key;
const shape = (state: EntryState) => state.draft.lines.filter((line) => !isEmptyLine(line)).map((line) => `${line.sku} ${line.quantity}`);

describe('the order as a log of commands', () => {
  it('keeps an empty line at the end', () => {
    const state = run(begin(), { type: 'product', key: 'n0', product: product('A') });
    expect(state.draft.lines).toHaveLength(2);
    expect(isEmptyLine(state.draft.lines[1]!)).toBe(true);
  });

  it('throws away an answer to a text that is no longer there', () => {
    const state = run(
      begin(),
      { type: 'raw', key: 'n0', text: 'A' },
      { type: 'raw', key: 'n0', text: 'B' },
      { type: 'resolved', key: 'n0', text: 'A', answer: { match: product('A'), candidates: [] } },
    );
    expect(state.draft.lines[0]).toMatchObject({ sku: 'B', match: 'resolving' });
  });

  it('tells unknown, ambiguous and failed apart', () => {
    const raw = run(begin(), { type: 'raw', key: 'n0', text: 'A' });
    const after = (answer: Extract<Action, { type: 'resolved' }>['answer']) => run(raw, { type: 'resolved', key: 'n0', text: 'A', answer }).draft.lines[0]!.match;
    expect([after(null), after({ match: null, candidates: [] }), after({ match: null, candidates: [product('A1'), product('A2')] })]).toEqual(['failed', 'unknown', 'ambiguous']);
  });

  it('forgets the price and unit of a product that was replaced', () => {
    const state = run(
      begin(),
      { type: 'product', key: 'n0', product: product('A') },
      { type: 'cell', key: 'n0', column: 'price', text: '9.99' },
      { type: 'product', key: 'n0', product: { ...product('B'), unit: 'box' } },
    );
    expect(state.draft.lines[0]).toMatchObject({ sku: 'B', unit: 'box', price: '' });
  });

  it('keeps the text of a figure it cannot read, with the reason', () => {
    const state = run(begin(), { type: 'product', key: 'n0', product: product('A') }, { type: 'cell', key: 'n0', column: 'quantity', text: '1..2' });
    expect(state.draft.lines[0]!.quantity).toBe('1..2');
    expect(state.draft.lines[0]!.errors.quantity).toMatch(/not a number/);
  });

  it('undoes and redoes any series of commands to the same order', () => {
    let seed = 11;
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 60; round += 1) {
      let state = begin();
      const seen = [state.draft];
      for (let count = 0; count < 25; count += 1) {
        const row = next(state.draft.lines.length);
        const key = keyOf(state, row);
        const choices: Action[] = [
          { type: 'product', key, product: product('ABC'[next(3)]!) },
          { type: 'cell', key, column: 'quantity', text: `${next(50)}` },
          { type: 'insert', at: row },
          { type: 'remove', key },
          { type: 'move', key, by: next(2) ? 1 : -1 },
          { type: 'copy', key, column: 'quantity' },
          { type: 'head', change: { po: `PO-${next(9)}` } },
        ];
        const before = state;
        state = reduce(state, choices[next(choices.length)]!);
        if (state !== before) seen.push(state.draft);
        expect(new Set(state.draft.lines.map((line) => line.key)).size).toBe(state.draft.lines.length);
        expect(isEmptyLine(state.draft.lines.at(-1)!)).toBe(true);
      }
      const final = state.draft;
      while (state.past.length) state = reduce(state, { type: 'undo' });
      expect(shape(state)).toEqual([]);
      while (state.future.length) state = reduce(state, { type: 'redo' });
      expect(state.draft).toEqual(final);
    }
  });
});

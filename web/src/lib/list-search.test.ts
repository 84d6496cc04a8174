import { describe, expect, it } from 'vitest';
import { wordsFilter } from './list-search';

describe('a search by words as a filter', () => {
  it('wants every word in one of the fields', () => {
    expect(wordsFilter('  hex  bolt ', ['sku', 'name'])).toBe('(sku:"hex" OR name:"hex") AND (sku:"bolt" OR name:"bolt")');
  });

  it('quotes what would end the text', () => {
    expect(wordsFilter('1/2"\\', ['sku'])).toBe('(sku:"1/2\\"\\\\")');
  });

  it('is nothing without words', () => {
    expect(wordsFilter('  ', ['sku'])).toBeUndefined();
    expect(wordsFilter(undefined, ['sku'])).toBeUndefined();
  });
});

import * as v from 'valibot';

export type ListSearch = Record<string, string | undefined>;

const ALWAYS = ['view', 'q', 'sort', 'cursor', 'back', 'cols'] as const;

/** The search schema of a list route: the common keys and the filters it names. Everything else is dropped. */
export function listSearch<const K extends string>(filters: readonly K[]) {
  return v.object(v.entriesFromList([...ALWAYS, ...filters], v.optional(v.string())));
}

/** Plain `?a=b` addresses that a person can read and edit. */
export function parseSearch(text: string): ListSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

/** A search by words for lists whose server side has filters only: every word in one of the fields. */
export function wordsFilter(text: string | undefined, fields: readonly string[]): string | undefined {
  const words = (text ?? '').trim().split(/\s+/).filter(Boolean);
  const quoted = (word: string) => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const each = words.map((word) => `(${fields.map((field) => `${field}:${quoted(word)}`).join(' OR ')})`);
  return each.length ? each.join(' AND ') : undefined;
}

const OURS = new Set(['view', 'back', 'cols']);

/** What goes to the server: the search without the keys that are only ours. */
export function toQuery(search: ListSearch, view: ListSearch = {}): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...view, ...search })) {
    if (value && !OURS.has(key)) query[key] = value;
  }
  return query;
}

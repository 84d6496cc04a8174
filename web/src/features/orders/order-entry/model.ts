import type { Schemas } from '@/lib/api';
import { currentLocale } from '@/lib/format';
import { readDiscount, readPrice, readQuantity } from './numbers';
import type { PastedRow } from './paste';

/* The order being keyed: one document, changed by commands only, each of which can be undone. */

export interface ProductRef {
  id: string;
  sku: string;
  name: string;
  unit: string;
  barcode?: string | null;
  list_price?: string | null;
  pack_multiple?: string | null;
}

export interface CustomerRef {
  id: string;
  code: string;
  name: string;
}

export type Column = 'sku' | 'product' | 'quantity' | 'unit' | 'price' | 'discount';
export const COLUMNS: Column[] = ['sku', 'product', 'quantity', 'unit', 'price', 'discount'];

export type Match = 'empty' | 'resolving' | 'found' | 'ambiguous' | 'unknown' | 'refused' | 'failed' | 'adhoc';

export interface Line {
  key: string;
  /** What was typed, or the product's own once it is found. */
  sku: string;
  product: ProductRef | null;
  match: Match;
  candidates: ProductRef[];
  /** Why it was refused, in the server's words. */
  refusal?: string;
  /** The name of a line without a product. */
  description: string;
  /** Plain decimal strings; while `errors` names the column, the text as it was typed. */
  quantity: string;
  unit: string;
  price: string;
  discount: string;
  errors: Partial<Record<Column, string>>;
  /** Printed below it; each row is a line of text of the order. */
  note: string;
  /** What a saved line holds beyond the columns: sent back unchanged. */
  kept: Partial<Schemas['NewOrderLine']> | null;
}

export interface Head {
  customer: CustomerRef | null;
  /** What is in the customer field while it is not found. */
  customerText: string;
  customerError: string | null;
  po: string;
  shipToId: string | null;
  requested: string;
  requestedError: string | null;
  notes: string;
  currency: string;
}

export interface Draft {
  head: Head;
  lines: Line[];
}

export interface Entry {
  command: string;
  draft: Draft;
}

export interface EntryState {
  draft: Draft;
  past: Entry[];
  future: Entry[];
  nextKey: number;
}

export interface Resolution {
  match: ProductRef | null;
  candidates: ProductRef[];
  /** The unit whose barcode the text is, else the product's own. */
  unit?: string;
  /** Why what it stands for cannot be ordered. */
  refusal?: string;
}

export type Action =
  | { type: 'cell'; key: string; column: Exclude<Column, 'sku'>; text: string }
  | { type: 'product'; key: string; product: ProductRef }
  | { type: 'raw'; key: string; text: string; times?: string }
  | { type: 'resolved'; key: string; text: string; answer: Resolution | null }
  | { type: 'clear'; key: string }
  | { type: 'note'; key: string; text: string }
  | { type: 'add'; key: string; times: string }
  /** Below the last line; without a product its text is looked up. */
  | { type: 'append'; product: ProductRef | null; text: string; quantity: string }
  | { type: 'insert'; at: number }
  | { type: 'duplicate'; key: string }
  | { type: 'remove'; key: string }
  | { type: 'move'; key: string; by: number }
  | { type: 'copy'; key: string; column: Column }
  | { type: 'paste'; at: number; rows: PastedRow[] }
  | { type: 'head'; change: Partial<Head> }
  | { type: 'customer-found'; text: string; customer: CustomerRef | null; error: string | null }
  /** The lines that could not be looked up are looked up again. */
  | { type: 'retry' }
  | { type: 'merge'; draft: Draft }
  | { type: 'undo' }
  | { type: 'redo' };

/** A heading or remark of the order, which is neither counted nor delivered. */
export const isText = (line: Line): boolean => line.kept?.kind === 'text';

export const isEmptyLine = (line: Line): boolean => line.match === 'empty' && line.description === '' && line.price === '' && line.quantity === '';

export function emptyLine(key: string): Line {
  return {
    key, sku: '', product: null, match: 'empty', candidates: [], description: '', quantity: '', unit: '', price: '', discount: '', errors: {}, note: '', kept: null,
  };
}

export function emptyHead(currency: string): Head {
  return {
    customer: null, customerText: '', customerError: null, po: '', shipToId: null, requested: '', requestedError: null, notes: '', currency,
  };
}

export function startState(draft: Draft): EntryState {
  return ensureTail({ draft, past: [], future: [], nextKey: draft.lines.length + 1 });
}

/** There is always an empty line at the end to type into. */
function ensureTail(state: EntryState): EntryState {
  const last = state.draft.lines.at(-1);
  if (last && isEmptyLine(last)) return state;
  const lines = [...state.draft.lines, emptyLine(`n${state.nextKey}`)];
  return { ...state, nextKey: state.nextKey + 1, draft: { ...state.draft, lines } };
}

function withProduct(line: Line, product: ProductRef): Line {
  const changed = line.product !== null && line.product.id !== product.id;
  return {
    ...line,
    sku: product.sku,
    product,
    match: 'found',
    candidates: [],
    description: '',
    quantity: line.quantity || '1',
    // A unit or a price that belonged to the product before means nothing for this one.
    unit: changed || line.unit === '' ? product.unit : line.unit,
    price: changed ? '' : line.price,
    kept: changed ? null : line.kept,
    errors: without(line.errors, 'sku'),
  };
}

function without(errors: Line['errors'], column: Column): Line['errors'] {
  const { [column]: _gone, ...rest } = errors;
  return rest;
}

function withCell(line: Line, column: Exclude<Column, 'sku'>, text: string): Line {
  const locale = currentLocale();
  const errors = without(line.errors, column);
  const failed = (error: string): Line => ({ ...line, [column]: text, errors: { ...errors, [column]: error } });
  switch (column) {
    case 'quantity': {
      const found = readQuantity(text, locale);
      if (!found.ok) return failed(found.error);
      return { ...line, errors, quantity: found.value.value, unit: found.value.unit ?? line.unit };
    }
    case 'price': {
      const found = readPrice(text, locale);
      return found.ok ? { ...line, errors, price: found.value } : failed(found.error);
    }
    case 'discount': {
      const found = readDiscount(text, locale);
      if (!found.ok) return failed(found.error);
      const { discounts: _old, ...kept } = line.kept ?? {};
      const discount = found.value?.amount ? `=${found.value.amount}` : found.value?.percent ? `${found.value.percent}%` : '';
      return { ...line, errors, discount, kept };
    }
    case 'unit':
      return { ...line, errors, unit: text.trim() };
    case 'product': {
      const description = text.trim();
      const adhoc = line.product === null && line.sku === '';
      return { ...line, errors, description, match: adhoc ? (description ? 'adhoc' : 'empty') : line.match, quantity: line.quantity || (description ? '1' : '') };
    }
  }
}

function withResolution(line: Line, answer: Resolution | null): Line {
  if (answer === null) return { ...line, match: 'failed', candidates: [] };
  if (answer.refusal) return { ...line, match: 'refused', refusal: answer.refusal, candidates: [] };
  if (answer.match) return withProduct({ ...line, unit: line.unit || (answer.unit ?? '') }, answer.match);
  return { ...line, match: answer.candidates.length ? 'ambiguous' : 'unknown', candidates: answer.candidates };
}

function rawLine(line: Line, text: string, times?: string): Line {
  return { ...line, sku: text, product: null, match: 'resolving', candidates: [], quantity: times ?? (line.quantity || '1') };
}

/** A scan of what the line already holds adds to it; whole figures only, as scanners count pieces. */
function add(quantity: string, times: string): string {
  return /^\d+$/.test(quantity) && /^\d+$/.test(times) ? (BigInt(quantity) + BigInt(times)).toString() : quantity || times;
}

function appended(key: string, { product, text, quantity }: { product: ProductRef | null; text: string; quantity: string }): Line {
  const line = withCell(emptyLine(key), 'quantity', quantity);
  return product ? withProduct(line, product) : { ...line, sku: text, match: 'resolving' };
}

function pasted(rows: PastedRow[], from: number): Line[] {
  return rows.map((row, index) => {
    const line = { ...emptyLine(`n${from + index}`), sku: row.sku, match: 'resolving' as const, quantity: row.quantity, unit: row.unit ?? '', price: row.price, note: row.error ? '' : row.note };
    const column = row.error?.startsWith('Price') ? 'price' : 'quantity';
    return row.error ? { ...line, errors: { [column]: row.error } } : line;
  });
}

function mapLine(lines: Line[], key: string, change: (line: Line, index: number) => Line): Line[] {
  return lines.map((line, index) => (line.key === key ? change(line, index) : line));
}

function copyColumn(line: Line, above: Line | undefined, column: Column): Line {
  if (!above) return line;
  if (column === 'sku') return above.product ? withProduct(line, above.product) : rawLine(line, above.sku);
  if (column === 'product') return above.product ? line : withCell(line, 'product', above.description);
  return { ...line, [column]: above[column], errors: without(line.errors, column) };
}

function moved(lines: Line[], key: string, by: number): Line[] {
  const from = lines.findIndex((line) => line.key === key);
  const to = from + by;
  const last = lines.length - 1;
  const line = lines[from];
  // The empty line at the end stays at the end.
  if (!line || to < 0 || to > last || (isEmptyLine(line) && from === last) || (to === last && isEmptyLine(lines[last] ?? line))) return lines;
  const next = lines.toSpliced(from, 1);
  next.splice(to, 0, line);
  return next;
}

function changeDraft(draft: Draft, action: Action, nextKey: number): Draft {
  const lines = (next: Line[]): Draft => (next === draft.lines ? draft : { ...draft, lines: next });
  switch (action.type) {
    case 'cell':
      return lines(mapLine(draft.lines, action.key, (line) => withCell(line, action.column, action.text)));
    case 'product':
      return lines(mapLine(draft.lines, action.key, (line) => withProduct(line, action.product)));
    case 'raw':
      return lines(mapLine(draft.lines, action.key, (line) => rawLine(line, action.text, action.times)));
    case 'clear':
      return lines(mapLine(draft.lines, action.key, (line) => emptyLine(line.key)));
    case 'note':
      return lines(mapLine(draft.lines, action.key, (line) => ({ ...line, note: action.text.trim() })));
    case 'add':
      return lines(mapLine(draft.lines, action.key, (line) => ({ ...line, quantity: add(line.quantity, action.times), errors: without(line.errors, 'quantity') })));
    case 'append':
      return lines(draft.lines.toSpliced(-1, 0, appended(`n${nextKey}`, action)));
    case 'insert':
      return lines(draft.lines.toSpliced(action.at, 0, emptyLine(`n${nextKey}`)));
    case 'duplicate':
      return lines(draft.lines.flatMap((line) => (line.key === action.key && !isEmptyLine(line) ? [line, { ...line, key: `n${nextKey}` }] : [line])));
    case 'remove':
      return lines(draft.lines.filter((line) => line.key !== action.key));
    case 'move':
      return lines(moved(draft.lines, action.key, action.by));
    case 'copy':
      return lines(mapLine(draft.lines, action.key, (line, index) => copyColumn(line, draft.lines[index - 1], action.column)));
    case 'paste':
      return lines(draft.lines.toSpliced(action.at, 0, ...pasted(action.rows, nextKey)));
    case 'head':
      return { ...draft, head: { ...draft.head, ...action.change } };
    case 'merge':
      return action.draft;
    default:
      return draft;
  }
}

/** What the server answers about a text is no command of the user: it is not undone, and an answer to an older text is thrown away. */
function answered(state: EntryState, action: Action): EntryState | null {
  if (action.type === 'resolved') {
    const lines = mapLine(state.draft.lines, action.key, (line) =>
      line.match === 'resolving' && line.sku === action.text ? withResolution(line, action.answer) : line,
    );
    return { ...state, draft: { ...state.draft, lines } };
  }
  if (action.type === 'retry') {
    if (!state.draft.lines.some((line) => line.match === 'failed')) return state;
    const lines = state.draft.lines.map((line): Line => (line.match === 'failed' ? { ...line, match: 'resolving' } : line));
    return { ...state, draft: { ...state.draft, lines } };
  }
  if (action.type === 'customer-found') {
    const { head } = state.draft;
    if (head.customer || head.customerText !== action.text) return state;
    const next = { ...head, customer: action.customer, customerText: action.customer?.name ?? action.text, customerError: action.error };
    return { ...state, draft: { ...state.draft, head: next } };
  }
  return null;
}

const LOG_LIMIT = 500;

export function reduce(state: EntryState, action: Action): EntryState {
  const settled = answered(state, action);
  if (settled) return settled;
  if (action.type === 'undo') {
    const last = state.past.at(-1);
    if (!last) return state;
    const future = [{ command: last.command, draft: state.draft }, ...state.future];
    return { ...state, draft: last.draft, past: state.past.slice(0, -1), future };
  }
  if (action.type === 'redo') {
    const [next, ...future] = state.future;
    if (!next) return state;
    return { ...state, draft: next.draft, past: [...state.past, { command: next.command, draft: state.draft }], future };
  }
  const draft = changeDraft(state.draft, action, state.nextKey);
  if (draft === state.draft) return state;
  const past = [...state.past, { command: action.type, draft: state.draft }].slice(-LOG_LIMIT);
  const used = action.type === 'paste' ? action.rows.length : 1;
  return ensureTail({ draft, past, future: [], nextKey: state.nextKey + used });
}

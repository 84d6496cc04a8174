import { date, decimal, percent, words } from './format';

/* What a change touched, in words: paths of the record and whatever a field held, for timelines and comparisons. */

const CODES = /(^|\/)(lifecycle|state|status|kind|type|blocks|role|row_scope|measure|rounding|tax_mode|(fulfilment|invoice|payment|return)_status)$/;
const SUMS = /(^|\/)(totals\/\w+|net|gross|tax|total|amount|base|unit_price|threshold)$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** `/lines/0/unit_price` → `Line 1, unit price`; `totals/net` → `Net`. */
export function fieldName(path: string): string {
  const parts = path.replace(/^\//, '').split('/');
  if (parts[0] === 'totals' || parts[0] === 'custom') parts.shift();
  const line = parts[0] === 'lines' && /^\d+$/.test(parts[1] ?? '') ? `Line ${parseInt(parts[1] ?? '0', 10) + 1}` : null;
  const rest = (line ? parts.slice(2) : parts).map(words).join(', ');
  return line ? [line, rest.toLowerCase()].filter(Boolean).join(', ') : rest;
}

type Held = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** What a person would say to an object of the record; the names are those of the things it points to. */
function ofObject(value: Held, names: ReadonlyMap<string, string>): string {
  if (value.changed === true) return 'changed';
  if ('amount' in value && 'currency' in value) return `${text(value.amount)} ${text(value.currency)}`;
  if ('value' in value && 'unit' in value) return `${text(value.value)} ${text(value.unit)}`;
  if ('code' in value && 'rate' in value) return `${text(value.code)} ${percent(text(value.rate))}${value.amount ? `: ${decimal(text(value.amount), 2)}` : ''}`;
  if ('percent' in value) return percent(text(value.percent));
  if ('quantity' in value) {
    const what = [text(value.sku), text(value.description)].filter(Boolean).join(' ') || names.get(text(value.line_id)) || 'a line';
    const many = typeof value.quantity === 'object' ? plain(value.quantity) : decimal(text(value.quantity));
    return `${many} × ${what}`;
  }
  return Object.entries(value)
    .filter(([, held]) => held !== null && held !== '')
    .map(([key, held]) => `${words(key).toLowerCase()}: ${plain(held, key, names)}`)
    .join(', ');
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** Whatever a field held, in one line. */
export function plain(value: unknown, path = '', names: ReadonlyMap<string, string> = NOBODY): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length ? value.map((one) => plain(one, path, names)).join(', ') : '—';
  if (typeof value === 'object') return ofObject(value as Held, names);
  const said = text(value);
  if (DAY.test(said)) return date(said);
  if (NUMBER.test(said) && SUMS.test(path)) return decimal(said, 2);
  return CODES.test(path) ? words(said) : said;
}

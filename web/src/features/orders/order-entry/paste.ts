import { readPrice, readQuantity } from './numbers';

/* Lines from a spreadsheet or an e-mail: "SKU qty [price] [note]", by tabs, semicolons or several spaces, or "10 x HX-1020". */

export interface PastedRow {
  /** The row as it came. */
  raw: string;
  sku: string;
  quantity: string;
  unit: string | null;
  price: string;
  note: string;
  /** Why the row could not be read; it still becomes a line to correct. */
  error: string | null;
}

const HEADINGS = /^(sku|item|article|artikel|part|product|produkt|code|ref|référence|material)\b/i;
const TIMES = /^(\d[\d.,]*)\s*(?:x|×|\*|st(?:ü|ue)?ck|pcs?\.?)\s+(\S+)(?:\s+(.*))?$/i;
const TIMES_TIGHT = /^(\d[\d.,]*)\s*[x×*]\s*(\S+)(?:\s+(.*))?$/i;

function cells(row: string): string[] {
  if (row.includes('\t')) return row.split('\t');
  if (row.includes(';')) return row.split(';');
  if (/ {2,}/.test(row.trim())) return row.trim().split(/ {2,}/);
  const match = /^(\S+)(?:\s+(\S+))?(?:\s+(\S+))?(?:\s+(.*))?$/.exec(row.trim());
  return match ? match.slice(1).filter((cell): cell is string => cell !== undefined) : [row];
}

const clean = (text: string | undefined) => (text ?? '').trim().replace(/^"(.*)"$/, '$1');

function row(raw: string, locale: string): PastedRow {
  const empty: PastedRow = { raw, sku: '', quantity: '', unit: null, price: '', note: '', error: null };
  const times = TIMES.exec(raw.trim()) ?? TIMES_TIGHT.exec(raw.trim());
  const [sku, amount, ...rest] = times && !raw.includes('\t') ? [times[2], times[1], '', times[3]] : cells(raw);
  const code = clean(sku);
  if (code === '') return { ...empty, sku: raw.trim(), error: 'No article in the first column.' };
  const asQuantity = readQuantity(clean(amount), locale);
  if (!asQuantity.ok) return { ...empty, sku: code, note: [amount, ...rest].map(clean).join(' ').trim(), error: `Quantity: ${asQuantity.error}` };
  const quantity = asQuantity.value.value || '1';
  const found = { ...empty, sku: code, quantity, unit: asQuantity.value.unit };
  const [first, ...others] = rest.map(clean);
  const price = readPrice((first ?? '').replace(/[€$£]|EUR|USD|GBP/g, ''), locale);
  if (price.ok) return { ...found, price: price.value, note: others.join(' ').trim() };
  // A figure that is no price here, 39,00 where the point is meant, must not become a remark in silence.
  if (/^\d[\d.,'’ ]*$/.test(first ?? '')) return { ...found, note: others.join(' ').trim(), error: `Price: ${price.error}` };
  return { ...found, note: [first, ...others].join(' ').trim() };
}

export function parsePaste(text: string, locale: string): PastedRow[] {
  const rows = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const headed = rows.length > 1 && HEADINGS.test((rows[0] ?? '').trim()) && !/\d/.test(rows[0] ?? '');
  return (headed ? rows.slice(1) : rows).map((line) => row(line, locale));
}

/** Whether a pasted text is a list of lines and not a word for one cell. */
export function isList(text: string): boolean {
  const trimmed = text.trim();
  return /[\r\n\t]/.test(trimmed) || (/;/.test(trimmed) && /\d/.test(trimmed)) || TIMES_TIGHT.test(trimmed);
}

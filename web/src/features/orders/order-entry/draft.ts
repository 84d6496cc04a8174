import type { Schemas } from '@/lib/api';
import { isZero } from '@/lib/decimal';
import type { Order, OrderLine } from '@/lib/types';
import { type Column, type Draft, emptyHead, emptyLine, isEmptyLine, isText, type Line } from './model';

/* Between the page's document and the API's bodies. */

type NewLine = Schemas['NewOrderLine'];

function discounts(line: Line): Schemas['DiscountInput'][] | undefined {
  if (line.kept?.discounts) return line.kept.discounts;
  if (line.discount === '' || line.errors.discount) return undefined;
  return line.discount.startsWith('=') ? [{ amount: line.discount.slice(1) }] : [{ percent: line.discount.replace('%', '') }];
}

const textLine = (description: string): NewLine => ({ kind: 'text', description });

function bodyLine(line: Line, currency: string): NewLine {
  if (isText(line)) return textLine(line.description);
  const made: NewLine = { ...line.kept, quantity: { value: line.quantity || '0', ...(line.unit ? { unit: line.unit } : {}) } };
  if (line.product) made.product_id = line.product.id;
  else if (line.sku) made.sku = line.sku;
  else made.description = line.description;
  if (line.price) made.unit_price = { amount: line.price, currency };
  const given = discounts(line);
  if (given) made.discounts = given;
  return made;
}

/** The line, and below it its note. */
function bodyLines(line: Line, currency: string): NewLine[] {
  const rows = (line.note ?? '').split('\n').filter((row) => row.trim() !== '');
  return [bodyLine(line, currency), ...rows.map(textLine)];
}

/** A line the server can count: a text, a product or an own name with a price, and a readable quantity. */
export function isCountable(line: Line): boolean {
  if (isText(line)) return line.description !== '';
  const named = line.match === 'found' || (line.match === 'adhoc' && line.price !== '');
  return named && line.quantity !== '' && !isZero(line.quantity) && Object.keys(line.errors).length === 0;
}

export interface LinesOut {
  lines: NewLine[];
  /** The page's line for each line sent: problems come back by index. */
  keys: string[];
}

export function linesOut(draft: Draft, wanted: (line: Line) => boolean): LinesOut {
  const chosen = draft.lines.filter((line) => !isEmptyLine(line) && wanted(line));
  const made = chosen.map((line) => ({ key: line.key, bodies: bodyLines(line, draft.head.currency) }));
  return { lines: made.flatMap(({ bodies }) => bodies), keys: made.flatMap(({ key, bodies }) => bodies.map(() => key)) };
}

/** What a new order, a changed one and a preview have in common. */
type HeadOut = Pick<Schemas['OrderPatch'], 'customer_id' | 'customer_po' | 'requested_date' | 'notes' | 'ship_to_address_id'>;

export function headOut({ head }: Draft): HeadOut {
  return {
    ...(head.customer ? { customer_id: head.customer.id } : {}),
    customer_po: head.po.trim() || null,
    requested_date: head.requested || null,
    notes: head.notes.trim() || null,
    ...(head.shipToId ? { ship_to_address_id: head.shipToId } : {}),
  };
}

function lineIn(line: OrderLine, key: string): Line {
  if (line.kind === 'text') return { ...emptyLine(key), match: 'adhoc', description: line.description, kept: { kind: 'text' } };
  const [first] = line.discounts;
  const product = line.product_id
    ? { id: line.product_id, sku: line.sku ?? '', name: line.description, unit: line.quantity.unit ?? '' }
    : null;
  const kept: Line['kept'] = {
    kind: line.kind,
    ...(line.discounts.length ? { discounts: line.discounts } : {}),
    ...(line.requested_date ? { requested_date: line.requested_date } : {}),
    ...(product ? {} : { taxes: line.taxes.map(({ code, rate, compound }) => ({ code, rate, compound })), price_includes_tax: line.price_includes_tax }),
  };
  return {
    ...emptyLine(key),
    sku: product?.sku ?? '',
    product,
    match: product ? 'found' : 'adhoc',
    description: product ? '' : line.description,
    quantity: line.quantity.value,
    unit: line.quantity.unit ?? '',
    price: line.price_locked || !product ? (line.unit_price?.amount ?? '') : '',
    discount: first?.percent ? `${first.percent}%` : first?.amount ? `=${first.amount}` : '',
    kept,
  };
}

/** A text below a line is its note; one above all lines stands for itself. */
function linesIn(saved: OrderLine[]): Line[] {
  const lines: Line[] = [];
  for (const [index, line] of saved.entries()) {
    const above = lines.at(-1);
    if (line.kind === 'text' && above && !isText(above)) above.note = [above.note, line.description].filter(Boolean).join('\n');
    else lines.push(lineIn(line, `s${index + 1}`));
  }
  return lines;
}

export function draftOf(order: Order): Draft {
  const head = {
    ...emptyHead(order.currency),
    customer: order.customer,
    customerText: order.customer.name,
    po: order.customer_po ?? '',
    requested: order.requested_date ?? '',
    notes: order.notes ?? '',
  };
  return { head, lines: linesIn(order.lines) };
}

const COLUMN_OF: Record<string, Column> = {
  sku: 'sku', product_id: 'sku', barcode: 'sku', description: 'product', quantity: 'quantity', unit_price: 'price', discounts: 'discount',
};

/** `lines/3/quantity/unit` → the cell it means, by the keys of the lines that were sent. */
export function cellOf(field: string | null, keys: string[]): { key: string; column: Column } | null {
  const match = /^lines\/(\d+)(?:\/([^/]+)(?:\/([^/]+))?)?/.exec(field ?? '');
  const key = match ? keys[parseInt(match[1] ?? '', 10)] : undefined;
  if (!match || !key) return null;
  const column = match[2] === 'quantity' && match[3] === 'unit' ? 'unit' : COLUMN_OF[match[2] ?? ''];
  return { key, column: column ?? 'sku' };
}

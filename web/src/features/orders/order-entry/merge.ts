import type { Draft, Head, Line } from './model';
import { isEmptyLine } from './model';

/* Two people, one draft: what only one of them changed is taken as it is; what both changed is asked. */

export interface Conflict {
  id: string;
  label: string;
  mine: string;
  theirs: string;
}

type Field = 'po' | 'requested' | 'notes' | 'customer';
export const FIELDS: [Field, string][] = [['customer', 'Customer'], ['po', 'PO number'], ['requested', 'Requested date'], ['notes', 'Notes']];
type Cell = 'quantity' | 'unit' | 'price' | 'discount' | 'note';
export const CELLS: [Cell, string][] = [['quantity', 'quantity'], ['unit', 'unit'], ['price', 'price'], ['discount', 'discount'], ['note', 'note']];

export const shownIn = (head: Head, field: Field): string => (field === 'customer' ? (head.customer?.name ?? '') : head[field]);

/** Lines are the same when they name the same thing for the n-th time: the server numbers them anew on each save. */
export function identified(lines: Line[]): Map<string, Line> {
  const seen = new Map<string, number>();
  const found = new Map<string, Line>();
  for (const line of lines) {
    if (isEmptyLine(line)) continue;
    const name = line.product?.id ?? (line.sku || line.description);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    found.set(`${name}#${count}`, line);
  }
  return found;
}

export interface Merged {
  conflicts: Conflict[];
  /** The merged draft; `theirs` names the conflicts in which their value is taken. */
  build: (theirs: Set<string>) => Draft;
}

export function merge(base: Draft, mine: Draft, theirs: Draft): Merged {
  const conflicts: Conflict[] = [];
  const headTheirs: Field[] = [];
  for (const [field, label] of FIELDS) {
    const [b, m, t] = [base, mine, theirs].map((draft) => shownIn(draft.head, field));
    if (t === b || t === m) continue;
    if (m === b) headTheirs.push(field);
    else conflicts.push({ id: field, label, mine: m ?? '', theirs: t ?? '' });
  }
  const [baseLines, myLines, theirLines] = [base, mine, theirs].map((draft) => identified(draft.lines)) as [Map<string, Line>, Map<string, Line>, Map<string, Line>];
  const taken = new Map<string, Cell[]>();
  const removed = new Set<string>();
  for (const [id, line] of myLines) {
    const before = baseLines.get(id);
    const other = theirLines.get(id);
    if (before && !other) {
      const untouched = CELLS.every(([cell]) => before[cell] === line[cell]);
      if (untouched) removed.add(id);
      else conflicts.push({ id: `${id}/gone`, label: `${line.sku || line.description}`, mine: 'keep the line', theirs: 'removed' });
    }
    if (!other) continue;
    for (const [cell, label] of CELLS) {
      const was = before?.[cell] ?? '';
      if (other[cell] === line[cell] || other[cell] === was) continue;
      if (line[cell] === was) taken.set(id, [...(taken.get(id) ?? []), cell]);
      else conflicts.push({ id: `${id}/${cell}`, label: `${line.sku || line.description}, ${label}`, mine: line[cell], theirs: other[cell] });
    }
  }
  const added = [...theirLines].filter(([id]) => !myLines.has(id) && !baseLines.has(id)).map(([, line]) => line);
  const build = (chosen: Set<string>): Draft => {
    const head = { ...mine.head };
    for (const [field] of FIELDS) {
      if (!headTheirs.includes(field) && !chosen.has(field)) continue;
      if (field === 'customer') Object.assign(head, { customer: theirs.head.customer, customerText: theirs.head.customerText, customerError: null, shipToId: null });
      else head[field] = theirs.head[field];
    }
    const lines: Line[] = [];
    for (const [id, line] of myLines) {
      if (removed.has(id) || chosen.has(`${id}/gone`)) continue;
      const next = { ...line };
      const other = theirLines.get(id);
      for (const [cell] of CELLS) {
        if (!other || !(taken.get(id)?.includes(cell) || chosen.has(`${id}/${cell}`))) continue;
        next[cell] = other[cell];
        if (cell === 'discount') next.kept = other.kept;
      }
      lines.push(next);
    }
    return { head, lines: [...lines, ...added.map((line, index) => ({ ...line, key: `m${Date.now()}-${index}` }))] };
  };
  return { conflicts, build };
}

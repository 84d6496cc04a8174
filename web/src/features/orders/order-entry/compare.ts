import { decimal } from '@/lib/format';
import { CELLS, FIELDS, identified, shownIn } from './merge';
import type { Draft, Line } from './model';

/* Two states of one order side by side: the page and a draft kept from before. */

export interface Difference {
  label: string;
  mine: string;
  theirs: string;
}

const quantity = ({ quantity: value, unit }: Line): string => [value && decimal(value), unit].filter(Boolean).join(' ');

/** Fields and lines in which the two differ; a line that only one has is shown with its quantity. */
export function differences(mine: Draft, theirs: Draft): Difference[] {
  const found: Difference[] = [];
  for (const [field, label] of FIELDS) {
    const [a, b] = [shownIn(mine.head, field), shownIn(theirs.head, field)];
    if (a !== b) found.push({ label, mine: a, theirs: b });
  }
  const [left, right] = [identified(mine.lines), identified(theirs.lines)];
  for (const id of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(id), right.get(id)];
    const name = (a ?? b)?.sku || (a ?? b)?.description || '';
    const nth = id.endsWith('#1') ? '' : ` (${id.slice(id.lastIndexOf('#') + 1)})`;
    if (!a || !b) {
      found.push({ label: `${name}${nth}`, mine: a ? quantity(a) : '', theirs: b ? quantity(b) : '' });
      continue;
    }
    for (const [cell, label] of CELLS) {
      if (a[cell] !== b[cell]) found.push({ label: `${name}${nth}, ${label}`, mine: a[cell], theirs: b[cell] });
    }
  }
  return found;
}

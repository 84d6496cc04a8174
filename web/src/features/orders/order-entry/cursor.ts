import { type Column, COLUMNS, type Line } from './model';

/* Where the keyboard is in the grid, and where a key takes it. */

export interface Cursor {
  row: number;
  column: Column;
  /** Set while the cell is being edited; `typed` is the key that began it, pressed at `typedAt`. Each turn has its own editor. */
  edit: { typed: string | null; typedAt: number; turn: number } | null;
}

let turns = 0;

export const at = (row: number, column: Column, edit = true): Cursor => ({ row, column, edit: edit ? begin(null) : null });

export function begin(typed: string | null, typedAt = 0): Cursor['edit'] {
  turns += 1;
  return { typed, typedAt, turn: turns };
}

/** A product's name is the product's; only a line without one is named here. */
export function isEditable(line: Line | undefined, column: Column, canPrice: boolean): boolean {
  if (!line) return false;
  if (column === 'product') return line.product === null && line.sku === '';
  if (column === 'price') return canPrice || line.match === 'adhoc';
  return true;
}

/** The next or previous cell one can type into; null past the ends. */
export function step(lines: Line[], from: Cursor, by: 1 | -1, canPrice: boolean): Cursor | null {
  let row = from.row;
  let index = COLUMNS.indexOf(from.column);
  for (;;) {
    index += by;
    if (index < 0 || index >= COLUMNS.length) {
      row += by;
      index = by > 0 ? 0 : COLUMNS.length - 1;
    }
    const line = lines[row];
    const column = COLUMNS[index];
    if (!line || !column) return null;
    // Nothing to fill in after an empty SKU: Tab moves on.
    if (by > 0 && line.match === 'empty' && column !== 'sku' && column !== 'product') {
      if (row === lines.length - 1) return null;
      continue;
    }
    if (isEditable(line, column, canPrice)) return at(row, column);
  }
}

const clamp = (value: number, max: number) => Math.max(0, Math.min(max, value));

/** Arrow keys, Home, End and Page keys in navigation mode. */
export function navigate(cursor: Cursor, key: string, ctrl: boolean, rows: number): Cursor | null {
  const last = rows - 1;
  const index = COLUMNS.indexOf(cursor.column);
  const to = (row: number, column: number): Cursor => at(clamp(row, last), COLUMNS[clamp(column, COLUMNS.length - 1)] ?? 'sku', false);
  switch (key) {
    case 'ArrowUp':
      return to(ctrl ? 0 : cursor.row - 1, index);
    case 'ArrowDown':
      return to(ctrl ? last : cursor.row + 1, index);
    case 'ArrowLeft':
      return to(cursor.row, ctrl ? 0 : index - 1);
    case 'ArrowRight':
      return to(cursor.row, ctrl ? COLUMNS.length - 1 : index + 1);
    case 'Home':
      return to(ctrl ? 0 : cursor.row, 0);
    case 'End':
      return to(ctrl ? last : cursor.row, COLUMNS.length - 1);
    case 'PageUp':
      return to(cursor.row - 10, index);
    case 'PageDown':
      return to(cursor.row + 10, index);
    default:
      return null;
  }
}

/** The cell the keyboard comes back to after a dialog; null while a field of the grid is being edited. */
export const currentCell = (): HTMLElement | null => document.querySelector<HTMLElement>('[role="grid"] [role="gridcell"][tabindex="0"]');

import type { RefObject } from 'react';
import { useCommands } from '@/lib/shortcuts';
import type { GridHandle, LineCommand } from './line-grid';

/* The keys that the grid listens to itself, named for the shortcut sheet; those that act are in the palette too. */

const ACTING: [LineCommand, string, string?][] = [
  ['insert', 'Insert a line above', 'insert'],
  ['copy', 'Copy the cell above', 'mod+d'],
  ['duplicate', 'Duplicate the line'],
  ['note', 'Note below the line'],
  ['up', 'Move the line up', 'alt+up'],
  ['down', 'Move the line down', 'alt+down'],
  ['remove', 'Remove the line', 'mod+delete'],
];

const TOLD: [string, string][] = [
  ['Edit the cell, or stop editing', 'f2'],
  ['Give the old text back; again: leave the lines', 'escape'],
  ['Open the choices of a SKU', 'alt+down'],
  ['Explain the price', '?'],
  ['Menu of the line', 'mod+.'],
  ['Paste lines from a spreadsheet', 'mod+v'],
];

export function useLineCommands(grid: RefObject<GridHandle | null>): void {
  const group = 'Lines';
  useCommands([
    ...ACTING.map(([command, name, keys]) => ({ id: `line.${command}`, name, keys, group, local: true, run: () => grid.current?.run(command) })),
    ...TOLD.map(([name, keys]) => ({ id: `line.${keys}.told`, name, keys, group, local: true })),
  ]);
}

import { type Dispatch, type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { cellText, type Leave } from './cell-editor';
import { at, begin, type Cursor, isEditable, navigate, step } from './cursor';
import { type EntryProblem, problemOf } from './entry-problems';
import { COLUMN_NAMES, GRID, LineRow, type RowEvents } from './line-row';
import { type Action, type Column, COLUMNS, isEmptyLine, type Line } from './model';
import { multiplied } from './scanner';
import type { Counted } from './use-preview';

export interface GridHandle {
  /** Into the first empty SKU cell. */
  enter: () => void;
  goTo: (key: string, column: Column, edit?: boolean) => void;
  /** The cell of the cursor, to come back to. */
  place: () => { key: string; column: Column; edit: boolean } | null;
  /** The line the toolbar acts on. */
  current: () => Line | null;
  run: (command: LineCommand) => void;
}

export type LineCommand = 'insert' | 'remove' | 'copy' | 'duplicate' | 'note' | 'free' | 'usual' | 'up' | 'down';

interface LineGridProps {
  lines: Line[];
  counted: Counted;
  dispatch: Dispatch<Action>;
  canPrice: boolean;
  onLeave: (forward: boolean) => void;
  onPasteList: (text: string, at: number) => void;
  onExplain: (line: Line) => void;
  onNote: (line: Line) => void;
  /** Ctrl+. asks for the menu of the line. */
  onMenu: () => void;
  ref: Ref<GridHandle>;
}

const COMMANDS: Record<string, LineCommand> = { Insert: 'insert', 'ctrl+Delete': 'remove', 'ctrl+d': 'copy', 'alt+ArrowUp': 'up', 'alt+ArrowDown': 'down' };

function commandOf(event: KeyboardEvent): LineCommand | null {
  if (event.shiftKey) return null;
  const ctrl = event.ctrlKey || event.metaKey;
  return COMMANDS[`${ctrl ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`] ?? null;
}

/** The lines as an APG grid: one cell has the focus, in navigation mode or being edited. */
export function LineGrid({ lines, counted, dispatch, canPrice, onLeave, onPasteList, onExplain, onNote, onMenu, ref }: LineGridProps) {
  const [cursor, setCursor] = useState<Cursor>(at(0, 'sku', false));
  const box = useRef<HTMLDivElement>(null);
  const row = Math.min(cursor.row, lines.length - 1);
  const [live] = useState(() => new Live({ lines, row, cursor, canPrice, onLeave, onPasteList, onExplain }));
  useLayoutEffect(() => live.renew({ lines, row, cursor, canPrice, onLeave, onPasteList, onExplain }));
  const [go] = useState(() => (next: Cursor) => {
    live.follow(true);
    setCursor(next);
  });

  useLayoutEffect(() => {
    if (!live.follow(false)) return;
    const cell = box.current?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${cursor.column}"]`);
    const target = cell?.querySelector<HTMLElement>('input') ?? cell;
    if (target && document.activeElement !== target) target.focus();
    cell?.scrollIntoView?.({ block: 'nearest' });
  }, [live, cursor, row]);

  const [events] = useState<RowEvents>(() => makeEvents(live, dispatch, go, setCursor));

  const run = (command: LineCommand) => {
    const line = lines[row];
    if (!line) return;
    live.scan(null);
    if (command === 'note') return isEmptyLine(line) ? undefined : onNote(line);
    if (command === 'insert') dispatch({ type: 'insert', at: row });
    if (command === 'remove' && !isEmptyLine(line)) dispatch({ type: 'remove', key: line.key });
    if (command === 'duplicate') dispatch({ type: 'duplicate', key: line.key });
    if (command === 'free' || command === 'usual') dispatch({ type: 'cell', key: line.key, column: 'price', text: command === 'free' ? '0' : '' });
    if (command === 'copy' && row > 0) dispatch({ type: 'copy', key: line.key, column: cursor.column });
    if (command === 'up' || command === 'down') dispatch({ type: 'move', key: line.key, by: command === 'up' ? -1 : 1 });
    const moved = command === 'up' ? -1 : command === 'down' || (command === 'duplicate' && !isEmptyLine(line)) ? 1 : 0;
    go(at(Math.max(0, Math.min(lines.length - (command === 'duplicate' ? 0 : 1), row + moved)), command === 'insert' ? 'sku' : cursor.column, command === 'insert'));
  };

  useImperativeHandle(ref, () => ({
    enter: () => {
      const empty = lines.findIndex(isEmptyLine);
      go(at(empty < 0 ? lines.length - 1 : empty, 'sku'));
    },
    goTo: (key, column, edit = true) => {
      const found = lines.findIndex((line) => line.key === key);
      if (found >= 0) go(at(found, column, edit));
    },
    place: () => {
      const line = lines[row];
      return line ? { key: line.key, column: cursor.column, edit: cursor.edit !== null } : null;
    },
    current: () => lines[row] ?? null,
    run,
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    if (event.key === '.' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return onMenu();
    }
    const command = commandOf(event);
    if (command) {
      event.preventDefault();
      return run(command);
    }
    if (!cursor.edit || !isEditable(lines[row], cursor.column, canPrice)) onNavigationKey(event);
  };

  const onNavigationKey = (event: KeyboardEvent) => {
    const line = lines[row];
    const ctrl = event.ctrlKey || event.metaKey;
    const editable = isEditable(line, cursor.column, canPrice);
    const next = event.altKey || event.shiftKey ? null : navigate({ ...cursor, row }, event.key, ctrl, lines.length);
    const stop = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (next) {
      stop();
      go(next);
    } else if (ctrl || event.altKey) return;
    else if (event.key === '?' && line && EXPLAINED.includes(cursor.column)) {
      stop();
      onExplain(line);
    } else if (event.key === 'Enter' || event.key === 'F2') {
      stop();
      if (editable) go(at(row, cursor.column));
      else go(at(Math.min(row + 1, lines.length - 1), 'sku'));
    } else if (event.key === 'Escape') {
      stop();
      onLeave(true);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      stop();
      if (!line || !editable) return;
      if (cursor.column === 'sku') dispatch({ type: 'clear', key: line.key });
      else dispatch({ type: 'cell', key: line.key, column: cursor.column, text: '' });
    } else if (event.key.length === 1 && editable) {
      stop();
      go({ row, column: cursor.column, edit: begin(event.key, event.timeStamp) });
    }
  };

  const rows = useMemo(
    () => {
      const first = new Map<string, number>();
      return lines.map((line, index) => {
        const id = line.product?.id;
        const twin = id ? (first.get(id) ?? null) : null;
        if (id && twin === null) first.set(id, index);
        return { line, problem: stableProblem(line, counted.problems), twin };
      });
    },
    [lines, counted.problems],
  );

  return (
    // The grid's cells take the focus, not the grid.
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      ref={box}
      role="grid"
      aria-label="Order lines"
      aria-rowcount={lines.length + 1}
      aria-colcount={9}
      className="card mb-3 overflow-clip"
      onKeyDown={onKeyDown}
      onPaste={(event) => {
        if (event.defaultPrevented || cursor.edit) return;
        event.preventDefault();
        onPasteList(event.clipboardData.getData('text/plain'), row);
      }}
    >
      <div role="row" aria-rowindex={1} className={cx(GRID, 'z-10 h-9 border-b border-line-strong bg-sunken sm:sticky sm:top-13 text-sm font-medium text-muted max-sm:sr-only')}>
        <div role="columnheader" aria-colindex={1} className="flex items-center justify-center">#</div>
        {COLUMNS.map((column, index) => (
          <div
            key={column}
            role="columnheader"
            aria-colindex={index + 2}
            className={cx('flex items-center px-2', (column === 'quantity' || column === 'price' || column === 'discount') && 'justify-end')}
          >
            {column === 'sku' ? 'SKU / barcode' : COLUMN_NAMES[column]}
          </div>
        ))}
        <div role="columnheader" aria-colindex={8} className="flex items-center justify-end px-2">Total</div>
        <div role="columnheader" aria-colindex={9}>
          <span className="sr-only">Remove</span>
        </div>
      </div>
      {rows.map(({ line, problem, twin }, index) => {
        const counting = counted.lines.get(line.key);
        return (
          <LineRow
            key={line.key}
            line={line}
            row={index}
            cursor={index === row ? cursor : null}
            figures={counting && sameArticle(counting.line, line) ? counting.figures : null}
            stale={counting ? counting.line !== line : false}
            slow={counting?.line !== line && line.match === 'found' && counted.slow}
            provisional={counted.offline && counting?.line !== line}
            problem={problem}
            twin={twin}
            canPrice={canPrice}
            events={events}
          />
        );
      })}
    </div>
  );
}

/** Where `?` asks for the price; elsewhere it is a character like any other. */
const EXPLAINED: Column[] = ['quantity', 'unit', 'price', 'discount'];

type Problem = Omit<EntryProblem, 'key'> | null;
const remembered = new WeakMap<Line, Problem>();

/** The same object while nothing changed, so that rows keep still. */
function stableProblem(line: Line, server: Counted['problems']): Problem {
  const old = remembered.get(line);
  const next = problemOf(line, server);
  if (old && next && old.message === next.message && old.column === next.column) return old;
  remembered.set(line, next);
  return next;
}

/** A figure may be a moment old, but never another article's. */
function sameArticle(counted: Line, now: Line): boolean {
  return counted === now || (counted.match === now.match && counted.product?.id === now.product?.id);
}

interface Now {
  lines: Line[];
  row: number;
  cursor: Cursor;
  canPrice: boolean;
  onLeave: (forward: boolean) => void;
  onPasteList: (text: string, at: number) => void;
  onExplain: (line: Line) => void;
}

/** What the rows' handlers look at when they run: they are made once, so that rows keep still. */
class Live {
  private following = false;
  private scanned: string | null = null;

  constructor(public current: Now) {}

  renew(now: Now): void {
    this.current = now;
  }

  /** Set when a key moved the cursor, so that the focus follows; a page that loads must not steal it. Returns what was set. */
  follow(next: boolean): boolean {
    const was = this.following;
    this.following = next;
    return was;
  }

  /** Remembers a scan; returns the one before it. */
  scan(code: string | null): string | null {
    const was = this.scanned;
    this.scanned = code;
    return was;
  }
}

function makeEvents(
  live: Live,
  dispatch: Dispatch<Action>,
  go: (next: Cursor) => void,
  set: (next: (old: Cursor) => Cursor) => void,
): RowEvents {
  const rowOf = (line: Line) => live.current.lines.findIndex((other) => other.key === line.key);
  const leaveCell = (line: Line, column: Column, leave: Leave) => {
    const row = rowOf(line);
    const { lines, canPrice } = live.current;
    const here = at(row, column, false);
    switch (leave) {
      case 'enter':
        return go(column === 'sku' ? at(row, 'quantity') : at(Math.min(row + 1, lines.length), 'sku'));
      case 'next':
      case 'previous': {
        const next = step(lines, here, leave === 'next' ? 1 : -1, canPrice);
        if (next) return go(next);
        set(() => here);
        return live.current.onLeave(leave === 'next');
      }
      case 'up':
        return go(at(Math.max(0, row - 1), column));
      case 'down':
        return go(at(Math.min(row + 1, lines.length), column));
      case 'stay':
        return go(here);
      case 'blur':
        return set((old) => (old.row === row && old.column === column ? here : old));
    }
  };
  return {
    commitText: (line, column, text, leave) => {
      live.scan(null);
      if (!unchanged(line, column, text)) dispatch({ type: 'cell', key: line.key, column, text });
      leaveCell(line, column, leave);
    },
    commitSku: (line, commit, leave, times) => {
      if (commit.kind === 'option') {
        dispatch({ type: 'product', key: line.key, product: commit.option });
        if (times) dispatch({ type: 'cell', key: line.key, column: 'quantity', text: times });
      } else if (commit.kind === 'raw' && commit.text === '') {
        if (!isEmptyLine(line)) dispatch({ type: 'clear', key: line.key });
        if (leave === 'enter' && isEmptyLine(line)) {
          set(() => at(rowOf(line), 'sku', false));
          return live.current.onLeave(true);
        }
        if (leave === 'enter') return go(at(rowOf(line), 'sku'));
      } else if (commit.kind === 'raw') {
        const { code } = multiplied(commit.text);
        dispatch({ type: 'raw', key: line.key, text: code, times });
      } else if (leave === 'enter' && line.match === 'empty') {
        // Enter in an empty SKU cell ends the lines.
        set(() => at(rowOf(line), 'sku', false));
        return live.current.onLeave(true);
      }
      if (commit.kind !== 'untouched') live.scan(null);
      leaveCell(line, 'sku', leave);
    },
    scanned: (line, column, scan) => {
      const { lines } = live.current;
      const row = rowOf(line);
      const repeat = live.scan(scan.code) === scan.code && (column === 'quantity' || line.match === 'empty');
      const previous = column === 'quantity' ? line : lines[row - 1];
      if (repeat && previous && previous.match !== 'empty') {
        dispatch({ type: 'add', key: previous.key, times: scan.times });
        return go(at(rowOf(previous), 'quantity'));
      }
      // A scan into a quantity is the next article: a person does not type eight digits in half a second.
      const target = column === 'quantity' ? lines.slice(row + 1).find(isEmptyLine) : line;
      if (!target) return;
      dispatch({ type: 'raw', key: target.key, text: scan.code, times: scan.times });
      go(at(rowOf(target), 'quantity'));
    },
    cancel: () => {
      const { row, cursor } = live.current;
      go(at(row, cursor.column, false));
    },
    pasteList: (line, text) => live.current.onPasteList(text, rowOf(line)),
    enter: (row, column, edit) => go(at(row, column, edit)),
    focused: (row, column) => set((old) => (old.row === row && old.column === column ? old : at(row, column, false))),
    remove: (line) => dispatch({ type: 'remove', key: line.key }),
    choose: (line, product) => {
      dispatch({ type: 'product', key: line.key, product });
      go(at(rowOf(line), 'quantity'));
    },
    explain: (line) => live.current.onExplain(line),
  };
}

/** What the editor began with; committing it again must not become a command. */
function unchanged(line: Line, column: Exclude<Column, 'sku'>, text: string): boolean {
  return text === cellText(line, column);
}

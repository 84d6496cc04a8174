import { type ClipboardEvent, type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { currentLocale, decimal } from '@/lib/format';
import { searchProducts } from './api';
import type { Column, Line, ProductRef } from './model';
import { readNumber } from './numbers';
import { OptionList } from './option-list';
import { CellEcho, QuantityEcho } from './quantity-echo';
import { BurstWatch, multiplied, type Scan } from './scanner';
import type { Commit } from './typeahead';
import { useTypeahead } from './use-typeahead';

export type Leave = 'enter' | 'next' | 'previous' | 'up' | 'down' | 'stay' | 'blur';

export interface CellEvents {
  commitText: (line: Line, column: Exclude<Column, 'sku'>, text: string, leave: Leave) => void;
  commitSku: (line: Line, commit: Commit<ProductRef>, leave: Leave, times?: string) => void;
  scanned: (line: Line, column: Column, scan: Scan) => void;
  cancel: () => void;
  explain: (line: Line) => void;
  pasteList: (line: Line, text: string) => void;
}

interface EditorProps {
  line: Line;
  column: Column;
  label: string;
  typed: string | null;
  typedAt: number;
  describedBy?: string;
  events: CellEvents;
}

/** The text of a cell as a person edits it. */
export function cellText(line: Line, column: Column): string {
  if (column === 'product') return line.description;
  const value = line[column];
  const numeric = column === 'quantity' || column === 'price';
  return numeric && value !== '' && !line.errors[column] ? decimal(value).replaceAll(/[\u00a0\u202f]/g, ' ') : value;
}

const DIRECTIONS: Record<string, Leave> = { Enter: 'enter', ArrowUp: 'up', ArrowDown: 'down' };

function directionOf(event: KeyboardEvent): Leave | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key === 'Tab') return event.shiftKey ? 'previous' : 'next';
  if (event.key === 'F2') return 'stay';
  return DIRECTIONS[event.key] ?? null;
}

/** Watches for scanners and pasted lists in any cell. */
function useCellInput({ line, column, typed, typedAt, events }: EditorProps) {
  const input = useRef<HTMLInputElement>(null);
  const doneRef = useRef(false);
  const [watch] = useState(() => new BurstWatch());
  useLayoutEffect(() => {
    const field = input.current;
    field?.focus();
    if (typed === null) field?.select();
    else watch.key(typedAt);
  }, [typed, typedAt, watch]);
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    const trimmed = text.trim();
    const several = /[\r\n]/.test(trimmed) || (column === 'sku' && /[\t;]|\d\s*[x×]\s/.test(trimmed));
    if (!several) return;
    event.preventDefault();
    events.pasteList(line, text);
  };
  const watchKey = (event: KeyboardEvent) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) watch.key(event.timeStamp);
    else if (event.key === 'Backspace' || event.key === 'Delete' || event.key.startsWith('Arrow')) watch.reset();
  };
  const scanAt = (event: KeyboardEvent, text: string): Scan | null =>
    event.key === 'Enter' || event.key === 'Tab' ? watch.end(text, event.timeStamp) : null;
  return { input, doneRef, onPaste, watchKey, scanAt };
}

const LOOK = 'absolute inset-0 h-full w-full rounded-[5px] border-0 bg-surface px-2 text-ink outline-2 -outline-offset-1 outline-focus';

export function TextCell(props: EditorProps & { column: Exclude<Column, 'sku'> }) {
  const { line, column, label, typed, describedBy, events } = props;
  const { input, doneRef, onPaste, watchKey, scanAt } = useCellInput(props);
  const [text, setText] = useState(typed ?? cellText(line, column));
  const initial = useRef(cellText(line, column));
  const numeric = column !== 'unit' && column !== 'product';

  const finish = (leave: Leave) => {
    if (doneRef.current) return;
    doneRef.current = leave !== 'blur';
    // Only changed text is read again: what stood there keeps every digit.
    events.commitText(line, column, text === initial.current ? initial.current : text, leave);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const scan = scanAt(event, text);
    const leave = directionOf(event);
    if (scan && column === 'quantity') {
      event.preventDefault();
      doneRef.current = true;
      events.scanned(line, column, scan);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      doneRef.current = true;
      events.cancel();
    } else if (leave) {
      event.preventDefault();
      event.stopPropagation();
      finish(leave);
    } else if (event.key === '?' && numeric) {
      event.preventDefault();
      finish('stay');
      events.explain(line);
    } else watchKey(event);
  };
  const sum = column === 'quantity' || column === 'price' ? readNumber(text, currentLocale(), 6) : null;
  const worked = sum?.ok && sum.value !== '' && /[*×xX/+]|[.,]/.test(text) ? `= ${decimal(sum.value)}` : null;
  return (
    <>
      <input
        ref={input}
        aria-label={label}
        aria-invalid={Boolean(line.errors[column]) || undefined}
        aria-describedby={describedBy}
        inputMode={numeric ? 'decimal' : undefined}
        autoComplete="off"
        spellCheck={column === 'product'}
        className={cx(LOOK, numeric && 'num text-end')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => finish('blur')}
        onPaste={onPaste}
      />
      <CellEcho>{column === 'quantity' ? <QuantityEcho line={line} text={text} worked={worked} /> : worked}</CellEcho>
    </>
  );
}

/** `12*` before a code is its quantity. */
const STAR = /^\d{1,6}\*/;

export function SkuCell(props: EditorProps) {
  const { line, label, typed, describedBy, events } = props;
  const { input, doneRef, onPaste, watchKey, scanAt } = useCellInput(props);
  const id = useId();
  const [text, setText] = useState(typed ?? line.sku);
  const asks = line.match === 'ambiguous' || line.match === 'unknown';
  const [open, setOpen] = useState(typed === null ? asks : typed.trim() !== '');
  const [shown, typeahead] = useTypeahead(searchProducts, line.sku);
  const search = (next: string) => {
    setText(next);
    setOpen(next.trim() !== '');
    typeahead.type(STAR.test(next) ? multiplied(next).code : next);
  };
  useEffect(() => {
    // The key that began the edit is text like any other; a line in question shows its candidates at once.
    if (typed !== null) typeahead.type(typed);
    else if (asks) typeahead.open();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typeahead]);

  const finish = (leave: Leave) => {
    if (doneRef.current) return;
    doneRef.current = leave !== 'blur';
    const result = typeahead.commit();
    setOpen(false);
    const times = STAR.test(text) ? multiplied(text).times : undefined;
    events.commitSku(line, result, leave, times);
  };
  const pick = (option: ProductRef, leave: Leave = 'enter') => {
    doneRef.current = true;
    typeahead.stop();
    setOpen(false);
    events.commitSku(line, { kind: 'option', option }, leave);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const scan = scanAt(event, text);
    const leave = directionOf(event);
    const arrow = event.key === 'ArrowDown' || event.key === 'ArrowUp';
    if (scan) {
      event.preventDefault();
      event.stopPropagation();
      doneRef.current = true;
      typeahead.stop();
      events.scanned(line, 'sku', scan);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      doneRef.current = true;
      typeahead.stop();
      events.cancel();
    } else if (arrow && event.altKey && event.key === 'ArrowDown' && text.trim() !== '' && !event.ctrlKey && !open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(true);
      typeahead.open();
    } else if (arrow && open && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      typeahead.move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (leave) {
      event.preventDefault();
      event.stopPropagation();
      finish(leave);
    } else watchKey(event);
  };
  return (
    <>
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? `${id}-list` : undefined}
        aria-activedescendant={open && shown.highlighted >= 0 ? `${id}-list-${shown.highlighted}` : undefined}
        aria-describedby={describedBy}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        className={LOOK}
        value={text}
        onChange={(event) => search(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => finish('blur')}
        onPaste={onPaste}
      />
      {open ? (
        <OptionList
          id={`${id}-list`}
          label="Products"
          shown={shown}
          anchor={input}
          keyOf={(option) => option.id}
          onPick={pick}
          render={(option) => (
            <>
              <span className="num w-28 shrink-0 truncate font-medium sm:w-32">{option.sku}</span>
              <span className="min-w-0 flex-1 truncate">{option.name}</span>
              <span className="num shrink-0 text-sm text-subtle">
                {option.list_price ? decimal(option.list_price, 2) : ''} / {option.unit}
              </span>
            </>
          )}
        />
      ) : null}
    </>
  );
}

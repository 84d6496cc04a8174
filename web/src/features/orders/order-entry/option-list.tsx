import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { cx } from '@/lib/cx';
import type { Shown } from './typeahead';

interface OptionListProps<T> {
  id: string;
  label: string;
  shown: Shown<T>;
  anchor: RefObject<HTMLElement | null>;
  keyOf: (option: T) => string;
  render: (option: T) => ReactNode;
  onPick: (option: T) => void;
}

/** Where the options are drawn: inside the page's landmark, outside the grid's scrolling box. */
export const LAYER_ID = 'order-entry-layer';

function place(anchor: HTMLElement, list: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const below = window.innerHeight - box.bottom;
  const up = below < 240 && box.top > below;
  const width = Math.min(Math.max(box.width, 520), window.innerWidth - 16);
  const { style } = list;
  style.width = `${width}px`;
  style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  style.top = up ? 'auto' : `${box.bottom + 4}px`;
  style.bottom = up ? `${window.innerHeight - box.top + 4}px` : 'auto';
  style.maxHeight = `${Math.min(320, (up ? box.top : below) - 12)}px`;
}

export function OptionList<T>({ id, label, shown, anchor, keyOf, render, onPick }: OptionListProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const [layer] = useState(() => document.getElementById(LAYER_ID) ?? document.body);
  useLayoutEffect(() => {
    const move = () => {
      if (anchor.current && list.current) place(anchor.current, list.current);
    };
    move();
    window.addEventListener('scroll', move, true);
    window.addEventListener('resize', move);
    return () => {
      window.removeEventListener('scroll', move, true);
      window.removeEventListener('resize', move);
    };
  }, [anchor]);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [shown.highlighted]);
  const note = shown.failed ? 'The search failed. Enter keeps the text and looks it up again.' : shown.options.length ? null : shown.loading ? 'Searching…' : 'Nothing matches. Enter keeps the text.';
  return createPortal(
    <div ref={list} className="popup fixed z-50 overflow-y-auto p-1">
      {note ? <p className="m-0 px-2.5 py-1.5 text-sm text-subtle">{note}</p> : null}
      <div role="listbox" id={id} aria-label={label} aria-busy={!shown.fresh} className={cx(!shown.fresh && 'opacity-55')}>
        {shown.options.map((option, index) => (
          <div
            key={keyOf(option)}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === shown.highlighted}
            data-highlighted={index === shown.highlighted ? '' : undefined}
            className="option hover:bg-hover"
            onPointerDown={(event) => {
              event.preventDefault();
              onPick(option);
            }}
          >
            {render(option)}
          </div>
        ))}
      </div>
    </div>,
    layer,
  );
}

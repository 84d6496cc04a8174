import { X } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { cx } from '@/lib/cx';
import { compare, isZero } from '@/lib/decimal';
import { decimal, money } from '@/lib/format';
import { type CellEvents, SkuCell, TextCell } from './cell-editor';
import { type Cursor, isEditable } from './cursor';
import type { EntryProblem } from './entry-problems';
import { type Column, isEmptyLine, type Line, type ProductRef } from './model';
import { UnitEcho } from './quantity-echo';
import type { PreviewLine } from './use-preview';

export const COLUMN_NAMES: Record<Column, string> = {
  sku: 'SKU or barcode', product: 'Product', quantity: 'Quantity', unit: 'Unit', price: 'Price', discount: 'Discount',
};

/** One template for header and rows; on a phone each row becomes a card of its own. */
export const GRID =
  'grid grid-cols-6 max-sm:gap-x-1.5 sm:grid-cols-[2.25rem_minmax(8rem,1.1fr)_minmax(10rem,2.4fr)_6.5rem_5rem_7rem_5.5rem_8.5rem_2.25rem]';

export interface RowEvents extends CellEvents {
  enter: (row: number, column: Column, edit: boolean) => void;
  focused: (row: number, column: Column) => void;
  remove: (line: Line) => void;
  choose: (line: Line, product: ProductRef) => void;
}

export interface LineRowProps {
  line: Line;
  row: number;
  /** Only the row with the cursor knows it: the others stay as they are. */
  cursor: Cursor | null;
  figures: PreviewLine | null;
  stale: boolean;
  slow: boolean;
  /** The server cannot be reached: a price is the one known from before. */
  provisional: boolean;
  problem: Omit<EntryProblem, 'key'> | null;
  /** The line above that holds the same product. */
  twin: number | null;
  canPrice: boolean;
  events: RowEvents;
}

const SPANS: Record<Column, string> = {
  sku: 'max-sm:col-span-4', product: 'max-sm:col-span-6', quantity: 'max-sm:col-span-2', unit: 'max-sm:col-span-2', price: 'max-sm:col-span-2', discount: 'max-sm:col-span-2',
};
const END: Column[] = ['quantity', 'price', 'discount'];

export const LineRow = memo(function LineRow(props: LineRowProps) {
  const { line, row, problem, twin, figures, stale, slow, events } = props;
  const muted = stale ? cx('text-subtle', slow && 'underline decoration-dotted underline-offset-4') : undefined;
  const empty = isEmptyLine(line);
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      data-key={line.key}
      className={cx(
        GRID,
        'min-h-(--row-h) items-stretch border-b border-line [contain-intrinsic-size:auto_40px] max-sm:gap-y-0.5 max-sm:px-2 max-sm:py-2',
        problem ? 'bg-amber-soft/60' : line.match === 'resolving' ? 'bg-sunken' : undefined,
        props.cursor ? undefined : '[content-visibility:auto]',
      )}
    >
      <div role="rowheader" aria-colindex={1} className="num flex items-center justify-center text-sm text-subtle">
        {row + 1}
      </div>
      <Cell {...props} column="sku">
        <span className={cx('truncate', line.match === 'resolving' && 'text-muted italic')}>{line.sku}</span>
        {empty && !line.sku ? <span className="text-subtle" aria-hidden="true">…</span> : null}
      </Cell>
      <Cell {...props} column="product">
        <ProductText line={line} problem={problem} twin={twin} events={events} figures={figures} />
      </Cell>
      <Cell {...props} column="quantity">
        {line.errors.quantity ? line.quantity : line.quantity === '' ? '' : decimal(line.quantity)}
        {line.quantity !== '' && !line.errors.quantity && isZero(line.quantity) ? <span className="sr-only"> (zero)</span> : null}
      </Cell>
      <Cell {...props} column="unit">
        {line.unit}
      </Cell>
      <Cell {...props} column="price">
        <PriceText line={line} figures={figures} muted={muted} provisional={props.provisional} events={events} />
        {slow && !figures ? <Awaited /> : null}
      </Cell>
      <Cell {...props} column="discount">
        {line.discount.startsWith('=') ? `−${decimal(line.discount.slice(1), 2)}` : line.discount}
      </Cell>
      <div role="gridcell" aria-colindex={8} className={cx('num flex items-center justify-end px-2 font-medium max-sm:col-span-4 max-sm:py-1 sm:border-s sm:border-line', empty && 'max-sm:hidden', muted)}>
        <span className="me-auto text-sm font-normal text-subtle sm:hidden">{figures ? 'Total' : ''}</span>
        {figures ? decimal(figures.net, 2) : slow ? <Awaited /> : null}
      </div>
      <div role="gridcell" aria-colindex={9} className="flex items-center justify-center max-sm:order-[-1] max-sm:col-start-6 max-sm:row-start-1">
        {empty ? null : (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`Remove line ${row + 1}`}
            title="Remove line"
            className="grid size-7 place-items-center rounded text-subtle hover:bg-hover hover:text-ink"
            onClick={() => events.remove(line)}
          >
            <X size={15} aria-hidden="true" />
          </button>
        )}
      </div>
    </div>
  );
});

const INDEX: Record<Column, number> = { sku: 2, product: 3, quantity: 4, unit: 5, price: 6, discount: 7 };

function Cell({ line, row, cursor, problem, canPrice, events, column, children }: LineRowProps & { column: Column; children: ReactNode }) {
  const here = cursor?.column === column;
  const editable = isEditable(line, column, canPrice);
  const editing = here && cursor.edit !== null && editable;
  const wrong = problem?.column === column;
  const label = `${COLUMN_NAMES[column]}, line ${row + 1}`;
  const messageId = `problem-${line.key}`;
  const shared = { line, label, typed: cursor?.edit?.typed ?? null, typedAt: cursor?.edit?.typedAt ?? 0, describedBy: wrong ? messageId : undefined, events };
  const atEnd = END.includes(column);
  return (
    // The grid handles the keys of its cells; a click begins to edit.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="gridcell"
      aria-colindex={INDEX[column]}
      aria-invalid={wrong || undefined}
      aria-readonly={!editable || undefined}
      aria-describedby={wrong && !editing ? messageId : undefined}
      data-row={row}
      data-column={column}
      tabIndex={here && !editing ? 0 : -1}
      className={cx(
        'relative flex min-w-0 scroll-mt-16 scroll-mb-20 items-center px-2 outline-none max-sm:min-h-9 max-sm:rounded-md sm:border-s sm:border-line',
        // A card with nothing in it asks for its article only.
        isEmptyLine(line) && column !== 'sku' && !here && 'max-sm:hidden',
        SPANS[column],
        atEnd && 'num sm:justify-end',
        editable ? 'cursor-text max-sm:bg-sunken/70' : 'text-muted',
        wrong && 'text-amber',
        here && !editing && 'focus:outline-2 focus:-outline-offset-2 focus:outline-focus focus:outline-solid',
      )}
      onClick={() => (editing ? undefined : events.enter(row, column, editable))}
      onFocus={(event) => (event.target === event.currentTarget ? events.focused(row, column) : undefined)}
    >
      {column !== 'sku' && column !== 'product' && !isEmptyLine(line) ? (
        <span className="me-auto pe-1 text-xs text-subtle sm:hidden" aria-hidden="true">{COLUMN_NAMES[column]}</span>
      ) : null}
      {editing ? (
        column === 'sku' ? <SkuCell key={cursor.edit?.turn} {...shared} column="sku" /> : <TextCell key={cursor.edit?.turn} {...shared} column={column} />
      ) : (
        children
      )}
    </div>
  );
}

/** Candidates beside an ambiguous text; the cell's own list holds them all. */
const SHOWN = 4;

function ProductText({ line, problem, twin, events, figures }: Pick<LineRowProps, 'line' | 'problem' | 'twin' | 'events' | 'figures'>) {
  const message = problem ? (
    <span id={`problem-${line.key}`} className="text-sm text-amber">
      {problem.message}
    </span>
  ) : null;
  if (line.match === 'ambiguous') {
    return (
      <span className="flex min-w-0 flex-wrap items-center gap-1 py-1">
        {message}
        {line.candidates.slice(0, SHOWN).map((candidate) => (
          <button
            key={candidate.id}
            type="button"
            tabIndex={-1}
            title={candidate.name}
            className="num h-6 rounded-full border border-line-strong bg-surface px-2 text-sm text-ink hover:bg-hover"
            onClick={(event) => {
              event.stopPropagation();
              events.choose(line, candidate);
            }}
          >
            {candidate.sku}
          </button>
        ))}
        {line.candidates.length > SHOWN ? <span className="text-sm text-muted">and {line.candidates.length - SHOWN} more</span> : null}
      </span>
    );
  }
  const pack = line.product?.pack_multiple;
  const notes = [
    pack && compare(pack, '1') > 0 ? `in packs of ${decimal(pack)}` : '',
    twin === null ? '' : `also in line ${twin + 1}`,
  ].filter(Boolean);
  const name = line.product?.name || line.description || (figures?.description ?? '');
  return (
    <span className="flex min-w-0 flex-col py-1 leading-tight">
      {line.match === 'resolving' ? <span className="text-sm text-subtle">Looking up…</span> : <span className="truncate">{name}</span>}
      {!message && !line.errors.quantity ? <UnitEcho line={line} /> : null}
      {message ?? (notes.length ? <span className="truncate text-xs text-subtle">{notes.join(' · ')}</span> : null)}
      {line.note ? <span className="text-sm break-words whitespace-pre-line text-muted italic">{line.note}</span> : null}
    </span>
  );
}

/** A figure that the server takes its time for. */
function Awaited() {
  return (
    <span className="text-subtle underline decoration-dotted underline-offset-4" aria-hidden="true">
      …
    </span>
  );
}

interface PriceTextProps {
  line: Line;
  figures: PreviewLine | null;
  muted?: string;
  provisional: boolean;
  events: RowEvents;
}

function PriceText({ line, figures, muted, provisional, events }: PriceTextProps) {
  if (line.errors.price) return line.price;
  if (line.price !== '') return <span title="Set by hand">{decimal(line.price, 2)}</span>;
  const known = figures?.unit_price?.amount ?? line.product?.list_price;
  if (provisional && known) {
    return (
      <span className="flex flex-col items-end leading-tight text-subtle">
        {decimal(known, 2)}
        <span className="text-xs whitespace-nowrap">provisional price</span>
      </span>
    );
  }
  if (!figures?.unit_price) return null;
  return (
    <span className={cx('inline-flex items-center gap-1', muted)}>
      {figures.price_source?.length ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Explain the price ${money(figures.unit_price)}`}
          title="Why this price?"
          className="grid size-6 place-items-center rounded text-xs text-subtle hover:bg-hover hover:text-ink"
          onClick={(event) => {
            event.stopPropagation();
            events.explain(line);
          }}
        >
          ?
        </button>
      ) : null}
      {decimal(figures.unit_price.amount, 2)}
    </span>
  );
}

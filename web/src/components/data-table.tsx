import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';
import { useIsPhone } from '@/lib/use-media';
import { Skeleton } from './ui/skeleton';

export interface Column<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** The server's sort key, when it can sort by this column. */
  sort?: string;
  align?: 'end';
  /** Where the value goes on a phone: first line, right of it, below, or nowhere. */
  card?: 'title' | 'end' | 'meta' | 'none';
  className?: string;
  /** Takes the width that the others leave, and cuts its text off rather than widen the table. */
  grow?: boolean;
  /** Left out below this width: the least important columns go first. */
  from?: 'xl' | '2xl';
  /** Shown only to those who choose it. */
  optional?: boolean;
}

const FROM = { xl: 'max-xl:hidden', '2xl': 'max-2xl:hidden' };

export interface DataTableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  /** Where a row leads. The first cell holds the link. */
  href?: (row: T) => string;
  sort?: string;
  onSort?: (sort: string) => void;
  /** Older rows stay visible, greyed, while new ones load. */
  stale?: boolean;
  skeletonRows?: number;
  /** The table of a whole page: it scrolls in itself, under a header that stays. */
  tall?: boolean;
}

export function DataTable<T>(props: DataTableProps<T>) {
  return useIsPhone() ? <Cards {...props} /> : <Grid {...props} />;
}

function Grid<T>({ label, columns, rows, rowKey, href, sort, onSort, stale, skeletonRows = 12, tall }: DataTableProps<T>) {
  return (
    // A scroll region must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={cx('focus-visible:-outline-offset-2', tall ? 'max-h-[max(18rem,calc(100dvh-17.5rem))] overflow-auto' : 'overflow-x-auto')} tabIndex={0} role="region" aria-label={label} aria-busy={stale || !rows}>
      <table className={cx('w-full border-separate border-spacing-0 text-base', stale && 'opacity-60')}>
        <thead className={tall ? 'sticky top-0 z-10' : undefined}>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                aria-sort={ariaSort(column.sort, sort)}
                className={cx(
                  'h-9 border-b border-line bg-sunken px-(--cell-px) text-xs font-semibold whitespace-nowrap text-muted first:ps-4 last:pe-4',
                  column.align === 'end' ? 'text-end' : 'text-start',
                  column.from && FROM[column.from],
                )}
              >
                {column.sort && onSort ? <SortButton column={column} sort={sort} onSort={onSort} /> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            ? rows.map((row) => (
                <tr key={rowKey(row)} className="group relative hover:bg-hover has-[a:focus-visible]:bg-selected">
                  {columns.map((column, index) => (
                    <td
                      key={column.id}
                      className={cx(
                        'h-(--row-h) border-b border-line px-(--cell-px) py-1 first:ps-4 last:pe-4',
                        column.align === 'end' && 'text-end',
                        column.from && FROM[column.from],
                        column.grow && 'w-full max-w-0 min-w-36 truncate',
                        column.className,
                      )}
                    >
                      {index === 0 && href ? (
                        <RowLink to={href(row)}>{column.cell(row)}</RowLink>
                      ) : (
                        column.cell(row)
                      )}
                    </td>
                  ))}
                </tr>
              ))
            : Array.from({ length: skeletonRows }, (_, index) => (
                <tr key={index}>
                  {columns.map((column) => (
                    <td key={column.id} className={cx('h-(--row-h) border-b border-line px-(--cell-px) first:ps-4 last:pe-4', column.from && FROM[column.from])}>
                      <Skeleton className={cx('h-3', column.align === 'end' ? 'ms-auto w-16' : 'w-24')} />
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}

function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link
      to={to}
      data-row-link
      preload="intent"
      className="font-medium text-ink no-underline outline-none group-hover:text-accent-text after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
    >
      {children}
    </Link>
  );
}

function ariaSort(key: string | undefined, sort: string | undefined) {
  if (!key) return undefined;
  if (sort === key) return 'ascending' as const;
  return sort === `-${key}` ? ('descending' as const) : ('none' as const);
}

function SortButton<T>({ column, sort, onSort }: { column: Column<T>; sort?: string; onSort: (sort: string) => void }) {
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  return (
    <button
      type="button"
      onClick={() => onSort(down ? (column.sort ?? '') : `-${column.sort}`)}
      className={cx('-mx-1 inline-flex items-center gap-1 rounded px-1 py-0.5 hover:text-ink', (up || down) && 'text-ink')}
    >
      {column.header}
      {up ? <ArrowUp size={12} aria-hidden="true" /> : null}
      {down ? <ArrowDown size={12} aria-hidden="true" /> : null}
    </button>
  );
}

function Cards<T>({ label, columns, rows, rowKey, href, stale, skeletonRows = 8 }: DataTableProps<T>) {
  const of = (place: Column<T>['card']) => columns.filter((column) => (column.card ?? 'meta') === place);
  if (!rows) {
    return (
      <div aria-busy="true" className="divide-y divide-line">
        {Array.from({ length: skeletonRows }, (_, index) => (
          <div key={index} className="flex h-16 items-center justify-between px-4">
            <Skeleton className="h-3 w-32" />
            <Skeleton className="h-3 w-16" />
          </div>
        ))}
      </div>
    );
  }
  return (
    <ul aria-label={label} aria-busy={stale} className={cx('m-0 list-none divide-y divide-line p-0', stale && 'opacity-60')}>
      {rows.map((row) => {
        const title = of('title').map((column) => <span key={column.id}>{column.cell(row)}</span>);
        return (
          <li key={rowKey(row)} className="group relative px-4 py-2.5 active:bg-hover">
            <div className="flex items-baseline justify-between gap-3">
              <span className="flex min-w-0 items-baseline gap-2 truncate">
                {href ? <RowLink to={href(row)}>{title}</RowLink> : <span className="font-medium">{title}</span>}
              </span>
              <span className="shrink-0">{of('end').map((column) => <span key={column.id}>{column.cell(row)}</span>)}</span>
            </div>
            <div className="mt-0.5 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm text-muted">
              {of('meta').map((column) => (
                <span key={column.id} className="min-w-0 max-w-full truncate empty:hidden">
                  {column.cell(row)}
                </span>
              ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { isForbidden } from '@/lib/api-error';
import { type ListSearch, toQuery } from '@/lib/list-search';
import { rememberList } from '@/lib/neighbours';
import { useCommands } from '@/lib/shortcuts';
import type { PageOf } from '@/lib/types';
import { useListSearch } from '@/lib/use-list-search';
import { useIsPhone } from '@/lib/use-media';
import { useTitle } from '@/lib/use-title';
import { ColumnMenu, useColumns } from './column-menu';
import { type Column, DataTable } from './data-table';
import { EmptyState } from './empty-state';
import { type Filter, FilterBar } from './list-filters';
import { ListFooter } from './list-footer';
import { ProblemBanner } from './problem-banner';
import { Button } from './ui/button';
import { ViewTabs } from './view-tabs';

export interface View {
  id: string;
  label: string;
  search: ListSearch;
}

export interface ListFrameProps<T> {
  title: string;
  /** What the rows are, for messages: `orders`. Also names the list for `[` and `]`. */
  noun: string;
  /** The first part of the query key. */
  queryKey: string;
  fetch: (query: Record<string, string>, signal: AbortSignal) => Promise<PageOf<T>>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  href: (row: T) => string;
  views?: View[];
  filters?: Filter[];
  searchLabel: string;
  defaultSort: string;
  actions?: ReactNode;
  /** Something to know about the list as a whole. */
  notice?: ReactNode;
  /** Shown when there is nothing at all. */
  empty: ReactNode;
}

/** THE list: address as state, views, filters, search, sorting, keyset paging, and every state a list can be in. */
export function ListFrame<T>(props: ListFrameProps<T>) {
  const { title, noun, queryKey, fetch, rowKey, href, views = [], filters = [], defaultSort } = props;
  const [search, change] = useListSearch();
  const isPhone = useIsPhone();
  const columns = useColumns(noun, props.columns);
  const view = views.find((one) => one.id === search.view) ?? views[0];
  const query = toQuery({ ...search, sort: search.sort ?? defaultSort }, view?.search);
  const found = useQuery({
    queryKey: [queryKey, 'list', query],
    queryFn: ({ signal }) => fetch(query, signal),
    placeholderData: keepPreviousData,
  });
  const rows = found.data?.data;
  const { cursor: _page, ...whole } = query;
  useEffect(() => {
    if (rows) rememberList(noun, rows.map(rowKey));
  }, [rows, noun, rowKey]);
  useRowKeys();
  useTitle(title);

  const active = filters.filter((filter) => search[filter.key]);
  const filtered = active.length > 0 || Boolean(search.q) || Boolean(search.cursor);
  const clear = () => change({ q: undefined, ...Object.fromEntries(filters.map((filter) => [filter.key, undefined])) });

  return (
    <div className="mx-auto w-full max-w-[1600px] px-3 py-4 sm:px-6">
      <header className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 className="m-0 text-xl font-semibold">{title}</h1>
        <div className="flex flex-wrap items-center gap-2">{props.actions}</div>
      </header>
      {props.notice ? <div className="mb-3">{props.notice}</div> : null}
      <div className="card overflow-hidden">
        {views.length > 1 ? <ViewTabs views={views} current={view?.id} onChange={(id) => change({ view: id })} /> : null}
        <FilterBar label={props.searchLabel} filters={filters} search={search} onChange={change} onClear={clear}>
          {isPhone ? null : <ColumnMenu {...columns} />}
        </FilterBar>
        <div className="relative h-0.5 overflow-hidden" aria-hidden="true">
          {found.isFetching ? <div className="h-full w-1/3 animate-[slide_1s_linear_infinite] bg-accent" /> : null}
        </div>
        {found.isError ? (
          <div className="p-4">
            <ProblemBanner error={found.error} onRetry={isForbidden(found.error) ? undefined : () => void found.refetch()} />
          </div>
        ) : null}
        {rows?.length === 0 ? (
          filtered || (view && view !== views.at(-1)) ? (
            <FilteredEmpty noun={noun} filtered={filtered} view={view?.label} all={views.at(-1)} active={active} search={search} onChange={change} onClear={clear} />
          ) : (
            props.empty
          )
        ) : rows || !found.isError ? (
          <DataTable
            label={title}
            columns={columns.shown}
            rows={rows}
            rowKey={rowKey}
            href={href}
            sort={search.sort ?? defaultSort}
            onSort={(sort) => change({ sort })}
            tall
            stale={found.isPlaceholderData}
          />
        ) : null}
        {found.data && (found.data.data.length > 0 || search.cursor) ? (
          <ListFooter
            page={found.data.page}
            shown={found.data.data.length}
            noun={noun}
            first={!search.cursor}
            onPage={(cursor) => change({ cursor })}
            count={async (signal) => (await fetch({ ...whole, count: 'exact', limit: '1' }, signal)).page.count ?? null}
            countKey={[queryKey, 'count', whole]}
          />
        ) : null}
      </div>
    </div>
  );
}

/** `j`/`k` move through the rows' links; `Enter` follows one, as everywhere. */
function useRowKeys() {
  const move = (step: number) => {
    const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
    const at = links.findIndex((link) => link === document.activeElement);
    links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
  };
  useCommands([
    { id: 'list.next', name: 'Next row', keys: 'j', group: 'List', run: () => move(1) },
    { id: 'list.previous', name: 'Previous row', keys: 'k', group: 'List', run: () => move(-1) },
  ]);
}

interface FilteredEmptyProps {
  noun: string;
  filtered: boolean;
  view?: string;
  all?: View;
  active: Filter[];
  search: ListSearch;
  onChange: (change: ListSearch) => void;
  onClear: () => void;
}

function FilteredEmpty({ noun, filtered, view, all, active, search, onChange, onClear }: FilteredEmptyProps) {
  return (
    <EmptyState
      icon={SearchX}
      title={`No ${noun} here`}
      actions={
        <>
          {active.map((filter) => (
            <Button key={filter.key} size="sm" onClick={() => onChange({ [filter.key]: undefined })}>
              Remove “{filter.label}”
            </Button>
          ))}
          {filtered ? (
            <Button size="sm" kind="primary" onClick={onClear}>
              Clear search and filters
            </Button>
          ) : all ? (
            <Button size="sm" kind="primary" onClick={() => onChange({ view: all.id })}>
              Show all {noun}
            </Button>
          ) : null}
        </>
      }
    >
      {search.q ? `Nothing matches “${search.q}”.` : view ? `Nothing is in the view “${view}” right now.` : 'The filters exclude everything.'}
    </EmptyState>
  );
}

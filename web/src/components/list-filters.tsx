import { ListFilter, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ListSearch } from '@/lib/list-search';
import { useCommands } from '@/lib/shortcuts';
import { Button } from './ui/button';
import { Dialog } from './ui/dialog';
import { type Option, SelectField } from './ui/select';
import { TextField } from './ui/text-field';

export interface Filter {
  /** The parameter of the API: `lifecycle`, `order_date.gte`. */
  key: string;
  label: string;
  kind?: 'choice' | 'date' | 'text';
  options?: Option[];
}

interface FilterBarProps {
  label: string;
  filters: Filter[];
  search: ListSearch;
  onChange: (change: ListSearch, replace?: boolean) => void;
  onClear: () => void;
  /** More controls of the list, at the end of the bar. */
  children?: ReactNode;
}

const PAUSE = 250;

/** Search, chips of the filters that are on, and the dialog to set them. */
export function FilterBar({ label, filters, search, onChange, onClear, children }: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const active = filters.filter((filter) => search[filter.key]);
  useCommands(filters.length ? [{ id: 'list.filter', name: 'Filter this list', keys: 'f', group: 'List', run: () => setOpen(true) }] : []);
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-2.5">
      <SearchBox key={search.view} label={label} value={search.q ?? ''} onChange={(q) => onChange({ q: q || undefined }, true)} />
      {filters.length ? (
        <Button icon={<ListFilter size={15} aria-hidden="true" />} onClick={() => setOpen(true)}>
          Filter
        </Button>
      ) : null}
      {active.map((filter) => (
        <span key={filter.key} className="inline-flex h-7 items-center gap-1 rounded-full bg-accent-soft ps-2.5 pe-1 text-sm text-accent-text">
          {filter.label}: {nameOf(filter, search[filter.key] ?? '')}
          <button
            type="button"
            aria-label={`Remove filter ${filter.label}`}
            onClick={() => onChange({ [filter.key]: undefined })}
            className="grid size-6 place-items-center rounded-full hover:bg-selected"
          >
            <X size={13} aria-hidden="true" />
          </button>
        </span>
      ))}
      {active.length > 1 ? (
        <Button kind="ghost" size="sm" onClick={onClear}>
          Clear all
        </Button>
      ) : null}
      {children ? <span className="ms-auto">{children}</span> : null}
      {open ? <FilterDialog filters={filters} search={search} onChange={onChange} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function nameOf(filter: Filter, value: string): string {
  const names = value.split(',').map((one) => filter.options?.find((option) => option.value === one)?.label ?? one);
  return names.join(' or ');
}

function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const sent = useRef(value);
  // A search still waiting belongs to this list, not to the page one goes to.
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useEffect(() => {
    // The address changed elsewhere (Back, a cleared filter): follow it.
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  const send = (next: string) => {
    window.clearTimeout(timer.current);
    sent.current = next.trim();
    onChange(next.trim());
  };
  return (
    <form
      role="search"
      aria-label={label}
      className="relative min-w-0 flex-1 basis-44 sm:max-w-80"
      onSubmit={(event) => {
        event.preventDefault();
        send(text);
      }}
    >
      <Search size={15} aria-hidden="true" className="pointer-events-none absolute inset-y-0 start-2.5 my-auto text-subtle" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={200}
        className="control ps-8"
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          window.clearTimeout(timer.current);
          timer.current = window.setTimeout(() => send(next), PAUSE);
        }}
      />
    </form>
  );
}

function FilterDialog({ filters, search, onChange, onClose }: { filters: Filter[]; search: ListSearch; onChange: (change: ListSearch) => void; onClose: () => void }) {
  const [draft, setDraft] = useState<ListSearch>(() => Object.fromEntries(filters.map((filter) => [filter.key, search[filter.key]])));
  const apply = () => {
    onChange(draft);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Filter"
      footer={
        <>
          <Button onClick={() => setDraft(Object.fromEntries(filters.map((filter) => [filter.key, undefined])))}>Reset</Button>
          <Button type="submit" form="filter" kind="primary">
            Show results
          </Button>
        </>
      }
    >
      <form
        id="filter"
        className="grid gap-3.5 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        {filters.map((filter) => {
          const set = (next: string) => setDraft((old) => ({ ...old, [filter.key]: next || undefined }));
          const value = draft[filter.key] ?? '';
          return filter.options ? (
            <SelectField
              key={filter.key}
              name={filter.key}
              label={filter.label}
              value={value}
              onValueChange={set}
              options={[{ value: '', label: 'Any' }, ...filter.options]}
              placeholder="Any"
            />
          ) : (
            <TextField
              key={filter.key}
              name={filter.key}
              label={filter.label}
              type={filter.kind === 'date' ? 'date' : 'text'}
              value={value}
              onValueChange={set}
            />
          );
        })}
      </form>
    </Dialog>
  );
}

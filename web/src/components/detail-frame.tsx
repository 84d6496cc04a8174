import { Link, useNavigate } from '@tanstack/react-router';
import { ChevronLeft, FileQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { isMissing } from '@/lib/api-error';
import { neighbours } from '@/lib/neighbours';
import { useCommands } from '@/lib/shortcuts';
import { useTitle } from '@/lib/use-title';
import { EmptyState } from './empty-state';
import { ProblemBanner } from './problem-banner';
import { buttonClass } from './ui/button';
import { Skeleton } from './ui/skeleton';

export interface DetailFrameProps {
  /** The list this record belongs to: name, address, and the noun that `[` and `]` use. */
  list: { label: string; to: string; noun: string };
  id: string;
  title: ReactNode;
  /** The title as plain text, for the browser's tab. */
  name: string;
  subtitle?: ReactNode;
  badges?: ReactNode;
  actions?: ReactNode;
  /** A figure at the right of the header. */
  figure?: ReactNode;
  banner?: ReactNode;
  children: ReactNode;
  /** Timeline, comments: beside the body on wide screens, below it otherwise. */
  side?: ReactNode;
}

/** THE record page: header, body, right panel. */
export function DetailFrame(props: DetailFrameProps) {
  const { list, id, title, name, subtitle, badges, actions, figure, banner, children, side } = props;
  const navigate = useNavigate();
  useTitle(name);
  const { previous, next } = neighbours(list.noun, id);
  const go = (other: string | undefined) => {
    if (other) void navigate({ to: `${list.to}/${other}` });
  };
  useCommands([
    { id: 'record.previous', name: 'Previous record of the list', keys: '[', group: 'Record', run: () => go(previous) },
    { id: 'record.next', name: 'Next record of the list', keys: ']', group: 'Record', run: () => go(next) },
  ]);
  return (
    <div className="mx-auto w-full max-w-[1600px] px-3 py-4 sm:px-6">
      <BackLink label={list.label} to={list.to} />
      <header className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="m-0 flex flex-wrap items-center gap-x-3 gap-y-1.5 text-xl font-semibold break-words">
            {title}
            <span className="flex flex-wrap gap-1.5 font-normal">{badges}</span>
          </h1>
          {subtitle ? <div className="mt-1 text-muted">{subtitle}</div> : null}
        </div>
        {figure ? <div className="num text-end text-xl font-semibold">{figure}</div> : null}
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </header>
      {banner ? <div className="mb-4 grid gap-2 empty:hidden">{banner}</div> : null}
      <div className={side ? 'grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]' : undefined}>
        <div className="min-w-0">{children}</div>
        {side ? <aside className="min-w-0">{side}</aside> : null}
      </div>
    </div>
  );
}

export function BackLink({ label, to }: { label: string; to: string }) {
  return (
    <Link to={to} className="mb-1.5 inline-flex h-6 items-center gap-1 text-sm text-muted no-underline hover:text-ink" data-noprint>
      <ChevronLeft size={14} aria-hidden="true" />
      {label}
    </Link>
  );
}

/** The same page while its record loads, or when it cannot be had. */
export function DetailPending({ list, error, onRetry }: { list: DetailFrameProps['list']; error?: unknown; onRetry?: () => void }) {
  return (
    <div className="mx-auto w-full max-w-[1600px] px-3 py-4 sm:px-6">
      <BackLink label={list.label} to={list.to} />
      {isMissing(error) ? (
        <div className="card">
          <Missing list={list} />
        </div>
      ) : error ? (
        <>
          <h1 className="mt-0 mb-3 text-xl font-semibold">This record could not be loaded</h1>
          <ProblemBanner error={error} onRetry={onRetry} />
        </>
      ) : (
        <div role="status" aria-label="Loading">
          <Skeleton className="h-8 w-56" />
          <Skeleton className="mt-3 h-4 w-80 max-w-full" />
          <Skeleton className="mt-6 h-64 w-full" />
        </div>
      )}
    </div>
  );
}

function Missing({ list }: { list: DetailFrameProps['list'] }) {
  return (
    <EmptyState
      icon={FileQuestion}
      level={1}
      title="There is no such record"
      actions={
        <Link to={list.to} className={buttonClass('primary')}>
          All {list.noun}
        </Link>
      }
    >
      The address may be mistyped, or the record is not among those you may see.
    </EmptyState>
  );
}

/** Label and value pairs. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className="m-0 grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-x-4 gap-y-3">
      {items.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-sm text-subtle">{label}</dt>
          <dd className="m-0 break-words">{value ?? '—'}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Card({ title, actions, children, flush }: { title?: string; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className="card mb-4 overflow-hidden">
      {title ? (
        <header className="flex min-h-11 items-center justify-between gap-3 border-b border-line px-4 py-1.5">
          <h2 className="m-0 text-base font-semibold">{title}</h2>
          {actions ? <div className="flex gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  );
}

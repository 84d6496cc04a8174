import { CircleCheck, CircleDot, MessageSquare, OctagonPause, Pencil, ShieldCheck, Truck } from 'lucide-react';
import { ago, dateTime, words } from '@/lib/format';
import type { TimelineEntry } from '@/lib/types';

const ICONS: Record<string, typeof CircleDot> = {
  status: CircleCheck,
  edit: Pencil,
  comment: MessageSquare,
  delivery: Truck,
  hold: OctagonPause,
  approval: ShieldCheck,
};

/** One stream of what happened, newest first as the server sends it. */
export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  if (entries.length === 0) return <p className="m-0 text-muted">Nothing happened yet.</p>;
  return (
    <ol className="relative m-0 grid list-none gap-4 p-0">
      {entries.map((entry) => {
        const Icon = ICONS[entry.kind] ?? CircleDot;
        return (
          <li key={entry.id} className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-2.5">
            <span className="grid size-7 place-items-center rounded-full bg-grey-soft text-grey">
              <Icon size={14} aria-hidden="true" />
            </span>
            <div className="min-w-0">
              <p className="m-0">
                <span className="font-medium">{entry.actor?.name ?? 'The system'}</span>{' '}
                <span className="text-muted">{entry.kind === 'comment' ? 'commented' : words(entry.action).toLowerCase()}</span>
              </p>
              {entry.detail ? (
                <p className={entry.kind === 'comment' ? 'm-0 mt-1 rounded-lg bg-sunken px-3 py-2 break-words whitespace-pre-wrap' : 'm-0 break-words whitespace-pre-wrap'}>
                  {entry.detail}
                </p>
              ) : null}
              <Diff diff={entry.diff} detail={entry.detail} />
              <time dateTime={entry.at} title={dateTime(entry.at)} className="text-sm text-subtle">
                {ago(entry.at)}
              </time>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** Whatever a field held, in one line. */
export function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value !== 'object') return String(value);
  if ('amount' in value && 'currency' in value) return `${String(value.amount)} ${String(value.currency)}`;
  if ('value' in value && 'unit' in value) return `${String(value.value)} ${String(value.unit)}`;
  return JSON.stringify(value);
}

const MOST = 6;

/** Identifiers and empty values say nothing to a reader, the detail has been said. */
const ID = /^([a-z]+_[0-9A-Z]{26}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function says(value: unknown, detail: string | null | undefined): boolean {
  if (isChange(value)) return says(value.from, null) || says(value.to, null);
  if (value === null || value === undefined || value === '' || value === detail) return false;
  return typeof value !== 'string' || !ID.test(value);
}

function Diff({ diff, detail }: Pick<TimelineEntry, 'diff' | 'detail'>) {
  const fields = Object.entries((diff ?? {}) as Record<string, unknown>).filter(([, value]) => says(value, detail));
  if (fields.length === 0) return null;
  return (
    <ul className="m-0 list-none p-0 text-sm">
      {fields.slice(0, MOST).map(([field, change]) => (
        <li key={field} className="break-words">
          <span className="text-subtle">{words(field)}:</span> {isChange(change) ? <FromTo from={change.from} to={change.to} /> : plain(change)}
        </li>
      ))}
      {fields.length > MOST ? <li className="text-subtle">and {fields.length - MOST} more</li> : null}
    </ul>
  );
}

export function isChange(value: unknown): value is { from: unknown; to: unknown } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

export function FromTo({ from, to }: { from: unknown; to: unknown }) {
  return (
    <>
      <del className="text-muted">{plain(from)}</del> <span aria-hidden="true">→</span> <ins className="no-underline">{plain(to)}</ins>
    </>
  );
}

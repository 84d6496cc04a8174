import { CircleCheck, CircleDot, MessageSquare, OctagonPause, Pencil, ShieldCheck, Truck } from 'lucide-react';
import { fieldName, plain } from '@/lib/change-text';
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

export { plain };

type Names = ReadonlyMap<string, string>;

/** One stream of what happened, newest first as the server sends it; `names` says what identifiers stand for. */
export function Timeline({ entries, names }: { entries: TimelineEntry[]; names?: Names }) {
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
              <Diff diff={entry.diff} detail={entry.detail} names={names} />
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

const MOST = 6;

/** Identifiers and empty values say nothing to a reader, the detail has been said. */
const ID = /^([a-z]+_[0-9A-Z]{26}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function says(value: unknown, detail: string | null | undefined): boolean {
  if (isChange(value)) return JSON.stringify(value.from) !== JSON.stringify(value.to) && (says(value.from, null) || says(value.to, null));
  if (value === null || value === undefined || value === '' || value === detail) return false;
  return typeof value !== 'string' || !ID.test(value);
}

/** What follows from the rest of a line: the totals say it. */
const DERIVED = /^lines\/\d+\/(taxes|tax|base|gross|net|order_discount_share)$/;

function Diff({ diff, detail, names }: Pick<TimelineEntry, 'diff' | 'detail'> & { names?: Names }) {
  const fields = Object.entries((diff ?? {}) as Record<string, unknown>).filter(([field, value]) => says(value, detail) && !DERIVED.test(field));
  if (fields.length === 0) return null;
  return (
    <ul className="m-0 list-none p-0 text-sm">
      {fields.slice(0, MOST).map(([field, change]) => (
        <li key={field} className="break-words">
          <span className="text-subtle">{fieldName(field)}:</span> {isChange(change) ? <FromTo path={field} names={names} {...change} /> : plain(change, field, names)}
        </li>
      ))}
      {fields.length > MOST ? <li className="text-subtle">and {fields.length - MOST} more</li> : null}
    </ul>
  );
}

export function isChange(value: unknown): value is { from: unknown; to: unknown } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

export function FromTo({ from, to, path, names }: { from: unknown; to: unknown; path: string; names?: Names }) {
  return (
    <>
      <del className="text-muted">{plain(from, path, names)}</del> <span aria-hidden="true">→</span> <ins className="no-underline">{plain(to, path, names)}</ins>
    </>
  );
}

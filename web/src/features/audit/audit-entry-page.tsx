import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { FileQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { Card, DetailFrame, DetailPending, Facts } from '@/components/detail-frame';
import { EmptyState } from '@/components/empty-state';
import { isChange, plain } from '@/components/timeline';
import { Badge } from '@/components/ui/badge';
import { buttonClass } from '@/components/ui/button';
import { dateTime, integer, words } from '@/lib/format';
import { stringifySearch } from '@/lib/list-search';
import type { AuditEntry } from '@/lib/types';
import { auditEntryQuery } from './api';
import { pageOf, whatHappened, whoDidIt } from './entry-text';

const LIST = { label: 'Audit log', to: '/settings/audit', noun: 'entries' };

/** One entry: who, when, from where, why, and what was there before and after. */
export function AuditEntryPage() {
  const { seq = '' } = useParams({ strict: false });
  const found = useQuery(auditEntryQuery(seq));
  const entry = found.data;
  if (entry === null) return <NoEntry />;
  if (!entry) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  const what = whatHappened(entry);
  return (
    <DetailFrame
      list={LIST}
      id={seq}
      title={what}
      name={what}
      subtitle={`${whoDidIt(entry)} · ${dateTime(entry.at)}`}
      badges={entry.position ? <Badge tone="green">Sealed</Badge> : <Badge>Waiting for its seal</Badge>}
    >
      <Card>
        <Facts items={facts(entry)} />
      </Card>
      <Card title="What changed" flush>
        <Changes diff={entry.diff as Record<string, unknown>} />
      </Card>
    </DetailFrame>
  );
}

function facts(entry: AuditEntry): [string, ReactNode][] {
  const page = pageOf(entry);
  const same = stringifySearch({ entity_id: entry.entity_id });
  const object = entry.entity_name ? `${words(entry.entity)} ${entry.entity_name}` : words(entry.entity);
  return [
    ['Who', entry.actor_id ? `${whoDidIt(entry)} (${words(entry.actor_kind).toLowerCase()})` : whoDidIt(entry)],
    ['Reason', entry.reason],
    ['Object', page ? <Link to={page}>{object}</Link> : object],
    ['Version', entry.entity_version ? integer(entry.entity_version) : null],
    ['From', entry.ip],
    ['Entry', integer(entry.seq)],
    ['Place in the chain', entry.position ? integer(entry.position) : null],
    ['Request', entry.request_id ? <code className="font-mono text-sm break-all">{entry.request_id}</code> : null],
    ['Identifier', <a key="id" className="font-mono text-sm break-all" href={`/settings/audit${same}`}>{entry.entity_id}</a>],
  ];
}

const CELL = 'border-b border-line px-4 py-2 text-start align-top';

function Changes({ diff }: { diff: Record<string, unknown> }) {
  // the reason stands above
  const fields = Object.entries(diff).filter(([field]) => field !== 'reason');
  if (fields.length === 0) return <p className="m-0 p-4 text-muted">Nothing beside what is said above.</p>;
  return (
    <table className="w-full table-fixed border-separate border-spacing-0">
      <caption className="sr-only">Fields before and after</caption>
      <thead>
        <tr className="text-xs text-muted">
          {['Field', 'Before', 'After'].map((name) => (
            <th key={name} scope="col" className={`${CELL} bg-sunken font-semibold`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {fields.map(([field, value]) => (
          <tr key={field}>
            <th scope="row" className={`${CELL} font-medium break-words`}>
              {words(field)}
            </th>
            <td className={`${CELL} break-words text-muted`}>{isChange(value) ? <del className="no-underline">{plain(value.from)}</del> : '—'}</td>
            <td className={`${CELL} break-words`}>{isChange(value) ? <ins className="no-underline">{plain(value.to)}</ins> : plain(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NoEntry() {
  return (
    <EmptyState
      icon={FileQuestion}
      level={1}
      title="There is no such entry"
      actions={
        <Link to={LIST.to} className={buttonClass('primary')}>
          The whole audit log
        </Link>
      }
    >
      The address may be mistyped. Entries are never removed.
    </EmptyState>
  );
}

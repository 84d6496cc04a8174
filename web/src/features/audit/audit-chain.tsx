import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Banner } from '@/components/ui/banner';
import { ago, dateTime, integer } from '@/lib/format';
import { auditChainQuery } from './api';

/** Whether the log is what was written: the seals, and what the daily proof found. */
export function AuditChain() {
  const found = useQuery(auditChainQuery);
  if (found.isError) return <p className="m-0 text-muted">Whether the log is sealed cannot be told right now.</p>;
  if (!found.data) return null;
  const { entries, sealed_at, unsealed, signed_at, proved_at, proved_entries, fault } = found.data;
  if (fault) {
    return (
      <Banner kind="error" title="The audit log is not what was written">
        The proof of {dateTime(proved_at)} found: {fault}. Everything before that holds. Ask whoever runs the server for{' '}
        <code className="font-mono text-sm">som audit verify</code> and the backups.
      </Banner>
    );
  }
  return (
    <p className="num m-0 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted" role="status">
      <ShieldCheck size={16} aria-hidden="true" className={proved_at ? 'text-green' : 'text-subtle'} />
      <span>{sealed_at ? <>{integer(entries)} entries sealed, the last <When at={sealed_at} /></> : 'Nothing is sealed yet'}</span>
      {unsealed > 0 ? <span>{integer(unsealed)} waiting for their seal</span> : null}
      {signed_at ? <span>signed <When at={signed_at} /></span> : null}
      <span>{proved_at ? <>proved <When at={proved_at} />: {integer(proved_entries ?? 0)} entries as they were written</> : 'not proved yet'}</span>
    </p>
  );
}

function When({ at }: { at: string }): ReactNode {
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(at)}
    </time>
  );
}

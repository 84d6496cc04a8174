import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Card } from '@/components/detail-frame';
import { ProblemBanner } from '@/components/problem-banner';
import { FromTo } from '@/components/timeline';
import { SelectField } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { fieldName } from '@/lib/change-text';
import { dateTime } from '@/lib/format';
import type { Order } from '@/lib/types';
import { diffQuery, versionsQuery } from './api';

/** Every version is kept; any two can be compared. */
export function OrderVersions({ order }: { order: Order }) {
  const found = useQuery(versionsQuery(order.id));
  const versions = found.data?.data ?? [];
  const numbers = versions.map((version) => String(version.version));
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const to = chosen.to ?? numbers[0];
  const from = chosen.from ?? numbers[1];
  if (found.isError) return <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton className="h-32" />;
  const options = versions.map((version) => ({
    value: String(version.version),
    label: `Version ${version.version} · ${dateTime(version.created_at)}`,
  }));
  return (
    <Card title="Compare versions">
      {from && to ? (
        <>
          <div className="mb-4 grid gap-2 sm:grid-cols-2">
            <SelectField label="From version" name="from" options={options} value={from} onValueChange={(next) => setChosen({ ...chosen, from: next })} />
            <SelectField label="To version" name="to" options={options} value={to} onValueChange={(next) => setChosen({ ...chosen, to: next })} />
          </div>
          <Changes orderId={order.id} from={parseInt(from, 10)} to={parseInt(to, 10)} />
        </>
      ) : (
        <p className="m-0 text-muted">There is one version so far.</p>
      )}
    </Card>
  );
}

function Changes({ orderId, from, to }: { orderId: string; from: number; to: number }) {
  const found = useQuery(diffQuery(orderId, from, to));
  if (found.isError) return <ProblemBanner error={found.error} />;
  if (!found.data) return <Skeleton className="h-16" />;
  if (found.data.changes.length === 0) return <p className="m-0 text-muted">Nothing differs.</p>;
  return (
    <ul className="m-0 list-none divide-y divide-line p-0">
      {found.data.changes.map((change) => (
        <li key={change.path} className="grid gap-x-4 py-1.5 break-words sm:grid-cols-[16rem_minmax(0,1fr)]">
          <span className="text-muted">{fieldName(change.path)}</span>
          <span className="num">
            <FromTo from={change.from} to={change.to} path={change.path} />
          </span>
        </li>
      ))}
    </ul>
  );
}

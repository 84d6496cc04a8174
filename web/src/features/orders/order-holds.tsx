import { useState } from 'react';
import { Card } from '@/components/detail-frame';
import { StateBadge } from '@/components/state-badge';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { dateTime, words } from '@/lib/format';
import { useCan } from '@/lib/session';
import type { Order } from '@/lib/types';
import { approvalText } from './approval-text';
import { ReleaseDialog } from './hold-dialog';

export function OrderHolds({ order }: { order: Order }) {
  const can = useCan();
  const [releasing, setReleasing] = useState<string | null>(null);
  return (
    <>
      <Card title="Holds">
        {order.holds.length === 0 ? <p className="m-0 text-muted">Nothing holds this order.</p> : null}
        <ul className="m-0 grid list-none gap-3 p-0">
          {order.holds.map((hold) => (
            <li key={hold.id} className="flex flex-wrap items-start justify-between gap-3">
              <div className="min-w-0">
                <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
                  {words(hold.type)}
                  {hold.active ? <Badge tone="red">Active</Badge> : <Badge>{hold.released_at ? 'Released' : 'Over'}</Badge>}
                </p>
                <p className="m-0">{hold.reason}</p>
                <p className="m-0 text-sm text-subtle">
                  {dateTime(hold.placed_at)}
                  {hold.expires_at ? ` · until ${dateTime(hold.expires_at)}` : ''}
                </p>
              </div>
              {hold.active && can('orders.release') ? <Button size="sm" onClick={() => setReleasing(hold.id)}>Release…</Button> : null}
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Approvals">
        {order.approvals.length === 0 ? <p className="m-0 text-muted">No policy asked for an approval.</p> : null}
        <ul className="m-0 grid list-none gap-3 p-0">
          {order.approvals.map((approval) => (
            <li key={approval.id}>
              <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
                {approval.policy} <StateBadge state={approval.state} />
              </p>
              <p className="num m-0">{approvalText(approval, order.currency)}</p>
              <p className="num m-0 text-sm text-muted">
                Asked {dateTime(approval.requested_at)}
                {approval.decided_at ? ` · decided ${dateTime(approval.decided_at)}` : ` · ${approval.approver_roles.map(words).join(', ')} may decide`}
              </p>
              {approval.reason ? <p className="m-0">{approval.reason}</p> : null}
            </li>
          ))}
        </ul>
      </Card>
      {releasing ? <ReleaseDialog order={order} holdId={releasing} onClose={() => setReleasing(null)} /> : null}
    </>
  );
}

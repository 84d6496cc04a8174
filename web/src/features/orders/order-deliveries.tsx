import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Card } from '@/components/detail-frame';
import { ProblemBanner } from '@/components/problem-banner';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { cx } from '@/lib/cx';
import { date, dateTime } from '@/lib/format';
import type { Delivery, Order } from '@/lib/types';
import { deliveriesQuery } from './api';
import { DeliveryLines } from './delivery-lines';
import { ReverseDialog } from './reverse-dialog';

/** What left the house, newest first, and what was taken back of it. */
export function OrderDeliveries({ order }: { order: Order }) {
  const found = useInfiniteQuery(deliveriesQuery(order.id));
  const [reversing, setReversing] = useState<Delivery | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const may = order.actions.find(({ action }) => action === 'reverse_delivery');
  const deliveries = found.data?.pages.flatMap((page) => page.data) ?? [];
  const done = () => {
    setReversing(null);
    // Its button is gone with the reversal: the keyboard goes on in the list.
    window.setTimeout(() => document.activeElement === document.body && list.current?.focus(), 0);
  };
  return (
    <Card title="Deliveries">
      {found.isError ? <ProblemBanner error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton className="h-24" /> : null}
      {found.isSuccess && deliveries.length === 0 ? <p className="m-0 text-muted">Nothing was delivered yet.</p> : null}
      <ul ref={list} tabIndex={-1} aria-label="Deliveries" className="m-0 grid list-none gap-5 p-0 outline-none">
        {deliveries.map((delivery) => (
          <Item key={delivery.id} delivery={delivery} of={deliveries.find(({ id }) => id === delivery.reverses)} may={may} onReverse={() => setReversing(delivery)} />
        ))}
      </ul>
      {found.hasNextPage ? (
        <Button className="mt-4" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          Show earlier deliveries
        </Button>
      ) : null}
      {reversing ? <ReverseDialog order={order} delivery={reversing} onClose={done} /> : null}
    </Card>
  );
}

interface ItemProps {
  delivery: Delivery;
  /** The delivery this one takes back, when it is among those shown. */
  of: Delivery | undefined;
  may: Order['actions'][number] | undefined;
  onReverse: () => void;
}

function Item({ delivery, of, may, onReverse }: ItemProps) {
  const reversal = delivery.reverses != null;
  const reversed = delivery.reversed_by != null;
  return (
    <li>
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
        <div className="min-w-0">
          <h3 className="m-0 flex flex-wrap items-center gap-2 text-base font-medium">
            {date(delivery.delivered_date)}
            {reversal ? <Badge tone="amber">Reversal{of ? ` of ${date(of.delivered_date)}` : ''}</Badge> : null}
            {reversed ? <Badge>Reversed</Badge> : null}
          </h3>
          {delivery.note ? <p className="m-0 break-words whitespace-pre-wrap">{delivery.note}</p> : null}
          <p className="m-0 text-sm text-subtle">
            {delivery.created_by?.name ?? 'The system'} · {dateTime(delivery.created_at)}
          </p>
        </div>
        {may && !reversal && !reversed ? (
          <Button size="sm" disabled={!may.allowed} title={may.detail ?? undefined} aria-label={`Reverse the delivery of ${dateTime(delivery.created_at)}`} onClick={onReverse}>
            Reverse…
          </Button>
        ) : null}
      </div>
      <DeliveryLines lines={delivery.lines} className={cx('mt-1.5', reversed && 'text-muted line-through')} />
    </li>
  );
}

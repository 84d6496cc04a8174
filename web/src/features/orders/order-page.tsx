import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { DetailFrame, DetailPending } from '@/components/detail-frame';
import { MoneyText } from '@/components/money';
import { isQuiet, StateBadge } from '@/components/state-badge';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Tabs } from '@/components/ui/tabs';
import { date, dateTime, words } from '@/lib/format';
import type { Order } from '@/lib/types';
import { orderQuery } from './api';
import { OrderActions } from './order-actions';
import { OrderDeliveries } from './order-deliveries';
import { OrderHolds } from './order-holds';
import { OrderOverview } from './order-overview';
import { OrderTimeline } from './order-timeline';
import { OrderVersions } from './order-versions';

const BLOCKS: Record<string, string> = { both: 'delivery and invoice', ship: 'delivery' };

const LIST = { label: 'Orders', to: '/orders', noun: 'orders' };

export function OrderPage() {
  const { orderId } = useParams({ from: '/app/orders/$orderId' });
  const found = useQuery(orderQuery(orderId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <Loaded order={found.data} />;
}

function Loaded({ order }: { order: Order }) {
  const { tab = 'overview' } = useSearch({ from: '/app/orders/$orderId' });
  const navigate = useNavigate();
  const openHolds = order.holds.filter((hold) => hold.active);
  return (
    <DetailFrame
      list={LIST}
      id={order.id}
      title={<span className="num">{order.number}</span>}
      name={order.number}
      badges={<Badges order={order} />}
      subtitle={<Subtitle order={order} />}
      figure={<MoneyText value={order.totals.payable} />}
      actions={<OrderActions key={order.version} order={order} />}
      banner={<Banners order={order} />}
      side={<OrderTimeline order={order} />}
    >
      <Tabs
        label="Parts of the order"
        value={tab}
        onValueChange={(next) => void navigate({ to: '.', search: { tab: next === 'overview' ? undefined : next }, replace: true })}
        tabs={[
          { value: 'overview', label: 'Overview', content: <OrderOverview order={order} /> },
          ...(order.confirmed_at ? [{ value: 'deliveries', label: 'Deliveries', content: <OrderDeliveries order={order} /> }] : []),
          { value: 'holds', label: 'Holds & approvals', count: openHolds.length, content: <OrderHolds order={order} /> },
          { value: 'versions', label: 'Versions', content: <OrderVersions order={order} /> },
        ]}
      />
    </DetailFrame>
  );
}

function Badges({ order }: { order: Order }) {
  const more = [
    ['fulfilment', order.fulfilment_status],
    ['invoice', order.invoice_status],
    ['payment', order.payment_status],
    ['return', order.return_status],
  ] as const;
  return (
    <>
      <StateBadge state={order.lifecycle} />
      {order.confirmed_at && order.lifecycle !== 'cancelled'
        ? more.filter(([, state]) => !isQuiet(state)).map(([of, state]) => <StateBadge key={of} of={of} state={state} />)
        : null}
      {order.has_backorder ? <Badge tone="amber">Backorder</Badge> : null}
      {order.hold_count > 0 ? <Badge tone="red">On hold</Badge> : null}
    </>
  );
}

function Subtitle({ order }: { order: Order }) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      <Link to="/customers/$customerId" params={{ customerId: order.customer.id }} className="font-medium text-accent-text no-underline hover:underline">
        {order.customer.name}
      </Link>
      {order.customer_po ? <span>Their no. {order.customer_po}</span> : null}
      <span>Ordered {date(order.order_date)}</span>
      {order.requested_date ? <span>Requested {date(order.requested_date)}</span> : null}
    </span>
  );
}

function Banners({ order }: { order: Order }) {
  const holds = order.holds.filter((hold) => hold.active);
  if (!holds.length && !order.warnings.length && order.lifecycle !== 'cancelled') return null;
  return (
    <>
      {order.lifecycle === 'cancelled' ? (
        <Banner kind="error" title={`Cancelled ${dateTime(order.cancelled_at)}`}>
          {order.cancel_reason}
        </Banner>
      ) : null}
      {holds.map((hold) => (
        <Banner key={hold.id} kind="warning" title={`${words(hold.type)} hold, blocks ${BLOCKS[hold.blocks] ?? hold.blocks}`}>
          {hold.reason}
        </Banner>
      ))}
      {order.warnings.map((warning) => (
        <Banner key={warning.code} kind="warning" title={warning.detail} />
      ))}
    </>
  );
}

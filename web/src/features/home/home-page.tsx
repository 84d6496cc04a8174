import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShoppingCart } from 'lucide-react';
import { Card } from '@/components/detail-frame';
import { EmptyState } from '@/components/empty-state';
import { MoneyText } from '@/components/money';
import { ProblemBanner } from '@/components/problem-banner';
import { StateBadge } from '@/components/state-badge';
import { buttonClass } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { api, body } from '@/lib/api';
import { ratio } from '@/lib/decimal';
import { ago, integer, money } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import type { Dashboard } from '@/lib/types';
import { useTitle } from '@/lib/use-title';
import { Figures } from './figures';
import { WeeksChart } from './weeks-chart';
import { WorkTiles } from './work-tiles';

const dashboardQuery = queryOptions({
  queryKey: ['orders', 'dashboard'],
  queryFn: () => body(api.GET('/api/v1/dashboard')),
});

export function HomePage() {
  const { user } = useMe();
  useTitle('Home');
  const found = useQuery(dashboardQuery);
  return (
    <div className="mx-auto w-full max-w-[1400px] px-3 py-4 sm:px-6">
      <h1 className="m-0 mb-4 text-xl font-semibold">Good to see you, {user.name.split(' ')[0]}</h1>
      {found.isError ? <ProblemBanner error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.data ? <Board data={found.data} /> : found.isError ? null : <Loading />}
    </div>
  );
}

function Board({ data }: { data: Dashboard }) {
  const can = useCan();
  if (data.recent.length === 0) {
    return (
      <div className="card">
        <EmptyState
          icon={ShoppingCart}
          title="No orders yet"
          actions={
            <>
              {can('orders.write') ? (
                <Link to="/orders/new" className={buttonClass('primary')}>
                  Take the first order
                </Link>
              ) : null}
              {can('imports.run') ? (
                <Link to="/import" className={buttonClass()}>
                  Import a file
                </Link>
              ) : null}
            </>
          }
        >
          Bookings, open work and late deliveries appear here as soon as there is an order.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="grid gap-4">
      <WorkTiles work={data.work} />
      <Figures data={data} />
      <div className="grid gap-4 *:mb-0 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <WeeksChart weeks={data.weeks} currency={data.currency} />
        <TopCustomers data={data} />
      </div>
      <Recent data={data} />
    </div>
  );
}

function TopCustomers({ data }: { data: Dashboard }) {
  const most = data.top_customers[0]?.total.amount ?? '0';
  return (
    <Card title="Top customers">
      {data.top_customers.length === 0 ? <p className="m-0 text-muted">Nothing confirmed in this period.</p> : null}
      <ol className="m-0 grid list-none gap-2.5 p-0">
        {data.top_customers.map((customer) => (
          <li key={customer.customer_id}>
            <div className="flex items-baseline justify-between gap-3">
              <Link
                to="/customers/$customerId"
                params={{ customerId: customer.customer_id }}
                className="min-w-0 truncate py-0.5 text-ink no-underline hover:text-accent-text hover:underline"
              >
                {customer.name}
              </Link>
              <span className="num">{money(customer.total)}</span>
            </div>
            <div className="mt-1 h-1.5 rounded-full bg-grey-soft" aria-hidden="true">
              <div className="h-full rounded-full bg-accent" style={{ width: `${ratio(customer.total.amount, most) * 100}%` }} />
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Recent({ data }: { data: Dashboard }) {
  return (
    <Card
      title="Latest orders"
      flush
      actions={
        <Link to="/orders" className={buttonClass('ghost', 'sm', '-me-2')}>
          All orders
        </Link>
      }
    >
      <ul className="m-0 list-none divide-y divide-line p-0">
        {data.recent.map((order) => (
          <li key={order.id} className="group relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-2 hover:bg-hover sm:grid-cols-[10rem_minmax(0,1fr)_8rem_9rem_8rem]">
            <Link
              to="/orders/$orderId"
              params={{ orderId: order.id }}
              className="num font-medium text-ink no-underline group-hover:text-accent-text after:absolute after:inset-0"
            >
              {order.number}
            </Link>
            <span className="min-w-0 truncate max-sm:col-start-1 max-sm:text-sm max-sm:text-muted">{order.customer.name}</span>
            <span className="max-sm:row-start-2 max-sm:text-end">
              <StateBadge state={order.lifecycle} />
            </span>
            <span className="text-sm text-muted max-sm:hidden">{ago(order.created_at)}</span>
            <span className="text-end max-sm:col-start-2 max-sm:row-start-1">
              <MoneyText value={order.total} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-4">
      <div className="grid grid-cols-2 gap-3 md:grid-cols-5">
        {Array.from({ length: 5 }, (_, index) => (
          <Skeleton key={integer(index)} className="h-[74px]" />
        ))}
      </div>
      <Skeleton className="h-[86px]" />
      <Skeleton className="h-72" />
    </div>
  );
}

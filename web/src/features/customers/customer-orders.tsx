import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShoppingCart } from 'lucide-react';
import { type Column, DataTable } from '@/components/data-table';
import { Card } from '@/components/detail-frame';
import { EmptyState } from '@/components/empty-state';
import { MoneyText } from '@/components/money';
import { ProblemBanner } from '@/components/problem-banner';
import { StateBadge } from '@/components/state-badge';
import { buttonClass } from '@/components/ui/button';
import { date } from '@/lib/format';
import type { Customer, OrderItem } from '@/lib/types';
import { customerOrdersQuery } from './api';

const COLUMNS: Column<OrderItem>[] = [
  { id: 'number', header: 'Number', card: 'title', cell: (row) => <span className="num">{row.number}</span> },
  { id: 'state', header: 'State', cell: (row) => <StateBadge state={row.lifecycle} /> },
  { id: 'ordered', header: 'Ordered', className: 'num text-muted', cell: (row) => date(row.order_date) },
  { id: 'requested', header: 'Requested', card: 'none', className: 'num text-muted', cell: (row) => date(row.requested_date) },
  { id: 'total', header: 'Total', align: 'end', card: 'end', cell: (row) => <MoneyText value={row.total} /> },
];

export function CustomerOrders({ customer }: { customer: Customer }) {
  const found = useQuery(customerOrdersQuery(customer.id));
  if (found.isError) return <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <Card
      title="Latest orders"
      flush
      actions={
        <Link to="/orders" search={{ view: 'all', customer_id: customer.id }} className={buttonClass('ghost', 'sm')}>
          All of them
        </Link>
      }
    >
      {found.data?.data.length === 0 ? (
        <EmptyState icon={ShoppingCart} title="No orders yet" />
      ) : (
        <DataTable
          label="Orders of the customer"
          columns={COLUMNS}
          rows={found.data?.data}
          rowKey={(row) => row.id}
          href={(row) => `/orders/${row.id}`}
          skeletonRows={4}
        />
      )}
    </Card>
  );
}

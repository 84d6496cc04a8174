import { Link } from '@tanstack/react-router';
import { Download, PauseCircle, Plus, ShoppingCart } from 'lucide-react';
import { useState } from 'react';
import type { Column } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import { ListFrame } from '@/components/list-frame';
import { MoneyText } from '@/components/money';
import { ImportLink } from '@/components/import-link';
import { isQuiet, StateBadge } from '@/components/state-badge';
import { Badge } from '@/components/ui/badge';
import { Button, buttonClass } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { cx } from '@/lib/cx';
import { date, dateTime, integer, today } from '@/lib/format';
import { stringifySearch, toQuery } from '@/lib/list-search';
import { useCan } from '@/lib/session';
import type { OrderItem } from '@/lib/types';
import { useListSearch } from '@/lib/use-list-search';
import { fetchOrders } from './api';
import { ORDER_FILTERS, orderViews } from './views';

const COLUMNS: Column<OrderItem>[] = [
  { id: 'number', header: 'Number', sort: 'number', card: 'title', cell: (row) => <span className="num whitespace-nowrap">{row.number}</span> },
  { id: 'customer', header: 'Customer', sort: 'customer_name', grow: true, cell: (row) => row.customer.name },
  { id: 'po', header: 'Their no.', from: '2xl', className: 'max-w-40 truncate text-muted', card: 'none', cell: (row) => row.customer_po },
  {
    id: 'state',
    header: 'State',
    className: 'whitespace-nowrap',
    cell: (row) => (
      <span className="inline-flex gap-1.5">
        <StateBadge state={row.lifecycle} />
        {row.hold_count > 0 ? (
          <Badge tone="red">
            <PauseCircle size={12} aria-hidden="true" />
            On hold
          </Badge>
        ) : null}
      </span>
    ),
  },
  {
    id: 'fulfilment',
    header: 'Delivery',
    className: 'whitespace-nowrap',
    cell: (row) => (row.lifecycle === 'draft' || isQuiet(row.fulfilment_status) ? null : <StateBadge state={row.fulfilment_status} of="fulfilment" />),
  },
  { id: 'ordered', header: 'Ordered', sort: 'order_date', card: 'none', from: 'xl', className: 'num whitespace-nowrap text-muted', cell: (row) => date(row.order_date) },
  { id: 'requested', header: 'Requested', sort: 'requested_date', className: 'num whitespace-nowrap', cell: (row) => <Requested row={row} /> },
  { id: 'lines', header: 'Lines', align: 'end', card: 'none', optional: true, className: 'num text-muted', cell: (row) => integer(row.line_count) },
  { id: 'invoice', header: 'Invoice', card: 'none', optional: true, cell: (row) => (isQuiet(row.invoice_status) ? null : <StateBadge state={row.invoice_status} of="invoice" />) },
  { id: 'payment', header: 'Payment', card: 'none', optional: true, cell: (row) => (isQuiet(row.payment_status) ? null : <StateBadge state={row.payment_status} of="payment" />) },
  { id: 'changed', header: 'Changed', card: 'none', optional: true, className: 'num whitespace-nowrap text-muted', cell: (row) => dateTime(row.updated_at) },
  { id: 'owner', header: 'Owner', card: 'none', from: '2xl', className: 'max-w-36 truncate text-muted', cell: (row) => row.owner?.name },
  { id: 'net', header: 'Net', align: 'end', card: 'none', optional: true, cell: (row) => <MoneyText value={row.net} /> },
  { id: 'total', header: 'Total', sort: 'total', align: 'end', card: 'end', cell: (row) => <MoneyText value={row.total} /> },
];

function Requested({ row }: { row: OrderItem }) {
  if (!row.requested_date) return null;
  const open = row.lifecycle === 'confirmed' && ['unfulfilled', 'partial'].includes(row.fulfilment_status);
  const late = open && row.requested_date < today();
  return (
    <span className={cx(late && 'font-medium text-red')}>
      {date(row.requested_date)}
      {late ? <span className="sr-only"> (late)</span> : null}
    </span>
  );
}

const rowKey = (row: OrderItem) => row.id;

export function OrdersPage() {
  const can = useCan();
  const [views] = useState(orderViews);
  const create = can('orders.write') ? (
    <Link to="/orders/new" className={buttonClass('primary')}>
      <Plus size={16} aria-hidden="true" />
      New order
    </Link>
  ) : null;
  return (
    <ListFrame
      title="Orders"
      noun="orders"
      queryKey="orders"
      fetch={fetchOrders}
      columns={COLUMNS}
      rowKey={rowKey}
      href={(row) => `/orders/${row.id}`}
      views={views}
      filters={ORDER_FILTERS}
      searchLabel="Number, customer, their no., SKU"
      defaultSort="-created_at"
      actions={
        <>
          {can('exports.run') ? <ExportMenu /> : null}
          {create}
        </>
      }
      empty={
        <EmptyState icon={ShoppingCart} title="No orders yet" actions={<>{create}{can('imports.run') ? <ImportLink /> : null}</>}>
          Key the first order by hand, or import the ones you have from a CSV or Excel file.
        </EmptyState>
      }
    />
  );
}

/** The list as a file: the same view, search and filters, without the page. */
function ExportMenu() {
  const [search] = useListSearch();
  const view = orderViews().find((one) => one.id === (search.view ?? 'open'));
  const href = (format: string) => `/api/v1/orders/export${stringifySearch({ ...toQuery({ ...search, cursor: undefined }, view?.search), format })}`;
  return (
    <Menu
      trigger={<Button icon={<Download size={15} aria-hidden="true" />}>Export</Button>}
      entries={[
        { label: 'CSV file', href: href('csv'), download: true },
        { label: 'Excel file (XLSX)', href: href('xlsx'), download: true },
      ]}
    />
  );
}

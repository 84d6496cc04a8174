import { Link } from '@tanstack/react-router';
import { Plus, Users } from 'lucide-react';
import type { Column } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import type { Filter } from '@/components/list-filters';
import { ImportLink } from '@/components/import-link';
import { ListFrame } from '@/components/list-frame';
import { StateBadge } from '@/components/state-badge';
import { buttonClass } from '@/components/ui/button';
import { dateTime, money, words } from '@/lib/format';
import { useCan } from '@/lib/session';
import type { CustomerItem } from '@/lib/types';
import { fetchCustomers } from './api';

const COLUMNS: Column<CustomerItem>[] = [
  { id: 'name', header: 'Name', sort: 'name', card: 'title', className: 'max-w-96 truncate', cell: (row) => row.name },
  { id: 'code', header: 'Code', sort: 'code', className: 'num text-muted', cell: (row) => row.code },
  { id: 'status', header: 'Status', card: 'end', cell: (row) => <StateBadge state={row.status} /> },
  { id: 'email', header: 'E-mail', className: 'max-w-64 truncate text-muted', cell: (row) => row.email },
  { id: 'phone', header: 'Phone', card: 'none', className: 'num text-muted', cell: (row) => row.phone },
  { id: 'kind', header: 'Kind', card: 'none', optional: true, className: 'text-muted', cell: (row) => words(row.kind) },
  { id: 'tax', header: 'Tax', card: 'none', optional: true, className: 'text-muted', cell: (row) => words(row.tax_status) },
  { id: 'created', header: 'Created', sort: 'created_at', card: 'none', optional: true, className: 'num whitespace-nowrap text-muted', cell: (row) => dateTime(row.created_at) },
  { id: 'currency', header: 'Currency', card: 'none', cell: (row) => row.currency },
  {
    id: 'limit',
    header: 'Credit limit',
    align: 'end',
    card: 'none',
    className: 'num',
    cell: (row) => (row.credit_limit ? money({ amount: row.credit_limit, currency: row.currency }) : <span className="text-subtle">none</span>),
  },
];

const FILTERS: Filter[] = [
  { key: 'status', label: 'Status', options: ['active', 'blocked', 'archived'].map((value) => ({ value, label: words(value) })) },
  { key: 'kind', label: 'Kind', options: ['company', 'person'].map((value) => ({ value, label: words(value) })) },
];

const rowKey = (row: CustomerItem) => row.id;

export function CustomersPage() {
  const can = useCan();
  const create = can('customers.write') ? (
    <Link to="/customers/new" className={buttonClass('primary')}>
      <Plus size={16} aria-hidden="true" />
      New customer
    </Link>
  ) : null;
  return (
    <ListFrame
      title="Customers"
      noun="customers"
      queryKey="customers"
      fetch={fetchCustomers}
      columns={COLUMNS}
      rowKey={rowKey}
      href={(row) => `/customers/${row.id}`}
      filters={FILTERS}
      searchLabel="Name or code"
      defaultSort="name"
      actions={create}
      empty={
        <EmptyState icon={Users} title="No customers yet" actions={<>{create}{can('imports.run') ? <ImportLink /> : null}</>}>
          A customer carries the prices, terms and addresses that an order starts from.
        </EmptyState>
      }
    />
  );
}

import { Link } from '@tanstack/react-router';
import { Plus, Tags } from 'lucide-react';
import type { Column } from '@/components/data-table';
import { Card } from '@/components/detail-frame';
import { EmptyState } from '@/components/empty-state';
import { ListFrame } from '@/components/list-frame';
import { PriceTester } from '@/components/price-tester';
import { StateBadge } from '@/components/state-badge';
import { buttonClass } from '@/components/ui/button';
import { date, words } from '@/lib/format';
import { useCan } from '@/lib/session';
import type { PriceListItem } from '@/lib/types';
import { fetchPriceLists } from './api';

const SCOPES: Record<string, string> = { organization: 'Everybody', group: 'A customer group', customer: 'One customer' };

const COLUMNS: Column<PriceListItem>[] = [
  { id: 'name', header: 'Name', card: 'title', cell: (row) => row.name },
  { id: 'code', header: 'Code', sort: 'code', className: 'num text-muted', cell: (row) => row.code },
  { id: 'scope', header: 'For', className: 'text-muted', cell: (row) => SCOPES[row.scope] ?? words(row.scope) },
  { id: 'currency', header: 'Currency', card: 'none', cell: (row) => row.currency },
  { id: 'status', header: 'Status', card: 'end', cell: (row) => <StateBadge state={row.status} /> },
  { id: 'from', header: 'Valid from', card: 'none', className: 'num text-muted', cell: (row) => date(row.valid_from) },
  { id: 'to', header: 'Valid to', card: 'none', className: 'num text-muted', cell: (row) => date(row.valid_to) },
];

const FILTERS = [{ key: 'status', label: 'Status', options: ['draft', 'active', 'archived'].map((value) => ({ value, label: words(value) })) }];

const rowKey = (row: PriceListItem) => row.id;

export function PriceListsPage() {
  const can = useCan();
  const create = can('prices.write') ? (
    <Link to="/price-lists/new" className={buttonClass('primary')}>
      <Plus size={16} aria-hidden="true" />
      New price list
    </Link>
  ) : null;
  return (
    <>
      <ListFrame
        title="Price lists"
        noun="price lists"
        queryKey="price-lists"
        fetch={fetchPriceLists}
        columns={COLUMNS}
        rowKey={rowKey}
        href={(row) => `/price-lists/${row.id}`}
        filters={FILTERS}
        searchLabel="Name or code"
        defaultSort="code"
        actions={create}
        empty={
          <EmptyState icon={Tags} title="No price lists yet" actions={create}>
            Without one, orders use the list price of the product. A list gives customers, groups or everybody other prices.
          </EmptyState>
        }
      />
      <div className="mx-auto w-full max-w-[1600px] px-3 pb-6 sm:px-6">
        <Card title="Price tester">
          <PriceTester />
        </Card>
      </div>
    </>
  );
}

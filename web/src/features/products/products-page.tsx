import { Link } from '@tanstack/react-router';
import { Package, Plus } from 'lucide-react';
import type { Column } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import type { Filter } from '@/components/list-filters';
import { ImportLink } from '@/components/import-link';
import { ListFrame } from '@/components/list-frame';
import { StateBadge } from '@/components/state-badge';
import { buttonClass } from '@/components/ui/button';
import { decimal, money, words } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import type { ProductItem } from '@/lib/types';
import { fetchProducts } from './api';

function columns(currency: string): Column<ProductItem>[] {
  return [
    { id: 'sku', header: 'SKU', sort: 'sku', card: 'meta', cell: (row) => <span className="num whitespace-nowrap">{row.sku}</span> },
    { id: 'name', header: 'Name', sort: 'name', card: 'title', className: 'max-w-96 truncate', cell: (row) => row.name },
    { id: 'category', header: 'Category', className: 'text-muted', cell: (row) => row.category },
    { id: 'kind', header: 'Kind', card: 'none', className: 'text-muted', cell: (row) => words(row.kind) },
    { id: 'status', header: 'Status', cell: (row) => <span className={row.status === 'active' ? 'max-sm:hidden' : undefined}><StateBadge state={row.status} /></span> },
    { id: 'barcode', header: 'Barcode', card: 'none', optional: true, className: 'num text-muted', cell: (row) => row.barcode },
    { id: 'pack', header: 'In packs of', align: 'end', card: 'none', optional: true, className: 'num text-muted', cell: (row) => (row.pack_multiple ? decimal(row.pack_multiple) : null) },
    { id: 'tax', header: 'Tax class', card: 'none', optional: true, className: 'text-muted', cell: (row) => row.tax_class },
    { id: 'unit', header: 'Unit', card: 'none', className: 'text-muted', cell: (row) => row.unit },
    {
      id: 'price',
      header: 'List price',
      align: 'end',
      card: 'end',
      className: 'num whitespace-nowrap',
      cell: (row) => (row.list_price ? money({ amount: row.list_price, currency }) : <span className="text-subtle">—</span>),
    },
  ];
}

const FILTERS: Filter[] = [
  { key: 'status', label: 'Status', options: ['active', 'phase_out', 'blocked', 'archived'].map((value) => ({ value, label: words(value) })) },
  { key: 'kind', label: 'Kind', options: ['goods', 'service', 'recurring'].map((value) => ({ value, label: words(value) })) },
];

const rowKey = (row: ProductItem) => row.id;

export function ProductsPage() {
  const can = useCan();
  const { organization } = useMe();
  const create = can('products.write') ? (
    <Link to="/products/new" className={buttonClass('primary')}>
      <Plus size={16} aria-hidden="true" />
      New product
    </Link>
  ) : null;
  return (
    <ListFrame
      title="Products"
      noun="products"
      queryKey="products"
      fetch={fetchProducts}
      columns={columns(organization.currency)}
      rowKey={rowKey}
      href={(row) => `/products/${row.id}`}
      filters={FILTERS}
      searchLabel="SKU, name, barcode"
      defaultSort="sku"
      actions={create}
      empty={
        <EmptyState icon={Package} title="No products yet" actions={<>{create}{can('imports.run') ? <ImportLink /> : null}</>}>
          Products are what order lines find by SKU, barcode or name. A whole catalogue can be imported from a file.
        </EmptyState>
      }
    />
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Pencil, Plus, Tags, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable } from '@/components/data-table';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card, DetailFrame, DetailPending } from '@/components/detail-frame';
import { EmptyState } from '@/components/empty-state';
import { FilterBar } from '@/components/list-filters';
import { ListFooter } from '@/components/list-footer';
import { PriceTester } from '@/components/price-tester';
import { ProblemBanner } from '@/components/problem-banner';
import { StateBadge } from '@/components/state-badge';
import { Badge } from '@/components/ui/badge';
import { Button, buttonClass, IconButton } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { isZero } from '@/lib/decimal';
import { decimal, money, percent, period } from '@/lib/format';
import { useCan } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Price, PriceList } from '@/lib/types';
import { useListSearch } from '@/lib/use-list-search';
import { countPrices, deletePrice, priceListQuery, pricesQuery } from './api';
import { PriceDialog } from './price-dialog';

const LIST = { label: 'Price lists', to: '/price-lists', noun: 'price lists' };

export function PriceListPage() {
  const { priceListId } = useParams({ from: '/app/price-lists/$priceListId' });
  const found = useQuery(priceListQuery(priceListId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <Loaded list={found.data} />;
}

function Loaded({ list }: { list: PriceList }) {
  const can = useCan();
  const navigate = useNavigate();
  const may = can('prices.write');
  const edit = () => void navigate({ to: '/price-lists/$priceListId/edit', params: { priceListId: list.id } });
  useCommands(may ? [{ id: 'price-list.edit', name: 'Edit this price list', keys: 'e', group: 'Price list', run: edit }] : []);
  return (
    <DetailFrame
      list={LIST}
      id={list.id}
      title={list.name}
      name={list.name}
      badges={<StateBadge state={list.status} />}
      subtitle={
        <span className="flex flex-wrap gap-x-3">
          <span className="num">{list.code}</span>
          <span>{list.currency}</span>
          <span>Valid {period(list.valid_from, list.valid_to) ?? 'always'}</span>
          {list.includes_tax ? <span>Prices include tax</span> : null}
        </span>
      }
      actions={
        may ? (
          <Link to="/price-lists/$priceListId/edit" params={{ priceListId: list.id }} className={buttonClass()}>
            Edit
          </Link>
        ) : null
      }
      side={
        <Card title="Price tester">
          <PriceTester />
        </Card>
      }
    >
      <Prices list={list} may={may} />
    </DetailFrame>
  );
}

const covers = (price: Price): string => price.sku ?? price.category ?? 'everything';

function columns(list: PriceList): Column<Price>[] {
  return [
    {
      id: 'product',
      header: 'Product',
      card: 'title',
      cell: (row) => (row.sku ? <span className="num font-medium">{row.sku}</span> : <Badge tone="violet">{row.category ?? 'Everything'}</Badge>),
    },
    { id: 'name', header: 'Name', className: 'max-w-80 truncate', cell: (row) => row.product_name },
    {
      id: 'from',
      header: 'From quantity',
      align: 'end',
      className: 'num',
      cell: (row) => (
        <>
          <span className="sm:hidden">from </span>
          {decimal(row.min_quantity)} {row.unit}
          {row.tier_mode === 'graduated' ? <span className="text-subtle"> graduated</span> : null}
        </>
      ),
    },
    {
      id: 'price',
      header: 'Price',
      align: 'end',
      card: 'end',
      className: 'num whitespace-nowrap',
      cell: (row) =>
        row.unit_price ? money({ amount: row.unit_price, currency: list.currency }) : row.discount_percent ? reduction(row.discount_percent) : null,
    },
    {
      id: 'valid',
      header: 'Valid',
      className: 'num whitespace-nowrap text-muted',
      cell: (row) => period(row.valid_from, row.valid_to) ?? 'always',
    },
  ];
}

/** Nothing off is a figure of its own, and has no sign. */
const reduction = (off: string): string => (isZero(off) ? percent('0') : `−${percent(off)}`);

function Prices({ list, may }: { list: PriceList; may: boolean }) {
  const [search, change] = useListSearch();
  const client = useQueryClient();
  const found = useQuery(pricesQuery(list.id, { q: search.q, cursor: search.cursor }));
  const [editing, setEditing] = useState<Price | 'new' | null>(null);
  const [removing, setRemoving] = useState<Price | null>(null);
  const remove = useMutation({
    mutationFn: (price: Price) => deletePrice(list, price),
    onSuccess: () => {
      setRemoving(null);
      toast('Price removed');
      void client.invalidateQueries({ queryKey: ['price-lists', list.id, 'prices'] });
    },
  });
  const ask = (price: Price | null) => {
    remove.reset();
    setRemoving(price);
  };
  const edits: Column<Price> = {
    id: 'edit',
    header: 'Change',
    align: 'end',
    cell: (row) => (
      <span className="inline-flex">
        <IconButton size="sm" label={`Edit the price of ${covers(row)}`} onClick={() => setEditing(row)}>
          <Pencil size={14} aria-hidden="true" />
        </IconButton>
        <IconButton size="sm" label={`Remove the price of ${covers(row)}`} onClick={() => ask(row)}>
          <Trash2 size={14} aria-hidden="true" />
        </IconButton>
      </span>
    ),
  };
  const add = may ? (
    <Button size="sm" icon={<Plus size={14} aria-hidden="true" />} onClick={() => setEditing('new')}>
      Add price
    </Button>
  ) : null;
  return (
    <Card title="Prices" flush actions={add}>
      <FilterBar label="SKU or name" filters={[]} search={search} onChange={change} onClear={() => change({ q: undefined })} />
      {found.isError ? (
        <div className="p-4">
          <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />
        </div>
      ) : null}
      {found.data?.data.length === 0 ? (
        <EmptyState icon={Tags} title={search.q ? 'No price matches' : 'No prices yet'} actions={search.q ? null : add}>
          Products without a price here fall through to the next list, and at last to their own list price.
        </EmptyState>
      ) : found.isError ? null : (
        <DataTable label="Prices" columns={may ? [...columns(list), edits] : columns(list)} rows={found.data?.data} rowKey={(row) => row.id} skeletonRows={5} />
      )}
      {found.data ? (
        <ListFooter
          page={found.data.page}
          shown={found.data.data.length}
          noun="prices"
          first={!search.cursor}
          onPage={(cursor) => change({ cursor })}
          count={(signal) => countPrices(list.id, search.q, signal)}
          countKey={['price-lists', list.id, 'count', search.q]}
        />
      ) : null}
      {editing ? <PriceDialog list={list} price={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <ConfirmDialog
          title={`Remove the price of ${covers(removing)}?`}
          action="Remove"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(removing)}
          onClose={() => ask(null)}
        >
          New orders fall through to the next price list, and at last to the product’s own list price. Orders that have this price keep it.
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

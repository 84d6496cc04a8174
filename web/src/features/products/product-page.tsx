import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { Card, DetailFrame, DetailPending, Facts } from '@/components/detail-frame';
import { PriceTester } from '@/components/price-tester';
import { StateBadge } from '@/components/state-badge';
import { buttonClass, IconButton } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { newKey } from '@/lib/api';
import { isStale, toProblem } from '@/lib/api-error';
import { dateTime, decimal, integer, money, words } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Product } from '@/lib/types';
import { changeStatus, productQuery, type StatusChange } from './api';

const LIST = { label: 'Products', to: '/products', noun: 'products' };

export function ProductPage() {
  const { productId } = useParams({ from: '/app/products/$productId' });
  const found = useQuery(productQuery(productId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <Loaded product={found.data} />;
}

function Loaded({ product }: { product: Product }) {
  const can = useCan();
  const { organization } = useMe();
  const price = (amount: string | null | undefined) => (amount ? money({ amount, currency: organization.currency }) : null);
  return (
    <DetailFrame
      list={LIST}
      id={product.id}
      title={product.name}
      name={product.name}
      badges={<StateBadge state={product.status} />}
      subtitle={<span className="num">{product.sku}</span>}
      figure={price(product.list_price)}
      actions={<Actions product={product} />}
      side={
        can('prices.read') ? (
          <Card title="Price tester">
            <PriceTester sku={product.sku} />
          </Card>
        ) : null
      }
    >
      <Card title="Details">
        <Facts
          items={[
            ['Kind', words(product.kind)],
            ['Category', product.category?.name],
            ['Barcode', product.barcode ? <span className="num">{product.barcode}</span> : null],
            ['Base unit', product.unit],
            ['Sold in multiples of', product.pack_multiple ? `${decimal(product.pack_multiple)} ${product.unit}` : 'any quantity'],
            ['Tax class', product.tax_class ? words(product.tax_class) : null],
            ['List price', price(product.list_price)],
            ...(can('cost.read') ? ([['Cost', price(product.cost)]] as [string, string | null][]) : []),
            ['Invoiced when', product.invoice_policy === 'ordered' ? 'ordered' : 'delivered'],
            ['Changed', dateTime(product.updated_at)],
          ]}
        />
        {product.description ? <p className="mt-3 mb-0 whitespace-pre-wrap">{product.description}</p> : null}
      </Card>
      <Card title="Units">
        {product.units.length === 0 ? <p className="m-0 text-muted">Sold only in its base unit.</p> : null}
        <ul className="m-0 list-none p-0">
          {product.units.map((unit) => (
            <li key={unit.unit} className="num flex flex-wrap gap-x-3 py-0.5">
              <span className="font-medium">1 {unit.unit}</span>
              <span>
                = {integer(unit.numerator)}
                {unit.denominator === 1 ? '' : `/${integer(unit.denominator)}`} {product.unit}
              </span>
              {unit.barcode ? <span className="text-muted">{unit.barcode}</span> : null}
            </li>
          ))}
        </ul>
      </Card>
    </DetailFrame>
  );
}

function Actions({ product }: { product: Product }) {
  const can = useCan();
  const navigate = useNavigate();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (to: StatusChange) => changeStatus(product, to, newKey()),
    onSuccess: (next) => {
      client.setQueryData(productQuery(next.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ['products', 'list'] });
      toast(`${next.sku} is ${next.status}`);
    },
    onError: (error) => {
      toast('That was refused', { description: toProblem(error).detail ?? toProblem(error).title, error: true });
      if (isStale(error)) void client.invalidateQueries({ queryKey: productQuery(product.id).queryKey, exact: true });
    },
  });
  const may = can('products.write');
  const edit = () => void navigate({ to: '/products/$productId/edit', params: { productId: product.id } });
  useCommands(may ? [{ id: 'product.edit', name: 'Edit this product', keys: 'e', group: 'Product', run: edit }] : []);
  if (!may) return null;
  return (
    <>
      <Link to="/products/$productId/edit" params={{ productId: product.id }} className={buttonClass()}>
        Edit
      </Link>
      <Menu
        trigger={
          <IconButton label="More actions" className="border border-line-strong bg-surface">
            <Ellipsis size={17} aria-hidden="true" />
          </IconButton>
        }
        entries={[
          ...(product.status === 'active' ? [] : [{ label: 'Activate', onSelect: () => change.mutate('activate') }]),
          ...(product.status === 'blocked' ? [] : [{ label: 'Block', detail: 'Cannot be ordered', danger: true, onSelect: () => change.mutate('block') }]),
          ...(product.status === 'archived' ? [] : [{ label: 'Archive', detail: 'Hidden from choices', danger: true, onSelect: () => change.mutate('archive') }]),
        ]}
      />
    </>
  );
}

import { Link } from '@tanstack/react-router';
import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Dialog } from '@/components/ui/dialog';
import { cx } from '@/lib/cx';
import { compare, isZero, ratio } from '@/lib/decimal';
import { decimal, money, percent } from '@/lib/format';
import type { Order, OrderLine } from '@/lib/types';
import { PriceSteps } from '@/components/price-steps';

const HEAD = 'h-9 border-b border-line bg-sunken px-2.5 text-xs font-semibold whitespace-nowrap text-muted';

export function OrderLines({ order }: { order: Order }) {
  const [explained, setExplained] = useState<OrderLine | null>(null);
  const settled = order.confirmed_at !== null;
  if (order.lines.length === 0) return <p className="m-0 p-4 text-muted">This order has no lines yet.</p>;
  return (
    <>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroll region must be reachable by keyboard */}
      <div className="overflow-x-auto max-sm:hidden focus-visible:-outline-offset-2" tabIndex={0} role="region" aria-label="Lines">
        <table className="w-full border-collapse">
          <thead>
            <tr>
              <th scope="col" className={cx(HEAD, 'ps-4 text-start')}>#</th>
              <th scope="col" className={cx(HEAD, 'text-start')}>Product</th>
              <th scope="col" className={cx(HEAD, 'text-end')}>Quantity</th>
              <th scope="col" className={cx(HEAD, 'text-end')}>Price</th>
              <th scope="col" className={cx(HEAD, 'text-end')}>Discount</th>
              <th scope="col" className={cx(HEAD, 'text-end')}>Tax</th>
              <th scope="col" className={cx(HEAD, 'pe-4 text-end')}>Net</th>
            </tr>
          </thead>
          <tbody>
            {order.lines.map((line) => (
              <Row key={line.id} line={line} currency={order.currency} settled={settled} onExplain={() => setExplained(line)} />
            ))}
          </tbody>
        </table>
      </div>
      <ul aria-label="Lines" className="m-0 list-none divide-y divide-line p-0 sm:hidden">
        {order.lines.map((line) => (
          <li key={line.id} className="px-4 py-2.5">
            <div className="flex justify-between gap-3">
              <Product line={line} />
              <span className="num shrink-0 font-medium">{money({ amount: line.net, currency: order.currency })}</span>
            </div>
            <p className="num m-0 text-sm text-muted">
              {decimal(line.quantity.value)} {line.quantity.unit}
              {line.unit_price ? ` × ${money(line.unit_price)}` : ''}
              {line.discounts.length ? ` − ${discountText(line, order.currency)}` : ''}
            </p>
            {settled && line.shippable ? <Progress line={line} /> : null}
          </li>
        ))}
      </ul>
      {explained ? (
        <Dialog open onOpenChange={() => setExplained(null)} title={`Price of ${explained.sku ?? explained.description}`}>
          <PriceSteps steps={explained.price_source ?? []} />
        </Dialog>
      ) : null}
    </>
  );
}

function Row({ line, currency, settled, onExplain }: { line: OrderLine; currency: string; settled: boolean; onExplain: () => void }) {
  return (
    <tr className="align-top">
      <td className="num border-b border-line py-2 ps-4 text-subtle">{line.position}</td>
      <td className="min-w-52 border-b border-line px-2.5 py-2">
        <Product line={line} />
        {settled && line.shippable ? <Progress line={line} /> : null}
      </td>
      <td className="num border-b border-line px-2.5 py-2 text-end whitespace-nowrap">
        {decimal(line.quantity.value)} <span className="text-muted">{line.quantity.unit}</span>
        {isZero(line.ledger.cancelled) ? null : <span className="block text-sm text-red">{decimal(line.ledger.cancelled)} cancelled</span>}
      </td>
      <td className="num border-b border-line px-2.5 py-2 text-end whitespace-nowrap">
        {line.unit_price ? money(line.unit_price) : '—'}
        {line.price_source?.length ? (
          <button type="button" onClick={onExplain} aria-label={`Explain the price of ${line.sku ?? line.description}`} className="-my-1 -me-1 ms-0.5 inline-grid size-6 align-middle place-items-center rounded text-subtle hover:bg-hover hover:text-ink">
            <CircleHelp size={14} aria-hidden="true" />
          </button>
        ) : null}
        {line.price_locked ? <span className="block text-xs text-subtle">set by hand</span> : null}
      </td>
      <td className="num border-b border-line px-2.5 py-2 text-end whitespace-nowrap">{discountText(line, currency) || '—'}</td>
      <td className="num border-b border-line px-2.5 py-2 text-end whitespace-nowrap text-muted">
        {line.taxes.map((tax) => `${tax.code} ${percent(tax.rate)}`).join(', ') || '—'}
      </td>
      <td className="num border-b border-line py-2 ps-2.5 pe-4 text-end font-medium whitespace-nowrap">{money({ amount: line.net, currency })}</td>
    </tr>
  );
}

function Product({ line }: { line: OrderLine }) {
  return (
    <div className="min-w-0">
      <span className="block">{line.description}</span>
      <span className="flex flex-wrap items-center gap-1.5 text-sm text-muted">
        {line.sku && line.product_id ? (
          <Link to="/products/$productId" params={{ productId: line.product_id }} className="num text-muted no-underline hover:text-accent-text hover:underline">
            {line.sku}
          </Link>
        ) : null}
        {line.kind === 'goods' ? null : <Badge>{line.kind}</Badge>}
      </span>
    </div>
  );
}

function discountText(line: OrderLine, currency: string): string {
  return line.discounts
    .map((discount) => (discount.percent ? percent(discount.percent) : discount.amount ? money({ amount: discount.amount, currency }) : ''))
    .filter(Boolean)
    .join(' + ');
}

/** How far a line is: one bar, and the same in words. */
function Progress({ line }: { line: OrderLine }) {
  const { ordered, shipped, delivered } = line.ledger;
  const sent = compare(delivered, shipped) > 0 ? delivered : shipped;
  return (
    <div className="mt-1.5 flex max-w-72 items-center gap-2">
      <div className="h-1.5 flex-1 overflow-hidden rounded-full bg-grey-soft" aria-hidden="true">
        <div className="h-full bg-accent" style={{ width: `${ratio(sent, ordered) * 100}%` }} />
      </div>
      <span className="num shrink-0 text-xs text-subtle">
        {decimal(sent)} of {decimal(ordered)} delivered
      </span>
    </div>
  );
}

import type { ReactNode } from 'react';
import { MoneyText } from '@/components/money';
import { cx } from '@/lib/cx';
import { isZero } from '@/lib/decimal';
import { money, percent } from '@/lib/format';
import type { Order } from '@/lib/types';

/** The server's sums, and the taxes they hold. Nothing is added up here. */
export function OrderTotals({ order }: { order: Order }) {
  const { totals } = order;
  const minus = (label: string, value: { amount: string; currency: string }) =>
    isZero(value.amount) ? null : <Line label={label}>−{money(value)}</Line>;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3 p-4">
      <div className="text-sm text-muted">
        {totals.margin ? (
          <p className="m-0">
            Margin <MoneyText value={totals.margin} /> {totals.margin_percent ? `(${percent(totals.margin_percent)})` : ''}
          </p>
        ) : null}
        <p className="m-0">Tax rounded per {order.tax_mode === 'line' ? 'line' : 'document'}</p>
      </div>
      <dl className="num m-0 grid w-full max-w-80 grid-cols-[1fr_auto] gap-y-1">
        {isZero(totals.line_discount_total.amount) ? null : <Line label="Line discounts given" quiet>{money(totals.line_discount_total)}</Line>}
        {isZero(totals.order_discount.amount) ? null : <Line label="Subtotal">{money(totals.subtotal)}</Line>}
        {minus('Order discount', totals.order_discount)}
        <Line label="Net">{money(totals.net)}</Line>
        {totals.taxes.map((tax) => (
          <Line key={`${tax.code} ${tax.rate}`} label={`${tax.code} ${percent(tax.rate)} of ${money(tax.base)}`} quiet>
            {money(tax.tax)}
          </Line>
        ))}
        {isZero(totals.rounding_adjustment.amount) ? null : <Line label="Cash rounding">{money(totals.rounding_adjustment)}</Line>}
        <dt className="border-t border-line-strong pt-1.5 text-lg font-semibold">Total</dt>
        <dd className="m-0 border-t border-line-strong ps-6 pt-1.5 text-end text-lg font-semibold">{money(totals.payable)}</dd>
      </dl>
    </div>
  );
}

function Line({ label, quiet, children }: { label: string; quiet?: boolean; children: ReactNode }) {
  return (
    <>
      <dt className={cx(quiet ? 'text-sm text-subtle' : 'text-muted')}>{label}</dt>
      <dd className="m-0 ps-6 text-end">{children}</dd>
    </>
  );
}

import { TrendingDown, TrendingUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { compare, isZero } from '@/lib/decimal';
import { integer, money } from '@/lib/format';
import type { Dashboard } from '@/lib/types';

/** The month in four figures, all counted by the server. */
export function Figures({ data }: { data: Dashboard }) {
  const { figures } = data;
  return (
    <section aria-label="Figures" className="card grid grid-cols-2 gap-y-4 p-4 md:grid-cols-4 md:divide-x md:divide-line md:p-0">
      <Figure label="Bookings this month" value={money(figures.bookings_month)}>
        <Trend now={figures.bookings_month.amount} before={figures.bookings_previous_month.amount} currency={data.currency} />
      </Figure>
      <Figure label="Orders this month" value={integer(figures.orders_month)} />
      <Figure label="Open order value" value={money(figures.open_value)} />
      <Figure label="Average order" value={money(figures.average_order)} />
    </section>
  );
}

function Figure({ label, value, children }: { label: string; value: string; children?: ReactNode }) {
  return (
    <div className="min-w-0 md:px-4 md:py-3.5">
      <p className="m-0 text-sm text-muted">{label}</p>
      <p className="num m-0 truncate text-lg leading-snug font-semibold sm:text-xl">{value}</p>
      {children}
    </div>
  );
}

function Trend({ now, before, currency }: { now: string; before: string; currency: string }) {
  if (isZero(before)) return null;
  const up = compare(now, before) >= 0;
  const Icon = up ? TrendingUp : TrendingDown;
  return (
    <p className="m-0 flex items-center gap-1 text-sm text-subtle">
      <Icon size={14} aria-hidden="true" className={up ? 'text-green' : 'text-red'} />
      {up ? 'Above' : 'Below'} last month’s {money({ amount: before, currency })}
    </p>
  );
}

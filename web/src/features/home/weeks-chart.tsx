import { useState } from 'react';
import { Card } from '@/components/detail-frame';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import { compare, ratio } from '@/lib/decimal';
import { date, integer, money, moneyShort } from '@/lib/format';
import { useCommands } from '@/lib/shortcuts';
import type { Dashboard } from '@/lib/types';

/** Bookings by week as bars, or as the table behind them. */
export function WeeksChart({ weeks, currency }: { weeks: Dashboard['weeks']; currency: string }) {
  const [table, setTable] = useState(false);
  useCommands([{ id: 'home.table', name: 'Chart as table', keys: 't', group: 'Home', run: () => setTable((now) => !now) }]);
  const most = weeks.reduce((top, week) => (compare(week.total, top) > 0 ? week.total : top), '0');
  const best = weeks.find((week) => week.total === most);
  return (
    <Card
      title="Bookings by week"
      actions={
        <Button kind="ghost" size="sm" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? 'Show chart' : 'Show table'}
        </Button>
      }
    >
      {best ? (
        <p className="m-0 mb-3 text-sm text-muted">
          The last {integer(weeks.length)} weeks. The best began on {date(best.week_start_date)} with {money({ amount: best.total, currency })}.
        </p>
      ) : null}
      {table ? <Table weeks={weeks} currency={currency} /> : <Bars weeks={weeks} most={most} currency={currency} />}
    </Card>
  );
}

function Bars({ weeks, most, currency }: { weeks: Dashboard['weeks']; most: string; currency: string }) {
  return (
    <div className="relative">
      <div aria-hidden="true" className="pointer-events-none absolute inset-x-0 top-0 border-t border-dashed border-line text-xs text-subtle">
        {moneyShort({ amount: most, currency })}
      </div>
      <ul className="m-0 flex h-44 list-none items-end gap-[3px] border-b border-line-strong p-0 pt-5 sm:gap-1.5" aria-label="Bookings by week">
        {weeks.map((week) => {
          const label = `Week of ${date(week.week_start_date)}: ${money({ amount: week.total, currency })} in ${integer(week.count)} orders`;
          return (
            <li key={week.week_start_date} className="flex h-full min-w-0 flex-1 items-end">
              <Tooltip content={label}>
                <button type="button" aria-label={label} className="flex h-full w-full items-end rounded-t-[4px]">
                  <span
                    className="block w-full rounded-t-[4px] bg-accent opacity-85 hover:opacity-100"
                    style={{ height: `${Math.max(1, ratio(week.total, most) * 100)}%` }}
                  />
                </button>
              </Tooltip>
            </li>
          );
        })}
      </ul>
      <div aria-hidden="true" className="mt-1 flex justify-between text-xs text-subtle">
        <span>{date(weeks[0]?.week_start_date)}</span>
        <span>{date(weeks.at(-1)?.week_start_date)}</span>
      </div>
    </div>
  );
}

function Table({ weeks, currency }: { weeks: Dashboard['weeks']; currency: string }) {
  return (
    <table className="num w-full border-collapse">
      <thead>
        <tr className="text-sm text-muted">
          <th scope="col" className="py-1 text-start font-medium">Week of</th>
          <th scope="col" className="py-1 text-end font-medium">Orders</th>
          <th scope="col" className="py-1 text-end font-medium">Bookings</th>
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week.week_start_date} className="border-t border-line">
            <td className="py-1">{date(week.week_start_date)}</td>
            <td className="py-1 text-end">{integer(week.count)}</td>
            <td className="py-1 text-end">{money({ amount: week.total, currency })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

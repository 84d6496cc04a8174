import { Card, Facts } from '@/components/detail-frame';
import { countryName, date, dateTime } from '@/lib/format';
import type { Order } from '@/lib/types';
import { OrderLines } from './order-lines';
import { OrderTotals } from './order-totals';

type Snapshot = NonNullable<Order['ship_to']>;

export function OrderOverview({ order }: { order: Order }) {
  return (
    <>
      <Card title={`Lines (${order.lines.length})`} flush>
        <OrderLines order={order} />
        <OrderTotals order={order} />
      </Card>
      <div className="grid items-start gap-x-4 lg:grid-cols-2">
        <Card title="Addresses">
          <div className="grid gap-4 sm:grid-cols-2">
            <AddressBlock label="Ship to" address={order.ship_to} />
            <AddressBlock label="Bill to" address={order.bill_to} />
          </div>
        </Card>
        <Card title="Details">
          <Facts
            items={[
              ['Owner', order.owner?.name],
              ['Currency', order.currency],
              ['Requested', date(order.requested_date)],
              ['Placed', dateTime(order.submitted_at)],
              ['Confirmed', dateTime(order.confirmed_at)],
              ['Valid until', date(order.valid_until)],
              ...Object.entries(order.external_refs).map(([source, ref]): [string, string] => [`No. in ${source}`, ref ?? '']),
            ]}
          />
          {order.notes ? (
            <>
              <h3 className="mt-4 mb-0 text-sm font-normal text-subtle">Notes</h3>
              <p className="m-0 whitespace-pre-wrap">{order.notes}</p>
            </>
          ) : null}
        </Card>
      </div>
    </>
  );
}

function AddressBlock({ label, address }: { label: string; address: Snapshot | null | undefined }) {
  return (
    <div>
      <h3 className="m-0 text-sm font-normal text-subtle">{label}</h3>
      {address ? (
        <address className="not-italic">
          {address.recipient ? <span className="block font-medium">{address.recipient}</span> : null}
          {address.lines.map((line, index) => (
            <span key={index} className="block">
              {line}
            </span>
          ))}
          <span className="block">{[address.postal_code, address.city].filter(Boolean).join(' ')}</span>
          {address.region ? <span className="block">{address.region}</span> : null}
          {address.country ? <span className="block">{countryName(address.country)}</span> : null}
        </address>
      ) : (
        <span className="text-subtle">—</span>
      )}
    </div>
  );
}

import { useState } from 'react';
import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { DecimalField } from '@/components/ui/decimal-field';
import { Dialog } from '@/components/ui/dialog';
import { DateField, TextField } from '@/components/ui/text-field';
import { compare, isZero } from '@/lib/decimal';
import { decimal, today } from '@/lib/format';
import type { Order } from '@/lib/types';
import { deliver } from './api';
import { useOrderChange } from './use-order-change';

/** Records what left the house, per line; everything still open is proposed. */
export function DeliverDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const open = order.lines.filter((line) => line.shippable && !isZero(line.ledger.open));
  const [quantities, setQuantities] = useState<Record<string, string>>(() => Object.fromEntries(open.map((line) => [line.id, line.ledger.open])));
  const form = useForm({ delivered_date: today(), note: '' });
  const chosen = open.filter((line) => {
    const quantity = quantities[line.id] ?? '';
    return quantity !== '' && !isZero(quantity);
  });
  const send = useOrderChange(
    order,
    (target) =>
      deliver(target, {
        delivered_date: form.value.delivered_date || undefined,
        note: form.value.note || undefined,
        lines: chosen.map((line) => ({ line_id: line.id, quantity: { value: quantities[line.id] ?? '', unit: line.quantity.unit } })),
      }),
    { done: 'Delivery recorded', onDone: onClose },
  );
  const setAll = (value: (open: string) => string) => setQuantities(Object.fromEntries(open.map((line) => [line.id, value(line.ledger.open)])));
  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title={`Deliver ${order.number}`}
      description={`To ${order.customer.name}. The proposal is everything that is open.`}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="deliver" kind="primary" busy={send.isPending} disabled={chosen.length === 0}>
            Record delivery
          </Button>
        </>
      }
    >
      <Form id="deliver" onSubmit={() => send.mutate()} error={send.error}>
        <div className="grid gap-3.5 sm:grid-cols-2">
          <DateField label="Delivered on" name="delivered_date" {...form.bind('delivered_date')} />
          <TextField label="Note" name="note" hint="Carrier, tracking number, who signed" maxLength={500} {...form.bind('note')} />
        </div>
        <div className="mt-4 mb-1 flex items-center justify-between gap-2">
          <h3 className="m-0 text-base font-semibold">Lines</h3>
          <span className="flex gap-1">
            <Button size="sm" kind="ghost" onClick={() => setAll((quantity) => quantity)}>All</Button>
            <Button size="sm" kind="ghost" onClick={() => setAll(() => '')}>None</Button>
          </span>
        </div>
        <ul className="m-0 list-none divide-y divide-line border-y border-line p-0">
          {open.map((line) => (
            <li key={line.id} className="grid grid-cols-[minmax(0,1fr)_8.5rem] items-center gap-3 py-2">
              <div className="min-w-0">
                <p className="m-0 truncate font-medium">{line.description}</p>
                <p className="num m-0 text-sm text-muted">
                  {line.sku ? `${line.sku} · ` : ''}
                  {decimal(line.ledger.open)} {line.quantity.unit} open
                  {compare(line.ledger.shipped, '0') > 0 ? ` · ${decimal(line.ledger.shipped)} sent before` : ''}
                </p>
              </div>
              <DecimalField
                label={`Quantity of ${line.description}`}
                hideLabel
                name={`lines/${chosen.indexOf(line)}`}
                suffix={line.quantity.unit}
                value={quantities[line.id] ?? ''}
                onValueChange={(quantity) => setQuantities((old) => ({ ...old, [line.id]: quantity }))}
              />
            </li>
          ))}
        </ul>
      </Form>
    </Dialog>
  );
}

import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextArea } from '@/components/ui/text-field';
import { date, decimal } from '@/lib/format';
import type { Delivery, Order } from '@/lib/types';
import { reverseDelivery } from './api';
import { useOrderChange } from './use-order-change';

/** Takes back a whole delivery, after showing what that opens again; it must say why. */
export function ReverseDialog({ order, delivery, onClose }: { order: Order; delivery: Delivery; onClose: () => void }) {
  const form = useForm({ reason: '' });
  const send = useOrderChange(order, (target, reason: string) => reverseDelivery(target, delivery.id, reason), { done: 'Delivery reversed', onDone: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Reverse the delivery of ${date(delivery.delivered_date)}`}
      description="For a delivery that did not happen, or not so. Nothing is deleted: the same quantities are booked back, and are open again."
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="reverse" kind="danger" busy={send.isPending}>
            Reverse delivery
          </Button>
        </>
      }
    >
      <Form id="reverse" onSubmit={() => send.mutate(form.value.reason)} error={send.error}>
        <ul aria-label="Open again" className="m-0 mb-3 list-none divide-y divide-line border-y border-line p-0">
          {delivery.lines.map((line) => (
            <li key={line.line_id} className="flex items-baseline justify-between gap-3 py-1.5">
              <span className="min-w-0">
                {line.description}
                {line.sku ? <span className="num block text-sm text-muted">{line.sku}</span> : null}
              </span>
              <span className="num shrink-0 font-medium">
                {decimal(line.quantity.value)} {line.quantity.unit}
              </span>
            </li>
          ))}
        </ul>
        <TextArea label="Reason" name="reason" required maxLength={500} {...form.bind('reason')} />
      </Form>
    </Dialog>
  );
}

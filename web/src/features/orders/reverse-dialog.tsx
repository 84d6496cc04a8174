import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextArea } from '@/components/ui/text-field';
import { date } from '@/lib/format';
import type { Delivery, Order } from '@/lib/types';
import { reverseDelivery } from './api';
import { DeliveryLines } from './delivery-lines';
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
        <p className="m-0 mb-1 text-sm font-medium text-muted" aria-hidden="true">
          Open again
        </p>
        <DeliveryLines label="Open again" lines={delivery.lines} className="mb-3" />
        <TextArea label="Reason" name="reason" required maxLength={500} {...form.bind('reason')} />
      </Form>
    </Dialog>
  );
}

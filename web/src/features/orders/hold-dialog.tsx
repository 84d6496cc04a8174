import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { SelectField } from '@/components/ui/select';
import { TextArea } from '@/components/ui/text-field';
import type { Schemas } from '@/lib/api';
import { words } from '@/lib/format';
import type { Order } from '@/lib/types';
import { placeHold, releaseHold } from './api';
import { useOrderChange } from './use-order-change';

const TYPES = ['manual', 'credit', 'address', 'fraud', 'quality'].map((value) => ({ value, label: words(value) }));
const BLOCKS = [
  { value: 'both', label: 'Delivery and invoice' },
  { value: 'ship', label: 'Delivery' },
  { value: 'invoice', label: 'Invoice' },
];

export function HoldDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const form = useForm({ type: 'manual', blocks: 'both', reason: '' });
  const send = useOrderChange(order, (target, hold: typeof form.value) => placeHold(target, hold as Schemas['NewHold']), {
    done: 'Order on hold',
    onDone: onClose,
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Put ${order.number} on hold`}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="hold" kind="primary" busy={send.isPending}>
            Put on hold
          </Button>
        </>
      }
    >
      <Form id="hold" onSubmit={() => send.mutate(form.value)} error={send.error} className="grid gap-3.5">
        <SelectField label="Kind" name="type" options={TYPES} {...form.bind('type')} />
        <SelectField label="Blocks" name="blocks" options={BLOCKS} {...form.bind('blocks')} />
        <TextArea label="Reason" name="reason" required maxLength={500} {...form.bind('reason')} />
      </Form>
    </Dialog>
  );
}

export function ReleaseDialog({ order, holdId, onClose }: { order: Order; holdId: string; onClose: () => void }) {
  const form = useForm({ reason: '' });
  const send = useOrderChange(order, (target, reason: string) => releaseHold(target, holdId, reason), { done: 'Hold released', onDone: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Release the hold"
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="release" kind="primary" busy={send.isPending}>
            Release
          </Button>
        </>
      }
    >
      <Form id="release" onSubmit={() => send.mutate(form.value.reason)} error={send.error}>
        <TextArea label="Reason" name="reason" required maxLength={500} {...form.bind('reason')} />
      </Form>
    </Dialog>
  );
}

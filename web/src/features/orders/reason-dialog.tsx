import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextArea } from '@/components/ui/text-field';
import type { Order } from '@/lib/types';
import { actWithReason, type ReasonedAction } from './api';
import { useOrderChange } from './use-order-change';

const HINTS: Record<ReasonedAction, string> = {
  reject: 'The order goes back to draft. Whoever placed it sees the reason.',
  cancel: 'Everything still open is given up. This cannot be undone; a duplicate starts again.',
  'short-close': 'What was delivered stays; the open rest is given up.',
};

interface ReasonDialogProps {
  order: Order;
  action: ReasonedAction;
  title: string;
  done: string;
  onClose: () => void;
}

/** A step that must say why. */
export function ReasonDialog({ order, action, title, done, onClose }: ReasonDialogProps) {
  const form = useForm({ reason: '' });
  const send = useOrderChange(order, (target, reason: string) => actWithReason(action, target, reason), { done, onDone: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${title}: ${order.number}`}
      description={HINTS[action]}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="reason" kind={action === 'reject' ? 'primary' : 'danger'} busy={send.isPending}>
            {title}
          </Button>
        </>
      }
    >
      <Form id="reason" onSubmit={() => send.mutate(form.value.reason)} error={send.error}>
        <TextArea label="Reason" name="reason" required maxLength={500} {...form.bind('reason')} />
      </Form>
    </Dialog>
  );
}

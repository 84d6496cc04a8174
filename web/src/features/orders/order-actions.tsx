import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { ProblemBanner } from '@/components/problem-banner';
import { Button, IconButton } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Menu } from '@/components/ui/menu';
import { useCommands } from '@/lib/shortcuts';
import type { Order } from '@/lib/types';
import { act, type PlainAction, type ReasonedAction } from './api';
import { DeliverDialog } from './deliver-dialog';
import { HoldDialog } from './hold-dialog';
import { ReasonDialog } from './reason-dialog';
import { useOrderChange } from './use-order-change';

interface Wording {
  label: string;
  done: string;
  danger?: boolean;
}

/** How each action the server names is called here. Actions it adds later are left out until they have words. */
const WORDS: Record<string, Wording> = {
  submit: { label: 'Place order', done: 'Order placed' },
  approve: { label: 'Approve', done: 'Order approved' },
  confirm: { label: 'Confirm', done: 'Order confirmed' },
  deliver: { label: 'Deliver…', done: 'Delivery recorded' },
  'reverse-delivery': { label: 'Reverse a delivery…', done: 'Delivery reversed', danger: true },
  reject: { label: 'Reject…', done: 'Order sent back to draft', danger: true },
  hold: { label: 'Put on hold…', done: 'Order on hold' },
  reopen: { label: 'Reopen', done: 'Order reopened' },
  duplicate: { label: 'Duplicate', done: 'Copied to a new draft' },
  'short-close': { label: 'Close short…', done: 'Order closed', danger: true },
  cancel: { label: 'Cancel order…', done: 'Order cancelled', danger: true },
};

const NEXT_STEP = ['submit', 'approve', 'confirm', 'deliver'];
const REASONED = ['reject', 'cancel', 'short-close'];

/** The reason of what belongs to another part of an order's life: not a refusal that anybody could lift. */
const OTHER_STATE = 'invalid_transition';

const named = (action: string) => action.replaceAll('_', '-');

/** The next legal step as a button, the rest in a menu; what is not allowed says why. All of it sent by the server. */
export function OrderActions({ order }: { order: Order }) {
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<string | null>(null);
  const known = order.actions.map((action) => ({ ...action, action: named(action.action) })).filter(({ action, reason }) => action in WORDS && reason !== OTHER_STATE);
  const allowed = new Set(known.filter((action) => action.allowed).map(({ action }) => action));
  const primary = NEXT_STEP.find((action) => allowed.has(action));
  const run = useOrderChange(order, (target, action: PlainAction) => act(action, target), {
    done: (action) => WORDS[action]?.done ?? 'Done',
    onDone: (next) => {
      if (next.id !== order.id) void navigate({ to: '/orders/$orderId/edit', params: { orderId: next.id } });
    },
  });
  const start = (action: string) => {
    // Which one is chosen where they are listed.
    if (action === 'reverse-delivery') void navigate({ to: '.', search: { tab: 'deliveries' }, replace: true });
    else if (action === 'deliver' || action === 'hold' || REASONED.includes(action)) setDialog(action);
    else run.mutate(action as PlainAction);
  };
  const editable = order.lifecycle === 'draft';
  const edit = () => void navigate({ to: '/orders/$orderId/edit', params: { orderId: order.id } });
  useCommands([
    ...(primary ? [{ id: 'order.next', name: WORDS[primary]?.label ?? primary, keys: 'mod+enter', group: 'Order', run: () => start(primary) }] : []),
    ...(allowed.has('reverse-delivery') ? [{ id: 'order.reverse', name: 'Reverse a delivery', group: 'Order', run: () => start('reverse-delivery') }] : []),
    ...(editable ? [{ id: 'order.edit', name: 'Edit this order', keys: 'e', group: 'Order', run: edit }] : []),
  ]);
  const close = () => setDialog(null);
  return (
    <>
      {editable ? <Button onClick={edit}>Edit</Button> : null}
      {primary ? (
        <Button kind="primary" busy={run.isPending} onClick={() => start(primary)}>
          {WORDS[primary]?.label}
        </Button>
      ) : null}
      <Menu
        trigger={
          <IconButton label="More actions" className="border border-line-strong bg-surface">
            <Ellipsis size={17} aria-hidden="true" />
          </IconButton>
        }
        entries={[
          ...known
            .filter(({ action }) => action !== primary)
            .map(({ action, allowed: may, detail }) => ({
              label: WORDS[action]?.label ?? action,
              disabled: !may,
              detail: may ? undefined : (detail ?? undefined),
              danger: may && WORDS[action]?.danger,
              onSelect: () => start(action),
            })),
          ...(known.length ? [null] : []),
          { label: 'Print', onSelect: () => window.print() },
        ]}
      />
      {dialog === 'deliver' ? <DeliverDialog order={order} onClose={close} /> : null}
      {dialog === 'hold' ? <HoldDialog order={order} onClose={close} /> : null}
      {dialog && REASONED.includes(dialog) ? (
        <ReasonDialog
          order={order}
          action={dialog as ReasonedAction}
          title={WORDS[dialog]?.label.replace('…', '') ?? dialog}
          done={WORDS[dialog]?.done ?? 'Done'}
          onClose={close}
        />
      ) : null}
      <Dialog open={run.isError} onOpenChange={() => run.reset()} title="That was refused">
        <ProblemBanner error={run.error} />
      </Dialog>
    </>
  );
}

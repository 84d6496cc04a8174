import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card } from '@/components/detail-frame';
import { Form } from '@/components/form';
import { PasskeyOutcome } from '@/components/passkey-outcome';
import { ProblemBanner } from '@/components/problem-banner';
import { useProof } from '@/components/proof';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import { TextField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import type { Schemas } from '@/lib/api';
import { toProblem } from '@/lib/api-error';
import { ago, date, dateTime } from '@/lib/format';
import { addPasskey, knowsPasskeys } from '@/lib/passkeys';
import { secondFactorsQuery } from '@/lib/second-factors';
import { removePasskey, useFactorsChanged } from './api';
import { deviceName } from './device-name';
import { CodesDialog } from './second-factor-dialogs';

type Passkey = Schemas['PasskeyView'];

/** The passkeys of the person: each signs in by itself. */
export function PasskeysCard() {
  const changed = useFactorsChanged();
  const found = useQuery(secondFactorsQuery);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Passkey | null>(null);
  const { passkeys, authenticator, required } = found.data ?? {};
  // The server refuses to take the last second factor from who must have one.
  const needed = Boolean(required) && !authenticator && passkeys?.length === 1;
  return (
    <Card
      title="Passkeys"
      actions={
        found.data && knowsPasskeys() ? (
          <Button size="sm" onClick={() => setAdding(true)}>
            Add a passkey…
          </Button>
        ) : null
      }
    >
      <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton className="h-10" /> : null}
      {passkeys?.length === 0 ? (
        <p className="m-0 text-muted">A passkey signs you in without a password: your phone, computer or security key shows it once it knows that it is you.</p>
      ) : null}
      {found.data && !knowsPasskeys() ? <p className="m-0 mt-1 text-muted">This browser cannot make one. Open this page in a newer browser to add it.</p> : null}
      <ul className="m-0 list-none divide-y divide-line p-0">
        {passkeys?.map((passkey) => (
          <li key={passkey.id} className="flex items-center justify-between gap-3 py-2.5 first:pt-0 last:pb-0">
            <div className="min-w-0">
              <p className="m-0 font-medium break-words">{passkey.name}</p>
              <p className="m-0 text-sm text-muted">
                since {date(passkey.created_at)}
                {passkey.last_used_at ? <span title={dateTime(passkey.last_used_at)}> · last used {ago(passkey.last_used_at)}</span> : ' · never used'}
              </p>
            </div>
            <Button
              size="sm"
              disabled={needed}
              title={needed ? 'Your organization asks for a second factor.' : undefined}
              aria-label={`Remove ${passkey.name}`}
              onClick={() => setLeaving(passkey)}
            >
              Remove…
            </Button>
          </li>
        ))}
      </ul>
      {adding ? (
        <AddDialog
          onClose={() => {
            setAdding(false);
            changed();
          }}
        />
      ) : null}
      {leaving ? (
        <RemoveDialog
          passkey={leaving}
          onClose={() => {
            setLeaving(null);
            changed();
          }}
        />
      ) : null}
    </Card>
  );
}

/** Names the passkey, then lets the browser make it; the first second factor brings recovery codes, once. */
function AddDialog({ onClose }: { onClose: () => void }) {
  const proof = useProof();
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const add = useMutation({
    mutationFn: async () => {
      await proof.prove();
      return addPasskey(name.trim());
    },
    onError: proof.refused,
    onSuccess: ({ passkey, recovery_codes }) => {
      toast(`Passkey “${passkey.name}” added`);
      if (!recovery_codes) onClose();
    },
  });
  const codes = add.data?.recovery_codes;
  if (codes) return <CodesDialog codes={codes} onClose={onClose} />;
  const calm = add.error !== null && toProblem(add.error).code === 'passkey_cancelled';
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add a passkey"
      description="Your browser asks where to keep it, and whether it is you. Every other session of yours ends."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="passkey" kind="primary" busy={add.isPending}>
            Continue
          </Button>
        </>
      }
    >
      <Form id="passkey" label="Add a passkey" onSubmit={() => add.mutate()} error={calm ? null : add.error}>
        <div className="grid gap-4">
          {calm ? <PasskeyOutcome error={add.error} /> : null}
          <TextField label="Name" name="name" required autoComplete="off" maxLength={200} hint="So that you know it again in the list." value={name} onValueChange={setName} />
          {proof.fields(() => add.mutate())}
        </div>
      </Form>
    </Dialog>
  );
}

function RemoveDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const proof = useProof();
  const remove = useMutation({
    mutationFn: async () => {
      await proof.prove();
      await removePasskey(passkey.id);
    },
    onError: proof.refused,
    onSuccess: () => {
      toast('The passkey is removed');
      onClose();
    },
  });
  return (
    <ConfirmDialog title={`Remove “${passkey.name}”`} action="Remove it" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={onClose}>
      <p className="m-0">It signs in no more, and every other session of yours ends. Delete it on the device that keeps it, too.</p>
      {proof.fields(() => remove.mutate())}
    </ConfirmDialog>
  );
}

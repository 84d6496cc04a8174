import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useForget } from '@/components/account-menu';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card } from '@/components/detail-frame';
import { useProof } from '@/components/proof';
import { Button } from '@/components/ui/button';
import { useMe } from '@/lib/session';
import { deleteAccount, leaveOrganization } from './api';

/** The ways out: of this organization, and altogether. */
export function LeaveCard() {
  const { organization } = useMe();
  const [asking, setAsking] = useState<'leave' | 'delete' | null>(null);
  const close = () => setAsking(null);
  return (
    <Card title="Leaving">
      <p className="m-0 mb-3 text-muted">What you did stays with those you worked for; who did it is a former member then.</p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setAsking('leave')}>Leave {organization.name}…</Button>
        <Button onClick={() => setAsking('delete')}>Delete your account…</Button>
      </div>
      {asking === 'leave' ? (
        <LeaveDialog title={`Leave ${organization.name}`} action="Leave" run={leaveOrganization} onClose={close}>
          Your sessions and API keys here end at once. Only another invitation brings you back.
        </LeaveDialog>
      ) : null}
      {asking === 'delete' ? (
        <LeaveDialog title="Delete your account" action="Delete it" run={deleteAccount} onClose={close}>
          You leave every organization, and what is known of you is erased. It cannot be taken back.
        </LeaveDialog>
      ) : null}
    </Card>
  );
}

interface LeaveDialogProps {
  title: string;
  action: string;
  run: () => Promise<void>;
  onClose: () => void;
  children: string;
}

function LeaveDialog({ title, action, run, onClose, children }: LeaveDialogProps) {
  const proof = useProof();
  const forget = useForget();
  const leave = useMutation({
    mutationFn: async () => {
      await proof.prove();
      await run();
    },
    onError: proof.refused,
    onSuccess: forget,
  });
  return (
    <ConfirmDialog title={title} action={action} busy={leave.isPending} error={leave.error} onConfirm={() => leave.mutate()} onClose={onClose}>
      <p className="m-0">{children}</p>
      {proof.fields(() => leave.mutate())}
    </ConfirmDialog>
  );
}

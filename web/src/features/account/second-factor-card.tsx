import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card } from '@/components/detail-frame';
import { ProblemBanner } from '@/components/problem-banner';
import { useProof } from '@/components/proof';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { ago, date, dateTime, integer } from '@/lib/format';
import { makeRecoveryCodes, removeAuthenticator, secondFactorsQuery } from './api';
import { AuthenticatorDialog, CodesDialog } from './second-factor-dialogs';

/** Few enough to make new ones. */
const FEW = 3;

/** The second factor of the person: an authenticator app, and the codes for the day it is lost. */
export function SecondFactorCard() {
  const client = useQueryClient();
  const found = useQuery(secondFactorsQuery);
  const [open, setOpen] = useState<'set up' | 'remove' | 'codes' | null>(null);
  const close = () => {
    setOpen(null);
    void client.invalidateQueries({ queryKey: secondFactorsQuery.queryKey });
    void client.invalidateQueries({ queryKey: ['me'] });
    void client.invalidateQueries({ queryKey: ['sessions'] });
  };
  const { authenticator, required, recovery_codes: codes } = found.data ?? {};
  return (
    <Card
      title="Second factor"
      actions={
        found.data ? (
          <Button size="sm" kind={authenticator ? 'secondary' : 'primary'} onClick={() => setOpen('set up')}>
            {authenticator ? 'Another app…' : 'Set up…'}
          </Button>
        ) : null
      }
    >
      <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton className="h-12" /> : null}
      {found.data && !authenticator ? (
        required ? (
          <Banner kind="warning" title="Your organization asks for it">
            Until you have set one up, nothing else is possible.
          </Banner>
        ) : (
          <p className="m-0 text-muted">With it nobody gets in by your password alone: signing in also takes a code of an app on your phone.</p>
        )
      ) : null}
      {authenticator && codes ? (
        <ul className="m-0 list-none divide-y divide-line p-0">
          <li className="flex items-center justify-between gap-3 pb-2.5">
            <div className="min-w-0">
              <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
                Authenticator app <Badge tone="green">On</Badge>
              </p>
              <p className="m-0 text-sm text-muted">
                since {date(authenticator.added_at)}
                {authenticator.last_used_at ? <span title={dateTime(authenticator.last_used_at)}> · last used {ago(authenticator.last_used_at)}</span> : null}
              </p>
            </div>
            <Button size="sm" disabled={required} title={required ? 'Your organization asks for it.' : undefined} aria-label="Remove the authenticator app" onClick={() => setOpen('remove')}>
              Remove…
            </Button>
          </li>
          <li className="flex items-center justify-between gap-3 pt-2.5">
            <div className="min-w-0">
              <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
                Recovery codes <Badge tone={codes.left <= FEW ? 'amber' : 'grey'}>{integer(codes.left)} left</Badge>
              </p>
              <p className="m-0 text-sm text-muted">{codes.made_at ? `made ${date(codes.made_at)}` : 'none were made'}, each works once</p>
            </div>
            <Button size="sm" aria-label="Make new recovery codes" onClick={() => setOpen('codes')}>
              Make new ones…
            </Button>
          </li>
        </ul>
      ) : null}
      {open === 'set up' ? <AuthenticatorDialog replaces={Boolean(authenticator)} onClose={close} /> : null}
      {open === 'remove' ? <RemoveDialog onClose={close} /> : null}
      {open === 'codes' ? <NewCodesDialog onClose={close} /> : null}
    </Card>
  );
}

function RemoveDialog({ onClose }: { onClose: () => void }) {
  const proof = useProof();
  const remove = useMutation({
    mutationFn: async () => {
      await proof.prove();
      await removeAuthenticator();
    },
    onError: proof.refused,
    onSuccess: () => {
      toast('The authenticator app is removed');
      onClose();
    },
  });
  return (
    <ConfirmDialog title="Remove the authenticator app" action="Remove it" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={onClose}>
      Signing in takes the password alone again. Every other session ends, and the recovery codes go with it.
      {proof.fields}
    </ConfirmDialog>
  );
}

function NewCodesDialog({ onClose }: { onClose: () => void }) {
  const proof = useProof();
  const make = useMutation({
    mutationFn: async () => {
      await proof.prove();
      return makeRecoveryCodes();
    },
    onError: proof.refused,
  });
  if (make.data) return <CodesDialog codes={make.data} onClose={onClose} />;
  return (
    <ConfirmDialog title="Make new recovery codes" action="Make them" busy={make.isPending} error={make.error} onConfirm={() => make.mutate()} onClose={onClose}>
      Ten new codes are shown once. Those you have no longer work.
      {proof.fields}
    </ConfirmDialog>
  );
}

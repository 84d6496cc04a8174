import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
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
import { secondFactorsQuery } from '@/lib/second-factors';
import { makeRecoveryCodes, removeAuthenticator, useFactorsChanged } from './api';
import { AuthenticatorDialog, CodesDialog } from './second-factor-dialogs';

/** Few enough to make new ones. */
const FEW = 3;

/** The second factor of the person: an authenticator app, and the codes for the day it is lost. */
export function SecondFactorCard() {
  const changed = useFactorsChanged();
  const found = useQuery(secondFactorsQuery);
  const [open, setOpen] = useState<'set up' | 'remove' | 'codes' | null>(null);
  const close = () => {
    setOpen(null);
    changed();
  };
  const { authenticator, required, recovery_codes: codes, passkeys } = found.data ?? {};
  const passkey = Boolean(passkeys?.length);
  return (
    <Card
      title="Second factor"
      actions={
        found.data ? (
          <Button size="sm" kind={authenticator || passkey ? 'secondary' : 'primary'} onClick={() => setOpen('set up')}>
            {authenticator ? 'Another app…' : 'Set up…'}
          </Button>
        ) : null
      }
    >
      <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton className="h-12" /> : null}
      {found.data && !authenticator ? <NoApp passkey={passkey} required={found.data.required} /> : null}
      <ul className="m-0 list-none divide-y divide-line p-0">
        {authenticator ? (
          <Row
            name="Authenticator app"
            badge={<Badge tone="green">On</Badge>}
            about={
              <>
                since {date(authenticator.added_at)}
                {authenticator.last_used_at ? <span title={dateTime(authenticator.last_used_at)}> · last used {ago(authenticator.last_used_at)}</span> : null}
              </>
            }
          >
            <Button
              size="sm"
              disabled={required && !passkey}
              title={required && !passkey ? 'Your organization asks for it.' : undefined}
              aria-label="Remove the authenticator app"
              onClick={() => setOpen('remove')}
            >
              Remove…
            </Button>
          </Row>
        ) : null}
        {codes && (authenticator || passkey) ? (
          <Row
            name="Recovery codes"
            badge={<Badge tone={codes.left <= FEW ? 'amber' : 'grey'}>{integer(codes.left)} left</Badge>}
            about={`${codes.made_at ? `made ${date(codes.made_at)}` : 'none were made'}, each works once`}
          >
            <Button size="sm" aria-label="Make new recovery codes" onClick={() => setOpen('codes')}>
              Make new ones…
            </Button>
          </Row>
        ) : null}
      </ul>
      {open === 'set up' ? <AuthenticatorDialog replaces={Boolean(authenticator)} onClose={close} /> : null}
      {open === 'remove' ? <RemoveDialog passkey={passkey} onClose={close} /> : null}
      {open === 'codes' ? <NewCodesDialog onClose={close} /> : null}
    </Card>
  );
}

function NoApp({ passkey, required }: { passkey: boolean; required: boolean }) {
  if (passkey) return <p className="m-0 pb-2.5 text-muted">Your passkeys are one. An authenticator app is another way in with your password, should they be out of reach.</p>;
  if (!required) return <p className="m-0 text-muted">With it nobody gets in by your password alone: signing in also takes a code of an app on your phone, or a passkey.</p>;
  return (
    <Banner kind="warning" title="Your organization asks for it">
      Until you have set one up, or added a passkey, nothing else is possible.
    </Banner>
  );
}

function Row({ name, badge, about, children }: { name: string; badge: ReactNode; about: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-center justify-between gap-3 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0">
        <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
          {name} {badge}
        </p>
        <p className="m-0 text-sm text-muted">{about}</p>
      </div>
      {children}
    </li>
  );
}

function RemoveDialog({ passkey, onClose }: { passkey: boolean; onClose: () => void }) {
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
      <p className="m-0">
        {passkey
          ? 'Your passkeys and recovery codes stay. Every other session of yours ends.'
          : 'Signing in takes the password alone again. Every other session of yours ends, and the recovery codes go with it.'}
      </p>
      {proof.fields(() => remove.mutate())}
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
      <p className="m-0">Ten new codes are shown once. Those you have no longer work.</p>
      {proof.fields(() => make.mutate())}
    </ConfirmDialog>
  );
}

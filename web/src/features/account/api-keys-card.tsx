import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card } from '@/components/detail-frame';
import { ProblemBanner } from '@/components/problem-banner';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { ago, dateTime } from '@/lib/format';
import { useMe } from '@/lib/session';
import { type ApiKey, apiKeysQuery, revokeKey } from './api';
import { NewKeyDialog, RotateKeyDialog } from './key-dialogs';

/** Keys of programs: one's own, and everybody's for those who manage members. */
export function ApiKeysCard() {
  const client = useQueryClient();
  const found = useQuery(apiKeysQuery);
  const [open, setOpen] = useState<'new' | ApiKey | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const keys = found.data?.data ?? [];
  return (
    <Card
      title="API keys"
      actions={
        <Button size="sm" onClick={() => setOpen('new')}>
          New key
        </Button>
      }
    >
      <ProblemBanner error={found.error} onRetry={refresh} />
      {found.isPending ? <Skeleton className="h-10" /> : null}
      {found.data && keys.length === 0 ? <p className="m-0 text-muted">A key lets a program work with your rights, or with a part of them.</p> : null}
      <ul className="m-0 list-none divide-y divide-line p-0">
        {keys.map((key) => (
          <Key key={key.id} apiKey={key} onRotate={() => setOpen(key)} onRevoke={() => setLeaving(key)} />
        ))}
      </ul>
      {open === 'new' ? <NewKeyDialog onClose={() => setOpen(null)} /> : null}
      {open && open !== 'new' ? <RotateKeyDialog apiKey={open} onClose={() => setOpen(null)} /> : null}
      {leaving ? <RevokeDialog apiKey={leaving} onSettled={refresh} onClose={() => setLeaving(null)} /> : null}
    </Card>
  );
}

function RevokeDialog({ apiKey, onSettled, onClose }: { apiKey: ApiKey; onSettled: () => void; onClose: () => void }) {
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: () => {
      toast('Key revoked');
      onClose();
    },
    onSettled,
  });
  return (
    <ConfirmDialog title={`Revoke “${apiKey.name}”`} action="Revoke the key" busy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate()} onClose={onClose}>
      Whatever works with it stops with the next request, and it cannot be taken back. To change keys without a break, replace it instead.
    </ConfirmDialog>
  );
}

const TONES = { active: 'green', expired: 'grey', revoked: 'red' } as const;

function Key({ apiKey, onRotate, onRevoke }: { apiKey: ApiKey; onRotate: () => void; onRevoke: () => void }) {
  const { user } = useMe();
  const mine = apiKey.user_id === user.id;
  const active = apiKey.state === 'active';
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-72">
        <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
          {apiKey.name}
          <code className="font-mono text-sm text-muted">{apiKey.hint}…</code>
          <Badge tone={TONES[apiKey.state as keyof typeof TONES] ?? 'grey'}>{apiKey.replaced_by && active ? 'replaced' : apiKey.state}</Badge>
        </p>
        <p className="m-0 text-sm break-words text-muted">
          {mine ? null : `${apiKey.user_name} · `}
          {apiKey.scopes.join(', ')}
        </p>
        <p className="m-0 text-sm text-muted">
          {apiKey.last_used_at ? `last used ${ago(apiKey.last_used_at)}${apiKey.last_used_ip ? ` from ${apiKey.last_used_ip}` : ''}` : 'never used'} · until{' '}
          {dateTime(apiKey.expires_at)}
        </p>
      </div>
      {active ? (
        <div className="flex gap-2">
          {mine && !apiKey.replaced_by ? (
            <Button size="sm" aria-label={`Replace ${apiKey.name}`} onClick={onRotate}>
              Replace
            </Button>
          ) : null}
          <Button size="sm" aria-label={`Revoke ${apiKey.name}`} onClick={onRevoke}>
            Revoke…
          </Button>
        </div>
      ) : null}
    </li>
  );
}

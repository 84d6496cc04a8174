import { useMutation, useQuery, useQueryClient, queryOptions } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useSignOut } from '@/components/account-menu';
import { Card, Facts } from '@/components/detail-frame';
import { ProblemBanner } from '@/components/problem-banner';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { SelectField } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { api, body } from '@/lib/api';
import { ago, dateTime, words } from '@/lib/format';
import { setPrefs, type Density, type Theme, usePrefs } from '@/lib/prefs';
import { useMe } from '@/lib/session';
import type { SessionItem } from '@/lib/types';
import { useTitle } from '@/lib/use-title';
import { ApiKeysCard } from './api-keys-card';
import { deviceName } from './device-name';
import { EmailCard } from './email-card';
import { LeaveCard } from './leave-card';
import { PasskeysCard } from './passkeys-card';
import { PasswordCard } from './password-card';
import { SecondFactorCard } from './second-factor-card';

const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => body(api.GET('/api/v1/sessions')),
});

export function AccountPage() {
  const { user, organization, membership } = useMe();
  const signOut = useSignOut();
  useTitle('Account');
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-4 sm:px-6">
      <header className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <h1 className="m-0 text-xl font-semibold">Account</h1>
        <Button icon={<LogOut size={15} aria-hidden="true" />} onClick={() => void signOut()}>
          Sign out
        </Button>
      </header>
      <Card title="You">
        <Facts
          items={[
            ['Name', user.name],
            ['E-mail', user.email],
            ['Organization', organization.name],
            ['Role', membership.role_id ? membership.role_name : words(membership.role)],
            ['Sees', membership.row_scope === 'organization' ? 'everything' : `${membership.row_scope} records`],
            ['Time zone', organization.time_zone],
          ]}
        />
      </Card>
      <EmailCard />
      <PasswordCard />
      <PasskeysCard />
      <SecondFactorCard />
      <Display />
      <Sessions />
      <ApiKeysCard />
      <LeaveCard />
    </div>
  );
}

function Display() {
  const prefs = usePrefs();
  return (
    <Card title="Display on this device">
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Theme"
          name="theme"
          value={prefs.theme}
          onValueChange={(theme) => setPrefs({ theme: theme as Theme })}
          options={[
            { value: 'system', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
        <SelectField
          label="Rows"
          name="density"
          value={prefs.density}
          onValueChange={(density) => setPrefs({ density: density as Density })}
          options={[
            { value: 'comfortable', label: 'Comfortable' },
            { value: 'compact', label: 'Compact' },
          ]}
        />
        <Checkbox label="Single-key shortcuts" checked={prefs.keys} onCheckedChange={(keys) => setPrefs({ keys })} />
      </div>
    </Card>
  );
}

function Sessions() {
  const client = useQueryClient();
  const found = useQuery(sessionsQuery);
  const refresh = () => void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const end = useMutation({
    mutationFn: async (id: string | 'others') => {
      if (id === 'others') await api.DELETE('/api/v1/sessions');
      else await api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } });
    },
    onSuccess: (_, id) => toast(id === 'others' ? 'All other sessions ended' : 'Session ended'),
    // After a refusal too: the session may be over already.
    onSettled: refresh,
  });
  const sessions = found.data?.data ?? [];
  return (
    <Card
      title="Where you are signed in"
      actions={
        sessions.length > 1 ? (
          <Button size="sm" busy={end.isPending} onClick={() => end.mutate('others')}>
            End all others
          </Button>
        ) : null
      }
    >
      <ProblemBanner error={found.error ?? end.error} onRetry={found.error ? refresh : undefined} />
      {found.isPending ? <Skeleton className="h-16" /> : null}
      <ul className="m-0 list-none divide-y divide-line p-0">
        {sessions.map((session) => (
          <Session key={session.id} session={session} busy={end.isPending} onEnd={() => end.mutate(session.id)} />
        ))}
      </ul>
    </Card>
  );
}

function Session({ session, busy, onEnd }: { session: SessionItem; busy: boolean; onEnd: () => void }) {
  const device = deviceName(session.user_agent);
  return (
    <li className="flex items-center justify-between gap-3 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <p className="m-0 flex items-center gap-2 font-medium">
          {device}
          {session.current ? <Badge tone="green">This one</Badge> : null}
        </p>
        <p className="m-0 text-sm text-muted">
          {session.ip ? `${session.ip} · ` : ''}
          <span title={dateTime(session.last_seen_at)}>last used {ago(session.last_seen_at)}</span> · since {dateTime(session.created_at)}
        </p>
      </div>
      {session.current ? null : (
        <Button size="sm" disabled={busy} aria-label={`End the session on ${device}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  );
}

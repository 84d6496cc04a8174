import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Form, useForm } from '@/components/form';
import { NewPasswordField } from '@/components/new-password-field';
import { ProblemBanner } from '@/components/problem-banner';
import { Banner } from '@/components/ui/banner';
import { Button, buttonClass } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { TextField } from '@/components/ui/text-field';
import type { Schemas } from '@/lib/api';
import { csrfToken } from '@/lib/fetcher';
import { dateTime, words } from '@/lib/format';
import { meQuery } from '@/lib/session';
import { acceptInvitation, joinOrganization, viewInvitation } from './api';
import { AuthFrame } from './auth-frame';
import { useLinkToken } from './link-token';

type Invited = Schemas['Invited'];

/** In this tab only: the token outlives a sign-in, and never stands in an address that is sent. */
const KEPT = 'som.invitation';

/** Where the link of an invitation leads: to a new account, or into another organization with the one that is there. */
export function AcceptInvitationPage() {
  const linked = useLinkToken();
  const [token] = useState(() => linked || (sessionStorage.getItem(KEPT) ?? ''));
  const found = useQuery({ queryKey: ['invitation', token], queryFn: () => viewInvitation(token), enabled: token !== '', retry: false, staleTime: Infinity });
  if (found.data) return found.data.next === 'sign_in' ? <Join invited={found.data} token={token} /> : <NewAccount invited={found.data} token={token} />;
  return (
    <AuthFrame title="Invitation">
      <div className="grid gap-4">
        {token === '' ? (
          <Banner kind="warning" title="The link is incomplete">
            Open the whole link of the mail.
          </Banner>
        ) : null}
        <ProblemBanner error={found.error} focus />
        {found.isLoading ? <Skeleton className="h-24" /> : <Link to="/sign-in">Go to sign-in</Link>}
      </div>
    </AuthFrame>
  );
}

/** What is known of the invitation, over whatever is asked. */
function Terms({ invited }: { invited: Invited }) {
  return (
    <p className="m-0">
      {invited.invited_by} invites <strong className="break-words">{invited.email}</strong> as {words(invited.role_name)}.{' '}
      <span className="text-muted">The link works until {dateTime(invited.expires_at)}.</span>
    </p>
  );
}

function NewAccount({ invited, token }: { invited: Invited; token: string }) {
  const form = useForm({ name: invited.name ?? '', password: '' });
  const send = useMutation({ mutationFn: () => acceptInvitation({ token, ...form.value }) });
  if (send.isSuccess) {
    return (
      <AuthFrame title="Your account is ready">
        <p className="mt-0 mb-4 text-muted">You belong to {invited.organization} now.</p>
        <Link to="/sign-in" className={buttonClass('primary')}>
          Sign in
        </Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={`Join ${invited.organization}`}>
      <Form onSubmit={() => send.mutate()} error={send.error} label="Accept the invitation">
        <div className="grid gap-4">
          <Terms invited={invited} />
          {/* Seen by password managers: the address that belongs to the new password. */}
          <input type="hidden" name="email" autoComplete="username" value={invited.email} readOnly />
          <TextField label="Your name" name="name" required autoComplete="name" {...form.bind('name')} />
          <NewPasswordField {...form.bind('password')} />
          <Button type="submit" kind="primary" busy={send.isPending}>
            Accept the invitation
          </Button>
        </div>
      </Form>
    </AuthFrame>
  );
}

/** With an account that is there: by whoever shows that it is theirs. */
function Join({ invited, token }: { invited: Invited; token: string }) {
  const me = useQuery({ ...meQuery, enabled: csrfToken() !== null });
  const join = useMutation({ mutationFn: () => joinOrganization(token), onSuccess: () => sessionStorage.removeItem(KEPT) });
  const signIn = { to: '/sign-in', onClick: () => sessionStorage.setItem(KEPT, token) } as const;
  if (join.data) {
    return (
      <AuthFrame title={`You belong to ${join.data.organization} now`}>
        <p className="mt-0 mb-4 text-muted">This session goes on for the organization it began with. Sign in once more to work for the new one.</p>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Link to="/">Go on as before</Link>
          <Link to="/sign-in" search={{ organization: join.data.organization_id }} className={buttonClass('primary')}>
            Sign in
          </Link>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={`Join ${invited.organization}`}>
      <div className="grid gap-4">
        <ProblemBanner error={join.error} focus />
        <Terms invited={invited} />
        {me.isLoading ? <Skeleton className="h-(--control-h)" /> : null}
        {me.data ? (
          <>
            <p className="m-0 text-muted">You are signed in as {me.data.user.email}.</p>
            <Button kind="primary" busy={join.isPending} onClick={() => join.mutate()}>
              Join
            </Button>
            <Link {...signIn} search={{ next: '/accept-invitation' }}>
              Sign in with another account
            </Link>
          </>
        ) : null}
        {!me.data && !me.isLoading ? (
          <>
            <p className="m-0 text-muted">There is an account with this address. Sign in with it to accept.</p>
            <Link {...signIn} search={{ next: '/accept-invitation' }} className={buttonClass('primary')}>
              Sign in
            </Link>
          </>
        ) : null}
      </div>
    </AuthFrame>
  );
}

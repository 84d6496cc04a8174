import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/lib/api';
import { me, PERMISSIONS } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const AT = '2026-11-24T09:30:00Z';
const ONE_PAGE = { next: null, prev: null, has_more: false, count: null };
const invitation = (change: Partial<Schemas['InvitationView']> = {}): Schemas['InvitationView'] => ({
  id: 'invite_1', email: 'mary@example.com', name: 'Mary Fields', role: 'rep', role_name: 'rep', row_scope: null, team_id: null, state: 'open', invited_by: 'usr_1', invited_by_name: 'Ada Admin',
  expires_at: '2026-11-27T09:30:00Z', sends: 1, version: 1, created_at: AT, updated_at: AT, etag: '"1"', ...change,
});
let now: Schemas['InvitationView'];
let sent: unknown[];

beforeEach(() => {
  now = invitation();
  sent = [];
  server.use(
    mock('get', '/api/v1/roles', { data: [{ name: 'rep', base: 'rep', built_in: true, members: 1, version: 0, row_scope: 'own', permissions: ['orders.read'] }], permissions: ['orders.read'] }),
    mock('get', '/api/v1/teams', { data: [], page: ONE_PAGE }),
    mock('get', '/api/v1/members', { data: [], page: ONE_PAGE }),
    mock('get', '/api/v1/invitations', () => ({ data: [now, invitation({ id: 'invite_2', email: 'old@example.com', name: null, state: 'accepted' })], page: ONE_PAGE })),
    mock('get', '/api/v1/invitations/{id}', () => now),
    mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
  );
});

describe('invitations', () => {
  it('stand beside the members, and are sent', async () => {
    server.use(
      mock('post', '/api/v1/invitations', ({ body }) => {
        sent.push(body);
        if (sent.length === 1) return refuse(409, 'already_member', { title: 'This person is a member already', errors: [{ pointer: '#/email', code: 'already_member', detail: 'A member has this address.' }] });
        return invitation();
      }, { status: 201 }),
    );
    const { user, at } = renderPage('/settings/members');
    await user.click(await screen.findByRole('link', { name: 'Invitations' }));
    expect(await screen.findByRole('row', { name: /mary@example\.com.*Mary Fields.*Rep.*Waits/ })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: /old@example\.com.*Accepted/ })).toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'New invitation' }));
    const email = await screen.findByRole('textbox', { name: /E-mail/ });
    await user.type(email, 'mary@example.com');
    await user.click(screen.getByRole('combobox', { name: 'The link works for' }));
    await user.click(await screen.findByRole('option', { name: '7 days' }));
    await user.click(screen.getByRole('button', { name: 'Create invitation' }));
    await waitFor(() => expect(email).toHaveAccessibleDescription('A member has this address.'));
    await user.click(screen.getByRole('button', { name: 'Create invitation' }));
    await waitFor(() => expect(at()).toBe('/settings/invitations/invite_1'));
    const body = { email: 'mary@example.com', name: null, role: 'rep', row_scope: null, team_id: null, expires_in_days: 7 };
    expect(sent).toEqual([body, body]);
  });

  it('are sent again with the password, and taken back, in the version that was seen', async () => {
    server.use(
      mock('post', '/api/v1/invitations/{id}/resend', ({ request }) => {
        sent.push(request.headers.get('if-match'));
        if (sent.length === 1) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        now = invitation({ sends: 2, version: 2 });
        return now;
      }),
      mock('delete', '/api/v1/invitations/{id}', ({ request }) => void sent.push(request.headers.get('if-match'))),
    );
    const { user, at } = renderPage('/settings/invitations/invite_1');
    expect(await screen.findByText(/Ada Admin · sent once · the link works until/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Send again…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Send again: “mary@example.com”' });
    await user.click(within(dialog).getByRole('button', { name: 'Send again' }));
    await user.type(await within(dialog).findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(within(dialog).getByRole('button', { name: 'Send again' }));
    expect(await screen.findByText(/sent 2 times/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Take back…' }));
    await user.click(within(await screen.findByRole('dialog', { name: 'Take back “mary@example.com”' })).getByRole('button', { name: 'Take back' }));
    await waitFor(() => expect(at()).toBe('/settings/invitations'));
    expect(sent).toEqual(['"1"', { password: 'correct horse battery staple' }, '"1"', '"2"']);
  });

  it('that are over are looked at only', async () => {
    now = invitation({ state: 'accepted' });
    renderPage('/settings/invitations/invite_1');
    expect(await screen.findByRole('textbox', { name: /E-mail/ })).toHaveValue('mary@example.com');
    for (const name of [/Send again/, /Take back/, 'Save']) expect(screen.queryByRole('button', { name })).not.toBeInTheDocument();
  });
});

describe('a member in need', () => {
  const member = (change: Partial<Schemas['MemberView']> = {}): Schemas['MemberView'] => ({
    id: 'mem_2', user_id: 'usr_2', name: 'Rita Rep', email: 'rita@example.com', role: 'rep', role_name: 'rep', row_scope: 'own', team_id: null, state: 'active', second_factor_since: AT,
    version: 3, created_at: AT, updated_at: AT, etag: '"3"', ...change,
  });

  it('is signed out everywhere, and let in without the factors that were lost', async () => {
    let rita = member();
    server.use(
      mock('get', '/api/v1/members/{id}', () => rita),
      mock('post', '/api/v1/members/{id}/end-sessions', ({ request }) => {
        sent.push(`end ${request.headers.get('if-match')}`);
        return rita;
      }),
      mock('post', '/api/v1/members/{id}/reset-second-factors', ({ request }) => {
        sent.push(`reset ${request.headers.get('if-match')}`);
        if (sent.length === 2) return refuse(409, 'works_elsewhere', { title: 'The member works for another organization, too' });
        rita = member({ second_factor_since: null, version: 4 });
        return rita;
      }),
    );
    const { user } = renderPage('/settings/members/mem_2');
    await user.click(await screen.findByRole('button', { name: 'End sessions…' }));
    await user.click(within(await screen.findByRole('dialog', { name: /^End sessions/ })).getByRole('button', { name: 'End sessions' }));
    expect(await screen.findByText('Every session is ended')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Reset second factor…' }));
    const dialog = await screen.findByRole('dialog', { name: /^Reset second factor/ });
    expect(dialog).toHaveTextContent(/Make sure that it is the member/);
    await user.click(within(dialog).getByRole('button', { name: 'Reset second factor' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('works for another organization');
    await user.click(within(dialog).getByRole('button', { name: 'Reset second factor' }));
    expect(await screen.findByText(/no second factor/)).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Reset second factor…' })).not.toBeInTheDocument());
    expect(sent).toEqual(['end "3"', 'reset "3"', 'reset "3"']);
  });

  it('is helped by nobody who may not change members', async () => {
    server.use(mock('get', '/api/v1/members/{id}', member()), mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'members.write') })));
    renderPage('/settings/members/mem_2');
    expect(await screen.findByText('You may look at it, not change it.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Reset|End sessions/ })).not.toBeInTheDocument();
  });
});

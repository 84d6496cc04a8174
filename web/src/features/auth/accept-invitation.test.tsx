import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/lib/api';
import { me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const INVITED: Schemas['Invited'] = {
  organization: 'Northwind Supplies', invited_by: 'Ada Admin', email: 'mary@example.com', name: 'Mary Fields', role_name: 'rep', expires_at: '2026-11-27T10:00:00Z', next: 'new_account',
};
let sent: unknown[];
let signedIn: boolean;

beforeEach(() => {
  sent = [];
  signedIn = false;
  window.location.hash = '#t=one-time';
  document.cookie = 'som_csrf=; max-age=0';
  server.use(
    mock('get', '/api/v1/setup', { needed: false }),
    mock('get', '/api/v1/me', () => (signedIn ? me() : refuse(401, 'unauthenticated'))),
    mock('post', '/api/v1/auth/refresh', () => refuse(401, 'session_ended')),
    mock('post', '/api/v1/auth/invitations/view', ({ body }) => {
      sent.push(body);
      return INVITED;
    }),
  );
});
afterEach(() => {
  window.location.hash = '';
});

const known = () => server.use(mock('post', '/api/v1/auth/invitations/view', { ...INVITED, next: 'sign_in' }));

describe('an invitation', () => {
  it('says who invites whom to what, and makes an account', async () => {
    server.use(
      mock('post', '/api/v1/auth/invitations/accept', ({ body }) => {
        sent.push(body);
        if (sent.length > 2) return undefined;
        return refuse(422, 'validation_failed', { errors: [{ pointer: '#/password', code: 'password_too_weak', detail: 'This is easily guessed.' }] });
      }),
    );
    const { user } = renderPage('/accept-invitation');
    expect(await screen.findByRole('heading', { name: 'Join Northwind Supplies' })).toBeInTheDocument();
    expect(screen.getByText(/Ada Admin invites/)).toHaveTextContent(/mary@example\.com as Rep\. The link works until/);
    expect(window.location.hash).toBe('');
    expect(screen.getByRole('textbox', { name: 'Your name' })).toHaveValue('Mary Fields');
    const password = screen.getByLabelText(/^Password/);
    await user.type(password, 'northwind supplies');
    await user.click(screen.getByRole('button', { name: 'Accept the invitation' }));
    await waitFor(() => expect(password).toHaveAccessibleDescription(/easily guessed/));
    await user.clear(password);
    await user.type(password, 'violet harbour nine lamps{Enter}');
    expect(await screen.findByText('You belong to Northwind Supplies now.')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in');
    expect(sent).toEqual([
      { token: 'one-time' }, { token: 'one-time', name: 'Mary Fields', password: 'northwind supplies' }, { token: 'one-time', name: 'Mary Fields', password: 'violet harbour nine lamps' },
    ]);
  });

  it('is kept while one signs in with the account that is there, and then joined', async () => {
    known();
    server.use(
      mock('post', '/api/v1/auth/sign-in', ({ body }) => {
        sent.push(body);
        signedIn = true;
        document.cookie = 'som_csrf=test-token';
        return me();
      }),
      mock('post', '/api/v1/auth/invitations/join', ({ body }) => {
        sent.push(body);
        return { organization_id: 'org_2', organization: 'Northwind Supplies' };
      }),
    );
    const { user, at } = renderPage('/accept-invitation');
    await user.click(await screen.findByRole('link', { name: 'Sign in' }));
    await waitFor(() => expect(at()).toBe('/sign-in?next=%2Faccept-invitation'));
    await user.type(await screen.findByLabelText(/E-mail/), 'mary@example.com');
    await user.type(screen.getByLabelText(/^Password/), 'correct horse battery staple{Enter}');
    await waitFor(() => expect(at()).toBe('/accept-invitation'));
    await user.click(await screen.findByRole('button', { name: 'Join' }));
    expect(await screen.findByRole('heading', { name: 'You belong to Northwind Supplies now' })).toBeInTheDocument();
    expect(sessionStorage).toHaveLength(0);
    await user.click(screen.getByRole('link', { name: 'Sign in' }));
    await user.type(await screen.findByLabelText(/E-mail/), 'mary@example.com');
    await user.type(screen.getByLabelText(/^Password/), 'correct horse battery staple{Enter}');
    const signIn = { email: 'mary@example.com', password: 'correct horse battery staple', remember: false };
    await waitFor(() => expect(sent).toEqual([signIn, { token: 'one-time' }, { ...signIn, organization_id: 'org_2' }]));
  });

  it('is not for whoever else is signed in', async () => {
    known();
    signedIn = true;
    document.cookie = 'som_csrf=test-token';
    server.use(mock('post', '/api/v1/auth/invitations/join', () => refuse(403, 'other_address', { title: 'The invitation is for another address' })));
    const { user } = renderPage('/accept-invitation');
    expect(await screen.findByText('You are signed in as ada@example.com.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Join' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The invitation is for another address');
    expect(screen.getByRole('link', { name: 'Sign in with another account' })).toHaveAttribute('href', '/sign-in?next=%2Faccept-invitation');
  });

  it('says when its link is over, or not whole', async () => {
    server.use(mock('post', '/api/v1/auth/invitations/view', () => refuse(403, 'invalid_link', { title: 'The link is wrong, used or too old' })));
    const { unmount } = renderPage('/accept-invitation');
    expect(await screen.findByRole('alert')).toHaveTextContent('The link is wrong, used or too old');
    unmount();
    window.location.hash = '';
    renderPage('/accept-invitation');
    expect(await screen.findByText('The link is incomplete')).toBeInTheDocument();
  });
});

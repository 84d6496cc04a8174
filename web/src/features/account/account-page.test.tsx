import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { setPrefs } from '@/lib/prefs';
import type { SessionItem } from '@/lib/types';
import { me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { deviceName } from './device-name';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1';
const session = (change: Partial<SessionItem> = {}): SessionItem => ({
  id: 'ses_1', created_at: '2026-11-20T09:30:00Z', last_seen_at: '2026-11-20T09:30:00Z', expires_at: '2026-12-20T09:30:00Z', user_agent: FIREFOX, ip: '203.0.113.7', current: true, ...change,
});

let sessions: SessionItem[] = [];
beforeEach(() => {
  sessions = [session(), session({ id: 'ses_2', user_agent: SAFARI, ip: null, current: false }), session({ id: 'ses_3', user_agent: 'curl/8', current: false })];
  setPrefs({ theme: 'system', density: 'comfortable', keys: true, railOpen: true });
  server.use(mock('get', '/api/v1/sessions', () => ({ data: sessions, page: { next: null, prev: null, has_more: false, count: null } })));
});

async function open() {
  const page = renderPage('/account');
  await screen.findByText('Firefox on Linux');
  return page;
}

describe('account', () => {
  it('says who one is and how far one sees', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ membership: { id: 'mem_1', role: 'manager', role_id: 'role_1', role_name: 'Sales manager', row_scope: 'team', team_id: 'tea_1' } })));
    await open();
    expect(screen.getByText('Role').nextSibling).toHaveTextContent('Sales manager');
    expect(screen.getByText('Sees').nextSibling).toHaveTextContent('team records');
    expect(screen.getByText('Time zone').nextSibling).toHaveTextContent('Europe/Berlin');
  });

  it('lists the devices and ends one session', async () => {
    const ended: string[] = [];
    server.use(
      mock('delete', '/api/v1/sessions/{id}', ({ params, request }) => {
        ended.push(`${params.id} ${request.headers.get('x-csrf-token')}`);
        sessions = sessions.filter(({ id }) => id !== params.id);
        return undefined;
      }),
    );
    const { user } = await open();
    const here = screen.getByText('Firefox on Linux').closest('li')!;
    expect(here).toHaveTextContent(/This one.*203\.0\.113\.7 · last used/);
    expect(within(here).queryByRole('button')).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'End the session on Safari on iOS' }));
    await waitFor(() => expect(screen.queryByText('Safari on iOS')).not.toBeInTheDocument());
    expect(ended).toEqual(['ses_2 test-token']);
    expect(screen.getAllByText('Session ended')).not.toHaveLength(0);
  });

  it('ends all others at once, and then offers that no more', async () => {
    server.use(
      mock('delete', '/api/v1/sessions', () => {
        sessions = sessions.slice(0, 1);
        return undefined;
      }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'End all others' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'End all others' })).not.toBeInTheDocument());
    expect(screen.getByText('Firefox on Linux')).toBeInTheDocument();
  });

  it('says why a session could not be ended', async () => {
    server.use(mock('delete', '/api/v1/sessions/{id}', () => refuse(404, 'not_found', { title: 'That session is over already' })));
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: /Safari/ }));
    expect(await screen.findByRole('alert')).toHaveTextContent('That session is over already');
  });

  it('changes the password with the present one', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/password', ({ body }) => {
        sent.push(body);
        if (sent.length > 1) return undefined;
        return refuse(403, 'wrong_password', { title: 'The present password is wrong' });
      }),
    );
    const { user } = await open();
    const [present, next] = [screen.getByLabelText(/Present password/), screen.getByLabelText(/New password/)];
    await user.type(present, 'not the present one');
    await user.type(next, 'violet harbour nine lamps{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('The present password is wrong');
    expect(next).toHaveValue('violet harbour nine lamps');
    await user.clear(present);
    await user.type(present, 'correct horse battery staple{Enter}');
    await waitFor(() => expect(present).toHaveValue(''));
    expect(screen.getAllByText(/Password changed/)).not.toHaveLength(0);
    expect(sent[1]).toEqual({ current_password: 'correct horse battery staple', new_password: 'violet harbour nine lamps' });
  });

  it('changes the address by mail, with the password when it is asked for', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
      mock('post', '/api/v1/auth/email', ({ body }) => {
        sent.push(body);
        if (sent.length === 1) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        return undefined;
      }),
    );
    const { user } = await open();
    const address = screen.getByRole('textbox', { name: /New address/ });
    expect(address).toHaveAccessibleDescription('Now it is ada@example.com.');
    await user.type(address, 'ada@new.example{Enter}');
    await user.type(await screen.findByLabelText(/Your password/), 'correct horse battery staple{Enter}');
    expect(await screen.findByText(/mailbox of ada@new\.example within 24 hours/)).toBeInTheDocument();
    expect(address).toHaveValue('');
    expect(sent).toEqual([{ email: 'ada@new.example' }, { password: 'correct horse battery staple' }, { email: 'ada@new.example' }]);
  });

  it('keeps the look on this device', async () => {
    const { user } = await open();
    await user.click(screen.getByRole('combobox', { name: 'Theme' }));
    await user.click(await screen.findByRole('option', { name: 'Dark' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
    await user.click(screen.getByRole('combobox', { name: 'Rows' }));
    await user.click(await screen.findByRole('option', { name: 'Compact' }));
    expect(document.documentElement.dataset.density).toBe('compact');
    await user.click(screen.getByRole('checkbox', { name: 'Single-key shortcuts' }));
    expect(JSON.parse(localStorage.getItem('som.prefs')!)).toMatchObject({ theme: 'dark', density: 'compact', keys: false });
    await user.keyboard('?');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('signs out: the server first, then what the page remembers', async () => {
    let out = 0;
    sessionStorage.setItem('som.list.orders', 'ord_1');
    server.use(
      mock('get', '/api/v1/setup', { needed: false }),
      mock('post', '/api/v1/auth/sign-out', () => {
        out += 1;
        return undefined;
      }),
    );
    const { user, at, client } = await open();
    await user.click(screen.getByRole('button', { name: 'Sign out' }));
    await waitFor(() => expect(at()).toBe('/sign-in'));
    expect(out).toBe(1);
    expect(sessionStorage).toHaveLength(0);
    expect(client.getQueryData(['me'])).toBeUndefined();
  });

  it('stays, and says so, when the server could not end the session', async () => {
    sessionStorage.setItem('som.list.orders', 'ord_1');
    server.use(mock('post', '/api/v1/auth/sign-out', () => refuse(503, 'unavailable', { title: 'The server is busy' })));
    const { user, at, client } = await open();
    await user.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(await screen.findAllByText('You are still signed in')).not.toHaveLength(0);
    expect(screen.getAllByText('The server is busy')).not.toHaveLength(0);
    expect(at()).toBe('/account');
    expect(sessionStorage).toHaveLength(1);
    expect(client.getQueryData(['me'])).toBeDefined();
  });

  it('signs out from the menu and by command', async () => {
    let out = 0;
    server.use(
      mock('get', '/api/v1/setup', { needed: false }),
      mock('get', '/api/v1/search', { orders: [], customers: [], products: [] }),
      mock('post', '/api/v1/auth/sign-out', () => {
        out += 1;
        return undefined;
      }),
    );
    const { user, at, unmount } = await open();
    await user.click(screen.getByRole('button', { name: 'Account of Ada Admin' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    await waitFor(() => expect(at()).toBe('/sign-in'));
    unmount();
    const again = await open();
    await again.user.keyboard('{Control>}k{/Control}');
    await again.user.keyboard('sign out{Enter}');
    await waitFor(() => expect(again.at()).toBe('/sign-in'));
    expect(out).toBe(2);
  });

  it('looks again after a refusal: the session may be over already', async () => {
    server.use(
      mock('delete', '/api/v1/sessions/{id}', ({ params }) => {
        sessions = sessions.filter(({ id }) => id !== params.id);
        return refuse(404, 'not_found', { title: 'That session is over already' });
      }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: /Safari/ }));
    await waitFor(() => expect(screen.queryByText('Safari on iOS')).not.toBeInTheDocument());
    expect(screen.getByRole('alert')).toHaveTextContent('That session is over already');
  });

  it('says what failed and tries again', async () => {
    server.use(mock('get', '/api/v1/sessions', () => refuse(503, 'unavailable', { title: 'The server is busy' })));
    const { user } = renderPage('/account');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The server is busy');
    server.use(mock('get', '/api/v1/sessions', () => ({ data: sessions, page: { next: null, prev: null, has_more: false, count: null } })));
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Firefox on Linux')).toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('asks for the password, and leads back, when the session ended meanwhile', async () => {
    server.use(
      mock('get', '/api/v1/setup', { needed: false }),
      mock('delete', '/api/v1/sessions', () => refuse(401, 'unauthenticated')),
      mock('post', '/api/v1/auth/refresh', () => refuse(401, 'session_ended')),
    );
    const { user, at } = await open();
    server.use(mock('get', '/api/v1/me', () => refuse(401, 'unauthenticated')));
    await user.click(screen.getByRole('button', { name: 'End all others' }));
    await waitFor(() => expect(at()).toBe('/sign-in?next=%2Faccount'));
  });

  it('names devices by browser and system', () => {
    expect(deviceName(null)).toBe('Unknown device');
    expect(deviceName('Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140')).toBe('Edge on Windows');
    expect(deviceName('Mozilla/5.0 (Linux; Android 15) Chrome/140 Safari/537')).toBe('Chrome on Android');
    expect(deviceName(`curl/8.5 ${'x'.repeat(80)}`)).toHaveLength(60);
  });
});

import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schemas } from '@/lib/api';
import { challenge, plugIn } from '@/testing/authenticator';
import { me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const AT = '2026-11-01T09:00:00Z';
const CODES = Array.from({ length: 10 }, (_, index) => `k3m9x-7q2ad-${index}`);
const key = (change: Partial<Schemas['PasskeyView']> = {}): Schemas['PasskeyView'] => ({ id: 'psk_1', name: 'Telephone', created_at: AT, last_used_at: null, ...change });
const ALONE = { required: false, passkeys: [key()], authenticator: null, recovery_codes: { left: 10, made_at: AT } };
let state: Schemas['SecondFactors'];
let sent: unknown[];

beforeEach(() => {
  sent = [];
  state = { required: false, passkeys: [], authenticator: null, recovery_codes: { left: 0 } };
  server.use(
    mock('get', '/api/v1/me', () => me({ second_factor: { set_up: state.passkeys.length > 0, required: state.required } })),
    mock('get', '/api/v1/sessions', { data: [], page: { next: null, prev: null, has_more: false, count: null } }),
    mock('get', '/api/v1/second-factors', () => state),
    mock('post', '/api/v1/auth/passkey-challenge', challenge('shown')),
    mock('post', '/api/v1/passkeys/begin', challenge('made')),
    mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
    mock('post', '/api/v1/auth/step-up/passkey', ({ body }) => void sent.push(body)),
    mock('post', '/api/v1/passkeys', ({ body }) => {
      sent.push(body);
      state = { ...ALONE, passkeys: [key({ name: body.name })] };
      return { passkey: key({ name: body.name }), recovery_codes: CODES };
    }, { status: 201 }),
  );
});
afterEach(() => vi.unstubAllGlobals());

async function add() {
  const page = renderPage('/account');
  await page.user.click(await screen.findByRole('button', { name: 'Add a passkey…' }));
  return { ...page, dialog: await screen.findByRole('dialog', { name: 'Add a passkey' }) };
}

describe('the passkeys of an account', () => {
  it('are named and made, with the password when it is asked for; the first brings recovery codes once', async () => {
    const { asked } = plugIn();
    server.use(mock('post', '/api/v1/passkeys/begin', () => (sent.length ? challenge('made') : refuse(403, 'reauth_required'))));
    const { user, dialog } = await add();
    const name = within(dialog).getByRole('textbox', { name: /^Name/ });
    await user.clear(name);
    await user.type(name, 'Yellow key{Enter}');
    await user.type(await within(dialog).findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(within(dialog).getByRole('button', { name: 'Continue' }));
    const shown = await screen.findByRole('list', { name: 'Recovery codes' });
    expect(within(shown).getAllByRole('listitem').map((item) => item.textContent)).toEqual(CODES);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByRole('button', { name: 'Remove Yellow key' })).toBeInTheDocument();
    expect(screen.getByText('10 left')).toBeInTheDocument();
    expect(asked.map(({ way }) => way)).toEqual(['create']);
    expect(sent).toEqual([{ password: 'correct horse battery staple' }, { ceremony: 'made', name: 'Yellow key', credential: { id: 'AQIDBA', type: 'public-key' } }]);
  });

  it('are not made when one thinks better of it, and not twice on one device', async () => {
    const authenticator = plugIn('NotAllowedError');
    const { user, dialog } = await add();
    await user.click(within(dialog).getByRole('button', { name: 'Continue' }));
    expect(await within(dialog).findByText('No passkey was shown')).toBeInTheDocument();
    expect(within(dialog).queryByRole('alert')).not.toBeInTheDocument();
    authenticator.answer = 'InvalidStateError';
    await user.click(within(dialog).getByRole('button', { name: 'Continue' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('There is a passkey of yours on this device already');
    expect(sent).toEqual([]);
  });

  it('say what is wrong with their name at its field', async () => {
    plugIn();
    server.use(mock('post', '/api/v1/passkeys', () => refuse(422, 'validation_failed', { errors: [{ pointer: '#/name', code: 'required', detail: 'A name is needed.' }] })));
    const { user, dialog } = await add();
    const name = within(dialog).getByRole('textbox', { name: /^Name/ });
    await user.clear(name);
    await user.click(within(dialog).getByRole('button', { name: 'Continue' }));
    await waitFor(() => expect(name).toHaveAccessibleDescription(/A name is needed/));
  });

  it('are removed by who shows one, which goes on by itself', async () => {
    const authenticator = plugIn('NotAllowedError');
    state = { ...ALONE, passkeys: [key(), key({ id: 'psk_2', name: 'Yellow key', last_used_at: AT })] };
    server.use(
      mock('delete', '/api/v1/passkeys/{id}', ({ params }) => {
        if (sent.length === 0) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        sent.push(params.id);
        state = ALONE;
        return undefined;
      }),
    );
    const { user } = renderPage('/account');
    expect(await screen.findByText(/since 1 Nov 2026|since Nov 1, 2026/, { selector: 'p:has(span[title])' })).toHaveTextContent(/last used/);
    await user.click(screen.getByRole('button', { name: 'Remove Yellow key' }));
    const dialog = await screen.findByRole('dialog', { name: 'Remove “Yellow key”' });
    await user.click(within(dialog).getByRole('button', { name: 'Remove it' }));
    const show = await within(dialog).findByRole('button', { name: 'Use a passkey' });
    expect(within(dialog).getByRole('textbox', { name: /Recovery code/ })).toBeInTheDocument();
    await user.click(show);
    expect(await within(dialog).findByText('No passkey was shown')).toBeInTheDocument();
    authenticator.answer = { id: 'AQIDBA' };
    await user.click(show);
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toEqual([{ ceremony: 'shown', credential: { id: 'AQIDBA' } }, 'psk_2']);
    await waitFor(() => expect(screen.queryByText('Yellow key')).not.toBeInTheDocument());
  });

  it('stay when they are the second factor that the organization asks for', async () => {
    plugIn();
    state = { ...ALONE, required: true };
    const { unmount } = renderPage('/account');
    expect(await screen.findByRole('button', { name: 'Remove Telephone' })).toBeDisabled();
    expect(screen.queryByText('Your organization asks for it')).not.toBeInTheDocument();
    unmount();
    state = { ...ALONE, required: true, authenticator: { added_at: AT, last_used_at: null } };
    renderPage('/account');
    expect(await screen.findByRole('button', { name: 'Remove Telephone' })).toBeEnabled();
    expect(screen.getByRole('button', { name: 'Remove the authenticator app' })).toBeEnabled();
  });

  it('are explained, not offered, where the browser cannot make one', async () => {
    state = ALONE;
    renderPage('/account');
    expect(await screen.findByText(/This browser cannot make one/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Add a passkey…' })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Remove Telephone' })).toBeInTheDocument();
  });
});

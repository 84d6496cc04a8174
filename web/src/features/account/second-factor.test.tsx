import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schemas } from '@/lib/api';
import { me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const CODES = Array.from({ length: 10 }, (_, index) => `k3m9x-7q2ad-${index}`);
const BEGUN: Schemas['AuthenticatorBegun'] = {
  secret: 'JBSWY3DPEHPK3PXP', address: 'otpauth://totp/x', qr_code: { size: 21, path: 'M0 0h7v1h-7z' }, expires_at: '2026-11-24T10:00:00Z',
};
const on = (change: Partial<Schemas['SecondFactors']> = {}): Schemas['SecondFactors'] => ({
  required: false, passkeys: [], authenticator: { added_at: '2026-11-01T09:00:00Z', last_used_at: null }, recovery_codes: { left: 2, made_at: '2026-11-01T09:00:00Z' }, ...change,
});
let state: Schemas['SecondFactors'];

beforeEach(() => {
  state = { required: false, passkeys: [], authenticator: null, recovery_codes: { left: 0 } };
  server.use(
    mock('get', '/api/v1/sessions', { data: [], page: { next: null, prev: null, has_more: false, count: null } }),
    mock('get', '/api/v1/second-factors', () => state),
  );
});

describe('the second factor of an account', () => {
  it('is set up with password, picture and first code, and gives recovery codes once', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
      mock('post', '/api/v1/second-factors/authenticator', () => {
        sent.push('begun');
        return sent.length === 1 ? refuse(403, 'reauth_required', { title: 'Show your password again first' }) : BEGUN;
      }),
      mock('post', '/api/v1/second-factors/authenticator/confirm', ({ body }) => {
        sent.push(body);
        if (body.code === '000000') return refuse(403, 'wrong_code', { errors: [{ pointer: '#/code', code: 'wrong_code', detail: 'Wrong code.' }] });
        state = on({ recovery_codes: { left: 10 } });
        return { recovery_codes: CODES };
      }),
    );
    const { user } = renderPage('/account');
    await user.click(await screen.findByRole('button', { name: 'Set up…' }));
    await user.click(await screen.findByRole('button', { name: 'Begin' }));
    await user.type(await screen.findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(screen.getByRole('button', { name: 'Begin' }));
    expect(await screen.findByRole('img', { name: /^QR code/ })).toBeInTheDocument();
    expect(screen.getByText('JBSW Y3DP EHPK 3PXP')).toBeInTheDocument();
    const code = screen.getByRole('textbox', { name: /^Code/ });
    await user.type(code, '000000{Enter}');
    await waitFor(() => expect(code).toHaveAccessibleDescription('Wrong code.'));
    await user.clear(code);
    await user.type(code, '123 456{Enter}');
    const shown = await screen.findByRole('list', { name: 'Recovery codes' });
    expect(within(shown).getAllByRole('listitem').map((item) => item.textContent)).toEqual(CODES);
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(copied).toHaveBeenCalledWith(`${CODES.join('\n')}\n`);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText('10 left')).toBeInTheDocument();
    expect(sent).toEqual(['begun', { password: 'correct horse battery staple' }, 'begun', { code: '000000' }, { code: '123 456' }]);
  });

  it('tells how many recovery codes are left, makes new ones with a code of the app, and is removed', async () => {
    state = on();
    const sent: unknown[] = [];
    server.use(
      mock('get', '/api/v1/me', () => me({ second_factor: { set_up: true, required: false } })),
      mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
      mock('post', '/api/v1/second-factors/recovery-codes', () => (sent.length ? { recovery_codes: CODES } : refuse(403, 'reauth_required'))),
      mock('delete', '/api/v1/second-factors/authenticator', () => {
        sent.push('removed');
        state = { required: false, passkeys: [], authenticator: null, recovery_codes: { left: 0 } };
        return undefined;
      }),
    );
    const { user } = renderPage('/account');
    expect(await screen.findByText('2 left')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Make new recovery codes' }));
    await user.click(await screen.findByRole('button', { name: 'Make them' }));
    await user.type(await screen.findByLabelText(/Your password/), 'correct horse battery staple');
    await user.type(screen.getByLabelText(/Code of your authenticator app/), '123 456');
    await user.click(screen.getByRole('button', { name: 'Make them' }));
    expect(await screen.findByRole('list', { name: 'Recovery codes' })).toBeInTheDocument();
    expect(sent).toEqual([{ password: 'correct horse battery staple', second_factor: { method: 'totp', code: '123 456' } }]);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    await user.click(await screen.findByRole('button', { name: 'Remove the authenticator app' }));
    await user.click(await screen.findByRole('button', { name: 'Remove it' }));
    expect(await screen.findByRole('button', { name: 'Set up…' })).toBeInTheDocument();
  });

  it('cannot be removed where the organization asks for it, and comes before anything else', async () => {
    state = on({ required: true });
    const { unmount } = renderPage('/account');
    expect(await screen.findByRole('button', { name: 'Remove the authenticator app' })).toBeDisabled();
    unmount();
    state = { required: true, passkeys: [], authenticator: null, recovery_codes: { left: 0 } };
    server.use(mock('get', '/api/v1/me', () => me({ second_factor: { set_up: false, required: true } })));
    const { user, at } = renderPage('/orders');
    expect(await screen.findByRole('heading', { name: 'Set up a second factor first' })).toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'Go to your account' }));
    expect(await screen.findByText('Your organization asks for it')).toBeInTheDocument();
    expect(at()).toBe('/account');
  });
});

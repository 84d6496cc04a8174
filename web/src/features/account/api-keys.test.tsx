import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { escape } from '@/testing/dialogs';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { ApiKey } from './api';

const PAGE = { next: null, prev: null, has_more: false, count: null };
const KEY = 'som_pat_Ab3dEf5h';
const apiKey = (change: Partial<ApiKey> = {}): ApiKey => ({
  id: 'key_1', name: 'Web shop', hint: 'som_pat_Ab3d', user_id: 'usr_1', user_name: 'Ada Admin', scopes: ['orders.read', 'orders.write'], networks: [],
  state: 'active', created_at: '2026-11-20T09:30:00Z', expires_at: '2027-02-18T09:30:00Z', last_used_at: '2026-11-20T09:30:00Z',
  last_used_ip: '203.0.113.7', replaced_by: null, ...change,
});

let keys: ApiKey[] = [];
beforeEach(() => {
  keys = [];
  server.use(
    mock('get', '/api/v1/sessions', { data: [], page: PAGE }),
    mock('get', '/api/v1/api-keys', () => ({ data: keys, page: PAGE })),
  );
});

describe('API keys', () => {
  it('are made for chosen permissions, with the password when it is asked for, and shown once', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
      mock('post', '/api/v1/api-keys', ({ body }) => {
        sent.push(body);
        if (sent.length === 1) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        keys = [apiKey()];
        return { key: KEY, api_key: keys[0]! };
      }, { status: 201 }),
    );
    const { user } = renderPage('/account');
    await user.click(await screen.findByRole('button', { name: 'New key' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByRole('textbox', { name: /What it is for/ }), 'Web shop');
    await user.click(within(dialog).getByRole('checkbox', { name: 'orders.read' }));
    await user.type(within(dialog).getByRole('textbox', { name: /Only from these/ }), '203.0.113.0/24 198.51.100.7');
    expect(within(dialog).queryByRole('checkbox', { name: 'members.write' })).not.toBeInTheDocument();
    await user.click(within(dialog).getByRole('button', { name: 'Make the key' }));
    await user.type(await within(dialog).findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(within(dialog).getByRole('button', { name: 'Make the key' }));
    expect(await screen.findByRole('textbox', { name: 'Key' })).toHaveValue(KEY);
    const wanted = { name: 'Web shop', scopes: ['orders.read'], expires_in_days: 90, networks: ['203.0.113.0/24', '198.51.100.7'] };
    expect(sent).toEqual([wanted, { password: 'correct horse battery staple' }, wanted]);
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(copied).toHaveBeenCalledWith(KEY);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(screen.queryByDisplayValue(KEY)).not.toBeInTheDocument());
    expect(await screen.findByText('Web shop')).toBeInTheDocument();
  });

  it('say what is wrong where it is', async () => {
    server.use(
      mock('post', '/api/v1/api-keys', () =>
        refuse(422, 'validation_failed', {
          errors: [
            { pointer: '#/scopes', code: 'out_of_range', detail: 'Name the permissions the key may use.' },
            { pointer: '#/networks/0', code: 'invalid_network', detail: 'Not an address or network.' },
          ],
        }),
      ),
    );
    const { user } = renderPage('/account');
    await user.click(await screen.findByRole('button', { name: 'New key' }));
    await user.click(await screen.findByRole('button', { name: 'Make the key' }));
    await waitFor(() => expect(screen.getByRole('group', { name: 'It may' })).toHaveAccessibleDescription('Name the permissions the key may use.'));
    expect(screen.getByRole('textbox', { name: /Only from these/ })).toHaveAccessibleDescription(/Not an address or network/);
  });

  it('are replaced with an overlap', async () => {
    keys = [apiKey()];
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/api-keys/{id}/rotate', ({ body, params }) => {
        sent.push(params.id, body);
        keys = [apiKey({ id: 'key_2', hint: 'som_pat_Zz9z' }), apiKey({ replaced_by: 'key_2' })];
        return { key: KEY, api_key: keys[0]! };
      }, { status: 201 }),
    );
    const { user } = renderPage('/account');
    await user.click(await screen.findByRole('button', { name: 'Replace Web shop' }));
    await user.click(await screen.findByRole('combobox', { name: 'The old key ends' }));
    await user.click(await screen.findByRole('option', { name: 'After an hour' }));
    await user.click(screen.getByRole('button', { name: 'Replace the key' }));
    expect(await screen.findByRole('textbox', { name: 'Key' })).toHaveValue(KEY);
    expect(sent).toEqual(['key_1', { overlap_hours: 1 }]);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText('replaced')).toBeInTheDocument();
    expect(screen.getAllByRole('button', { name: 'Replace Web shop' })).toHaveLength(1);
  });

  it('are revoked; those of others cannot be replaced', async () => {
    keys = [apiKey({ user_id: 'usr_2', user_name: 'Rob Rep' }), apiKey({ id: 'key_3', name: 'Old', state: 'expired', last_used_at: null })];
    server.use(
      mock('delete', '/api/v1/api-keys/{id}', ({ params }) => {
        keys = keys.map((key) => (key.id === params.id ? { ...key, state: 'revoked' } : key));
        return undefined;
      }),
    );
    const { user } = renderPage('/account');
    expect(await screen.findByText(/Rob Rep · orders.read, orders.write/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Replace/ })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Revoke Old' })).not.toBeInTheDocument();
    const revoke = screen.getByRole('button', { name: 'Revoke Web shop' });
    revoke.focus();
    await user.keyboard('{Enter}');
    await escape(user, await screen.findByRole('dialog', { name: 'Revoke “Web shop”' }));
    await waitFor(() => expect(revoke).toHaveFocus());
    expect(screen.getByText('active')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('button', { name: 'Revoke the key' }));
    expect(await screen.findByText('revoked')).toBeInTheDocument();
  });
});

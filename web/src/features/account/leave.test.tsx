import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

let sent: unknown[];

beforeEach(() => {
  sent = [];
  server.use(
    mock('get', '/api/v1/setup', { needed: false }),
    mock('get', '/api/v1/sessions', { data: [], page: { next: null, prev: null, has_more: false, count: null } }),
    mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
    mock('post', '/api/v1/auth/leave', () => {
      sent.push('leave');
      return sent.length === 1 ? refuse(409, 'last_owner', { title: 'An organization needs an active owner' }) : undefined;
    }),
    mock('delete', '/api/v1/auth/account', () => {
      sent.push('delete');
      return sent.length === 1 ? refuse(403, 'reauth_required', { title: 'Show your password again first', detail: 'POST /api/v1/auth/step-up' }) : undefined;
    }),
  );
});

describe('leaving', () => {
  it('is asked twice, is refused to the last owner, and ends at the sign-in', async () => {
    const { user, at, client } = renderPage('/account');
    await user.click(await screen.findByRole('button', { name: 'Leave Northwind Supplies…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Leave Northwind Supplies' });
    await user.click(within(dialog).getByRole('button', { name: 'Leave' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('An organization needs an active owner');
    await user.click(within(dialog).getByRole('button', { name: 'Leave' }));
    await waitFor(() => expect(at()).toBe('/sign-in'));
    expect(client.getQueryData(['me'])).toBeUndefined();
    expect(sent).toEqual(['leave', 'leave']);
  });

  it('for good takes the password again, which is asked for and no error', async () => {
    const { user, at } = renderPage('/account');
    await user.click(await screen.findByRole('button', { name: 'Delete your account…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete your account' });
    await user.click(within(dialog).getByRole('button', { name: 'Delete it' }));
    expect(await within(dialog).findByText('Show that it is you')).toBeInTheDocument();
    expect(within(dialog).queryByRole('alert')).not.toBeInTheDocument();
    expect(dialog).not.toHaveTextContent('/api/v1');
    await user.type(within(dialog).getByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(within(dialog).getByRole('button', { name: 'Delete it' }));
    await waitFor(() => expect(at()).toBe('/sign-in'));
    expect(sent).toEqual(['delete', { password: 'correct horse battery staple' }, 'delete']);
  });
});

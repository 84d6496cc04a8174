import { screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const options = { sign_up: 'open', mail: true, password_min_length: 15, password_max_length: 256, captcha: { provider: 'off', asked_for: [] } };
const NEW = 'violet harbour nine lamps';

function openLink(address: string, hash = '#t=one-time') {
  window.location.hash = hash;
  return renderPage(address);
}

afterEach(() => {
  window.location.hash = '';
});

describe('sign-up', () => {
  async function fillIn() {
    const page = renderPage('/sign-up');
    await page.user.type(await screen.findByRole('textbox', { name: /Your name/ }), 'Ada Byron');
    await page.user.type(screen.getByRole('textbox', { name: /E-mail/ }), 'ada@example.com');
    await page.user.type(screen.getByLabelText(/^Password/), NEW);
    await page.user.type(screen.getByRole('textbox', { name: /^Name/ }), 'Northwind');
    return page;
  }

  it('is offered on the sign-in page and ends at the mailbox, where the mail can be sent again', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('get', '/api/v1/setup', { needed: false }),
      mock('post', '/api/v1/auth/sign-up', ({ body }) => void sent.push(body)),
      mock('post', '/api/v1/auth/sign-up/resend', ({ body }) => void sent.push(body)),
    );
    const page = renderPage('/sign-in');
    await page.user.click(await screen.findByRole('link', { name: 'Sign up' }));
    await waitFor(() => expect(page.at()).toBe('/sign-up'));
    page.unmount();
    const { user } = await fillIn();
    expect(screen.getByLabelText(/^Password/)).toHaveAccessibleDescription(/At least 15 characters/);
    await user.click(screen.getByRole('button', { name: 'Sign up' }));
    expect(await screen.findByRole('heading', { name: 'Look into your mailbox' })).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Send it again' }));
    expect(await screen.findByText('Another mail is on its way')).toBeInTheDocument();
    expect(sent).toEqual([
      {
        name: 'Ada Byron',
        email: 'ada@example.com',
        password: NEW,
        organization: { name: 'Northwind', country: 'DE', currency: 'EUR', time_zone: expect.any(String) as string },
      },
      { email: 'ada@example.com' },
    ]);
  });

  it('puts each problem at its field and keeps what was typed', async () => {
    server.use(
      mock('post', '/api/v1/auth/sign-up', () =>
        refuse(422, 'validation_failed', {
          errors: [
            { pointer: '#/email', code: 'email_domain_not_allowed', detail: 'Addresses of this domain cannot sign up here.' },
            { pointer: '#/password', code: 'password_too_weak', detail: 'This password is easy to guess.' },
          ],
        }),
      ),
    );
    const { user } = await fillIn();
    await user.click(screen.getByRole('button', { name: 'Sign up' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: /E-mail/ })).toHaveAccessibleDescription(/this domain cannot/));
    expect(screen.getByLabelText(/^Password/)).toHaveAccessibleDescription(/easy to guess/);
    expect(screen.getByLabelText(/^Password/)).toHaveValue(NEW);
  });

  it('is neither offered nor possible where it is closed', async () => {
    server.use(mock('get', '/api/v1/setup', { needed: false }), mock('get', '/api/v1/auth/options', { ...options, sign_up: 'invitation' }));
    const page = renderPage('/sign-in');
    expect(await screen.findByRole('link', { name: 'Forgotten password' })).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Sign up' })).not.toBeInTheDocument();
    page.unmount();
    renderPage('/sign-up');
    expect(await screen.findByRole('heading', { name: 'Sign-up is closed' })).toBeInTheDocument();
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('is confirmed by a button of the linked page, and the token leaves the address', async () => {
    const sent: unknown[] = [];
    server.use(mock('post', '/api/v1/auth/sign-up/confirm', ({ body }) => void sent.push(body)));
    const { user } = openLink('/confirm-sign-up');
    const button = await screen.findByRole('button', { name: 'Confirm the address' });
    expect(window.location.hash).toBe('');
    expect(sent).toEqual([]);
    await user.click(button);
    expect(await screen.findByRole('heading', { name: 'Your account is ready' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in');
    expect(sent).toEqual([{ token: 'one-time' }]);
  });

  it('says that a link is used up or incomplete', async () => {
    server.use(mock('post', '/api/v1/auth/sign-up/confirm', () => refuse(403, 'invalid_link', { title: 'The link is wrong, used or too old' })));
    const page = openLink('/confirm-sign-up');
    await page.user.click(await screen.findByRole('button', { name: 'Confirm the address' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The link is wrong, used or too old');
    page.unmount();
    openLink('/confirm-sign-up', '');
    expect(await screen.findByText('The link is incomplete')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Confirm the address' })).toBeDisabled();
  });
});

describe('a forgotten password', () => {
  it('is answered alike for every address', async () => {
    const sent: unknown[] = [];
    server.use(mock('post', '/api/v1/auth/password-reset', ({ body }) => void sent.push(body)));
    const { user } = renderPage('/forgot-password');
    await user.type(await screen.findByRole('textbox', { name: /E-mail/ }), 'ada@example.com{Enter}');
    expect(await screen.findByText(/If there is an account for/)).toHaveTextContent('ada@example.com');
    expect(sent).toEqual([{ email: 'ada@example.com' }]);
  });

  it('says how long to wait after too many requests', async () => {
    server.use(
      mock('post', '/api/v1/auth/password-reset', () => refuse(429, 'rate_limited', { title: 'Too many attempts', detail: 'Try again in 20 minutes.', retryable: true })),
    );
    const { user } = renderPage('/forgot-password');
    await user.type(await screen.findByRole('textbox', { name: /E-mail/ }), 'ada@example.com{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/Try again in 20 minutes/);
    expect(screen.getByRole('textbox', { name: /E-mail/ })).toHaveValue('ada@example.com');
  });

  it('leads to an administrator where the server sends no mail', async () => {
    server.use(mock('get', '/api/v1/setup', { needed: false }), mock('get', '/api/v1/auth/options', { ...options, mail: false }));
    renderPage('/forgot-password');
    expect(await screen.findByText(/Ask an administrator/)).toBeInTheDocument();
  });

  it('is set anew by link', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/password-reset/complete', ({ body }) => {
        sent.push(body);
        if (sent.length > 1) return undefined;
        return refuse(422, 'validation_failed', { errors: [{ pointer: '#/password', code: 'password_too_short', detail: 'At least 15 characters.' }] });
      }),
    );
    const { user } = openLink('/reset-password');
    const field = await screen.findByLabelText(/New password/);
    expect(window.location.hash).toBe('');
    await user.type(field, 'short{Enter}');
    await waitFor(() => expect(field).toHaveAccessibleDescription(/At least 15 characters\./));
    await user.clear(field);
    await user.type(field, `${NEW}{Enter}`);
    expect(await screen.findByRole('heading', { name: 'The new password counts' })).toBeInTheDocument();
    expect(sent).toEqual([
      { token: 'one-time', password: 'short' },
      { token: 'one-time', password: NEW },
    ]);
  });

  it('needs the whole link', async () => {
    openLink('/reset-password', '');
    expect(await screen.findByText('The link is incomplete')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Set the password' })).toBeDisabled();
    expect(screen.getByRole('link', { name: 'Ask for another link' })).toHaveAttribute('href', '/forgot-password');
  });
});

describe('a change of address', () => {
  it('counts when the link in the new mailbox is followed, and is undone from the one before', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/email/confirm', ({ body }) => void sent.push(body)),
      mock('post', '/api/v1/auth/email/undo', ({ body }) => {
        sent.push(body);
        if (sent.length === 2) return refuse(403, 'invalid_link', { title: 'The link is wrong, used or too old' });
        return undefined;
      }),
    );
    const { user, unmount } = openLink('/confirm-email');
    await user.click(await screen.findByRole('button', { name: 'Confirm the address' }));
    expect(await screen.findByRole('heading', { name: 'The new address counts' })).toBeInTheDocument();
    expect(window.location.hash).toBe('');
    unmount();
    const next = openLink('/undo-email', '#t=other');
    await next.user.click(await screen.findByRole('button', { name: 'Take it back' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The link is wrong, used or too old');
    await next.user.click(screen.getByRole('button', { name: 'Take it back' }));
    expect(await screen.findByRole('heading', { name: 'Your address counts again' })).toBeInTheDocument();
    expect(sent).toEqual([{ token: 'one-time' }, { token: 'other' }, { token: 'other' }]);
  });
});

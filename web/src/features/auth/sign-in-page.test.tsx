import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { dashboard, me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { safeNext } from './sign-in-page';

const signedOut = mock('get', '/api/v1/me', () => refuse(401, 'unauthenticated'));
const refreshed = mock('post', '/api/v1/auth/refresh', () => refuse(401, 'session_ended'));
const ready = mock('get', '/api/v1/setup', { needed: false });

describe('sign-in', () => {
  it('sends a visitor to sign-in and back to the page they wanted', async () => {
    let sent: unknown;
    server.use(
      signedOut,
      refreshed,
      ready,
      mock('get', '/api/v1/dashboard', dashboard()),
      mock('post', '/api/v1/auth/sign-in', ({ body, request }) => {
        sent = { ...body, csrf: request.headers.get('x-csrf-token') };
        return me();
      }),
    );
    const { user, at } = renderPage('/account');
    await user.type(await screen.findByLabelText(/E-mail/), 'ada@example.com');
    await user.type(screen.getByLabelText(/^Password/), 'correct horse battery');
    expect(at()).toBe('/sign-in?next=%2Faccount');
    server.use(mock('get', '/api/v1/me', () => me()), mock('get', '/api/v1/sessions', () => refuse(403, 'forbidden')));
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('button', { name: /Account of Ada Admin/ })).toBeInTheDocument();
    expect(at()).toBe('/account');
    expect(sent).toEqual({ email: 'ada@example.com', password: 'correct horse battery', remember: false, csrf: 'test-token' });
  });

  it('shows the refusal and keeps what was typed', async () => {
    server.use(
      ready,
      mock('post', '/api/v1/auth/sign-in', () => refuse(401, 'invalid_credentials', { title: 'E-mail or password is wrong' })),
    );
    const { user } = renderPage('/sign-in');
    await user.type(await screen.findByLabelText(/E-mail/), 'ada@example.com');
    await user.type(screen.getByLabelText(/^Password/), 'wrong');
    await user.keyboard('{Enter}');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('E-mail or password is wrong');
    expect(alert).toHaveFocus();
    expect(screen.getByLabelText(/E-mail/)).toHaveValue('ada@example.com');
  });

  it('says how long to wait after too many attempts', async () => {
    server.use(
      ready,
      mock('post', '/api/v1/auth/sign-in', () => refuse(429, 'rate_limited', { title: 'Too many attempts', detail: 'Try again in 30 seconds.', retryable: true })),
    );
    const { user, at } = renderPage('/sign-in');
    await user.type(await screen.findByLabelText(/E-mail/), 'ada@example.com');
    await user.type(screen.getByLabelText(/^Password/), 'wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(/Too many attempts.*Try again in 30 seconds\./);
    expect(screen.getByLabelText(/^Password/)).toHaveValue('wrong');
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeEnabled();
    expect(at()).toBe('/sign-in');
  });

  it('names the field that is missing, and keeps the session on request', async () => {
    const sent: boolean[] = [];
    server.use(
      ready,
      mock('post', '/api/v1/auth/sign-in', ({ body }) => {
        sent.push(body.remember ?? false);
        return refuse(422, 'validation', { errors: [{ pointer: '#/email', code: 'required', detail: 'An e-mail address is needed.' }] });
      }),
    );
    const { user } = renderPage('/sign-in');
    await user.click(await screen.findByRole('checkbox', { name: /Keep me signed in/ }));
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(screen.getByLabelText(/E-mail/)).toHaveAccessibleDescription('An e-mail address is needed.'));
    expect(sent).toEqual([true]);
  });

  it('asks for the password again where one was, when the session ends', async () => {
    server.use(ready, mock('get', '/api/v1/dashboard', dashboard()), mock('get', '/api/v1/sessions', () => refuse(401, 'unauthenticated')), refreshed);
    const { user, at } = renderPage('/');
    await screen.findByRole('region', { name: 'My work' });
    server.use(signedOut);
    await user.keyboard('gu');
    await screen.findByRole('heading', { name: 'Sign in' });
    expect(at()).toBe('/sign-in?next=%2Faccount');
  });

  it('shows the password on request', async () => {
    server.use(ready);
    const { user } = renderPage('/sign-in');
    const field = await screen.findByLabelText(/^Password/);
    await user.click(screen.getByRole('button', { name: 'Show password' }));
    expect(field).toHaveAttribute('type', 'text');
  });

  it('says what to do on a server that is not set up', async () => {
    server.use(mock('get', '/api/v1/setup', { needed: true }));
    renderPage('/sign-in');
    expect(await screen.findByText('This server is not set up yet')).toBeInTheDocument();
  });

  it('never leads away from the app', () => {
    expect(safeNext('/orders?view=late')).toBe('/orders?view=late');
    for (const bad of [undefined, 'https://evil.example', '//evil.example', '/\\evil.example', 'orders']) {
      expect(safeNext(bad)).toBe('/');
    }
  });
});

import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

let sent: unknown[];
let signedIn: boolean;
const asked = (methods = ['totp', 'recovery_code']) => refuse(401, 'second_factor_required', { title: 'The password is right. Now show your second factor.', methods });

beforeEach(() => {
  sent = [];
  signedIn = false;
  document.cookie = 'som_csrf=; max-age=0';
  server.use(
    mock('get', '/api/v1/me', () => (signedIn ? me() : refuse(401, 'unauthenticated'))),
    mock('get', '/api/v1/setup', { needed: false }),
    mock('get', '/api/v1/dashboard', () => refuse(500, 'internal')),
    mock('post', '/api/v1/auth/refresh', () => refuse(401, 'session_ended')),
    mock('post', '/api/v1/auth/sign-in', () => asked()),
    mock('post', '/api/v1/auth/sign-in/second-factor', ({ body }) => {
      sent.push(body);
      if (body.code.includes('000')) return refuse(401, 'wrong_code', { title: 'The code is wrong' });
      signedIn = true;
      return me();
    }),
  );
});

async function withPassword() {
  const page = renderPage('/sign-in?next=/account');
  await page.user.type(await screen.findByLabelText(/E-mail/), 'ada@example.com');
  await page.user.type(screen.getByLabelText(/^Password/), 'correct horse battery staple{Enter}');
  await screen.findByRole('heading', { name: 'Second factor' });
  return page;
}

describe('a sign-in with a second factor', () => {
  it('takes a pasted code with its blank, at once, and goes where one wanted', async () => {
    const { user, at } = await withPassword();
    const field = screen.getByRole('textbox', { name: /^Code/ });
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute('autocomplete', 'one-time-code');
    await user.paste('123 456');
    await waitFor(() => expect(at()).toBe('/account'));
    expect(sent).toEqual([{ method: 'totp', code: '123 456' }]);
  });

  it('says that a code is wrong, and takes the next one', async () => {
    const { user, at } = await withPassword();
    await user.keyboard('000000');
    const field = screen.getByRole('textbox', { name: /^Code/ });
    await waitFor(() => expect(field).toHaveAccessibleDescription('The code is wrong'));
    expect(field).toHaveFocus();
    await user.keyboard('654321');
    await waitFor(() => expect(at()).toBe('/account'));
    expect(sent).toHaveLength(2);
  });

  it('takes a recovery code in its place', async () => {
    const { user, at } = await withPassword();
    await user.click(screen.getByRole('button', { name: 'Use a recovery code' }));
    const field = screen.getByRole('textbox', { name: /Recovery code/ });
    await waitFor(() => expect(field).toHaveFocus());
    await user.keyboard('k3m9x-7q2ad{Enter}');
    await waitFor(() => expect(at()).toBe('/account'));
    expect(sent).toEqual([{ method: 'recovery_code', code: 'k3m9x-7q2ad' }]);
  });

  it('begins again when it waited too long, and goes back on request', async () => {
    server.use(mock('post', '/api/v1/auth/sign-in/second-factor', () => refuse(401, 'challenge_ended', { title: 'The sign-in took too long' })));
    const { user } = await withPassword();
    await user.keyboard('123456');
    await user.click(await screen.findByRole('button', { name: 'Begin again' }));
    expect(await screen.findByLabelText(/E-mail/)).toHaveValue('ada@example.com');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await user.click(await screen.findByRole('button', { name: 'Back' }));
    expect(await screen.findByLabelText(/E-mail/)).toBeInTheDocument();
  });
});

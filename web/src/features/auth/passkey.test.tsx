import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { challenge, plugIn } from '@/testing/authenticator';
import { me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

let sent: unknown[];
let signedIn: boolean;

beforeEach(() => {
  sent = [];
  signedIn = false;
  document.cookie = 'som_csrf=; max-age=0';
  server.use(
    mock('get', '/api/v1/me', () => (signedIn ? me() : refuse(401, 'unauthenticated'))),
    mock('get', '/api/v1/setup', { needed: false }),
    mock('get', '/api/v1/sessions', () => refuse(403, 'forbidden')),
    mock('post', '/api/v1/auth/refresh', () => refuse(401, 'session_ended')),
    mock('post', '/api/v1/auth/passkey-challenge', challenge('cer_1')),
    mock('post', '/api/v1/auth/sign-in/passkey', ({ body }) => {
      sent.push(body);
      signedIn = true;
      return me();
    }),
  );
});
afterEach(() => vi.unstubAllGlobals());

async function open() {
  const page = renderPage('/sign-in?next=/account');
  return { ...page, press: async () => page.user.click(await screen.findByRole('button', { name: 'Sign in with a passkey' })) };
}

describe('a sign-in with a passkey', () => {
  it('takes no address and no password, stays on request, and goes where one wanted', async () => {
    const { asked } = plugIn();
    const { user, at, press } = await open();
    await user.click(await screen.findByRole('checkbox', { name: /Keep me signed in/ }));
    await press();
    await waitFor(() => expect(at()).toBe('/account'));
    expect(asked).toEqual([{ way: 'get', options: { publicKey: { parsed: { challenge: 'AQ' } } } }]);
    expect(sent).toEqual([{ ceremony: 'cer_1', credential: { id: 'AQIDBA', type: 'public-key' }, remember: true }]);
  });

  it('is no error when it is cancelled, and can be begun again', async () => {
    const authenticator = plugIn('NotAllowedError');
    const { at, press } = await open();
    await press();
    expect(await screen.findByText('No passkey was shown')).toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    authenticator.answer = { id: 'AQIDBA' };
    await press();
    await waitFor(() => expect(at()).toBe('/account'));
  });

  it('tells what the server refused, until the password is tried', async () => {
    plugIn();
    server.use(
      mock('post', '/api/v1/auth/sign-in/passkey', () => refuse(401, 'passkey_refused', { title: 'No account here has this passkey' })),
      mock('post', '/api/v1/auth/sign-in', () => refuse(401, 'invalid_credentials', { title: 'E-mail or password is wrong' })),
    );
    const { user, press } = await open();
    await press();
    expect(await screen.findByRole('alert')).toHaveTextContent('No account here has this passkey');
    server.use(mock('post', '/api/v1/auth/sign-in/passkey', () => refuse(429, 'rate_limited', { title: 'Too many attempts', detail: 'Try again in 30 seconds.' })));
    await press();
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(/Too many attempts.*30 seconds/));
    await user.type(screen.getByLabelText(/^Password/), 'wrong{Enter}');
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('E-mail or password is wrong'));
    expect(screen.queryByText('Too many attempts')).not.toBeInTheDocument();
  });

  it.each([
    ['SecurityError', 'This address has no passkeys'],
    ['NotSupportedError', 'This device cannot make such a passkey'],
    ['ConstraintError', 'This device cannot tell that it is you'],
    ['AbortError', 'No passkey was shown'],
    ['DataError', 'Something went wrong in this page'],
  ])('says what %s means', async (name, words) => {
    plugIn(name);
    const { press } = await open();
    await press();
    expect(await screen.findByText(words)).toBeInTheDocument();
  });

  it('says so where the browser does not know them', async () => {
    const { press } = await open();
    await press();
    expect(await screen.findByRole('alert')).toHaveTextContent(/This browser does not know passkeys.*Use the password/);
    expect(sent).toEqual([]);
  });
});

import { screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { dashboard, me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { readToken } from './link-token';

const needed = mock('get', '/api/v1/setup', { needed: true });

async function open(hash = '#t=one-time') {
  window.location.hash = hash;
  const page = renderPage('/setup');
  await screen.findByRole('heading', { name: 'Welcome' });
  expect(window.location.hash).toBe('');
  return page;
}

afterEach(() => {
  window.location.hash = '';
});

async function fillIn(user: Awaited<ReturnType<typeof open>>['user']) {
  await user.type(screen.getByRole('textbox', { name: /^Name/ }), 'Northwind');
  await user.type(screen.getByRole('textbox', { name: /Your name/ }), 'Ada Admin');
  await user.type(screen.getByRole('textbox', { name: /E-mail/ }), 'ada@example.com');
  await user.type(screen.getByLabelText(/^Password/), 'correct horse battery');
}

describe('first run', () => {
  it('sets the server up with the one-time token and leads home', async () => {
    let sent: unknown;
    server.use(
      needed,
      mock('get', '/api/v1/dashboard', dashboard()),
      mock('post', '/api/v1/setup', ({ body }) => {
        sent = body;
        return me();
      }, { status: 201 }),
    );
    const { user, at } = await open();
    await fillIn(user);
    await user.click(screen.getByRole('combobox', { name: 'Country' }));
    await user.click(await screen.findByRole('option', { name: 'Switzerland' }));
    // The currency follows the country.
    expect(screen.getByRole('combobox', { name: 'Currency' })).toHaveTextContent('CHF');
    await user.click(screen.getByRole('checkbox', { name: /demo/ }));
    await user.click(screen.getByRole('button', { name: 'Create and sign in' }));
    expect(await screen.findByRole('region', { name: 'My work' })).toBeInTheDocument();
    expect(at()).toBe('/');
    expect(sent).toEqual({
      token: 'one-time',
      organization: { name: 'Northwind', country: 'CH', currency: 'CHF', time_zone: expect.any(String) as string },
      administrator: { name: 'Ada Admin', email: 'ada@example.com', password: 'correct horse battery' },
      demo_data: false,
    });
  });

  it('puts each problem at its field', async () => {
    server.use(
      needed,
      mock('post', '/api/v1/setup', () =>
        refuse(422, 'validation', {
          errors: [
            { pointer: '#/organization/name', code: 'too_short', detail: 'A name is needed.' },
            { pointer: '#/administrator/password', code: 'breached', detail: 'This password is known to thieves.' },
          ],
        }),
      ),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Create and sign in' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: /^Name/ })).toHaveAccessibleDescription('A name is needed.'));
    expect(screen.getByLabelText(/^Password/)).toHaveAccessibleDescription(/known to thieves/);
    expect(screen.getByRole('alert')).toHaveFocus();
  });

  it('says that the link is incomplete, and that a token is used up', async () => {
    server.use(needed, mock('post', '/api/v1/setup', () => refuse(403, 'invalid_setup_token', { title: 'The link is used up' })));
    const { user } = await open('');
    expect(screen.getByText('The link is incomplete')).toBeInTheDocument();
    await fillIn(user);
    await user.click(screen.getByRole('button', { name: 'Create and sign in' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The link is used up');
    expect(screen.getByRole('textbox', { name: /^Name/ })).toHaveValue('Northwind');
  });

  it('keeps all that was typed when the server is busy, and sends it again on request', async () => {
    const sent: unknown[] = [];
    server.use(
      needed,
      mock('get', '/api/v1/dashboard', dashboard()),
      mock('post', '/api/v1/setup', ({ body }) => {
        sent.push(body);
        if (sent.length === 1) return refuse(503, 'unavailable', { title: 'The server is busy' });
        if (sent.length === 2) return refuse(429, 'rate_limited', { title: 'Too many attempts' });
        return me();
      }, { status: 201 }),
    );
    const { user, at } = await open();
    await fillIn(user);
    await user.keyboard('{Enter}');
    expect(await screen.findByText('The server is busy')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Create and sign in' }));
    expect(await screen.findByText('Too many attempts')).toBeInTheDocument();
    expect(screen.getByLabelText(/^Password/)).toHaveValue('correct horse battery');
    await user.click(screen.getByRole('button', { name: 'Create and sign in' }));
    await waitFor(() => expect(at()).toBe('/'));
    expect(sent).toHaveLength(3);
    expect(sent[2]).toEqual(sent[0]);
  });

  it('offers the form when the server does not say whether it is set up', async () => {
    server.use(mock('get', '/api/v1/setup', () => refuse(503, 'unavailable')));
    await open();
    expect(screen.getByRole('button', { name: 'Create and sign in' })).toBeEnabled();
  });

  it('leads to sign-in on a server that is set up', async () => {
    server.use(mock('get', '/api/v1/setup', { needed: false }));
    renderPage('/setup');
    expect(await screen.findByRole('heading', { name: 'Already set up' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go to sign-in' })).toHaveAttribute('href', '/sign-in');
  });

  it('reads the token from the fragment', () => {
    expect([readToken('#t=abc'), readToken('t=abc'), readToken('')]).toEqual(['abc', 'abc', '']);
  });
});

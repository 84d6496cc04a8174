import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { coded, customer, me, pageOf } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

beforeEach(() =>
  server.use(
    mock('get', '/api/v1/payment-terms', pageOf([{ ...coded('net30', 'Net 30'), due_days: 30 }])),
    mock('get', '/api/v1/customer-groups', pageOf([coded('wholesale', 'Wholesale')])),
    mock('get', '/api/v1/price-lists', pageOf([])),
    mock('get', '/api/v1/orders', pageOf([])),
    mock('get', '/api/v1/customers/{id}', ({ params }) => customer({ id: params.id })),
    mock('get', '/api/v1/customers/{id}/timeline', () => Response.json(pageOf([]))),
  ),
);

const field = (name: string | RegExp) => screen.getByRole('textbox', { name });

describe('a new customer', () => {
  async function open() {
    const page = renderPage('/customers/new');
    await screen.findByRole('heading', { level: 1, name: 'New customer' });
    return page;
  }

  it('sends terms and address, and opens what was made', async () => {
    let sent: unknown;
    let key: string | null = null;
    server.use(
      mock('post', '/api/v1/customers', ({ body, request }) => {
        sent = body;
        key = request.headers.get('idempotency-key');
        return customer({ id: 'cus_9' });
      }, { status: 201 }),
    );
    const { user, at } = await open();
    await user.type(field(/^Name/), ' Acme GmbH ');
    await user.type(field('E-mail'), 'orders@acme.example');
    await user.type(field('Credit limit'), '20,000.50');
    await user.click(screen.getByRole('combobox', { name: 'Payment terms' }));
    await user.click(await screen.findByRole('option', { name: 'Net 30' }));
    await user.click(screen.getByRole('combobox', { name: 'Tax status' }));
    await user.click(await screen.findByRole('option', { name: 'Reverse charge' }));
    await user.type(field(/Street lines/), 'Hauptstraße 1');
    await user.type(field('City'), 'Berlin');
    await user.click(screen.getByRole('button', { name: 'Create customer' }));
    await waitFor(() => expect(at()).toBe('/customers/cus_9'));
    expect(key).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent).toEqual({
      name: 'Acme GmbH', kind: 'company', currency: 'EUR', tax_status: 'reverse_charge', tax_number: null, email: 'orders@acme.example', phone: null,
      credit_limit: '20000.50', payment_term_id: 'id_net30', group_id: null, price_list_id: null, notes: null,
      addresses: [{
        label: null, kind: 'both', recipient: 'Acme GmbH', lines: ['Hauptstraße 1'], city: 'Berlin', region: null, postal_code: null, country: 'DE',
        is_default: true, valid_from: null, valid_to: null,
      }],
    });
    expect(await screen.findAllByText('Customer C-000001 created')).not.toHaveLength(0);
  });

  it('leaves the address out on request, and saves with Ctrl+S from inside a field', async () => {
    let sent: { addresses?: unknown[] | null } = {};
    server.use(
      mock('post', '/api/v1/customers', ({ body }) => {
        sent = body;
        return customer({ id: 'cus_9' });
      }, { status: 201 }),
    );
    const { user, at } = await open();
    await user.type(field(/Street lines/), 'Hauptstraße 1');
    await user.click(screen.getByRole('checkbox', { name: 'Create with this address' }));
    await user.type(field(/^Name/), 'Acme{Control>}s{/Control}');
    await waitFor(() => expect(at()).toBe('/customers/cus_9'));
    expect(sent.addresses).toEqual([]);
  });

  it('puts problems at their fields, those of the address too', async () => {
    server.use(
      mock('post', '/api/v1/customers', () =>
        refuse(422, 'validation', {
          errors: [
            { pointer: '#/code', code: 'taken', detail: 'C-1 is taken.', suggestions: ['C-2'] },
            { pointer: '#/addresses/0/lines/0', code: 'too_long', detail: 'A line is too long.' },
          ],
        }),
      ),
    );
    const { user } = await open();
    await user.type(field('Code'), 'C-1');
    await user.type(field(/Street lines/), 'Long');
    await user.click(screen.getByRole('button', { name: 'Create customer' }));
    await waitFor(() => expect(field('Code')).toHaveAccessibleDescription(/C-1 is taken. Did you mean C-2\?/));
    expect(field(/Street lines/)).toHaveAccessibleDescription('A line is too long.');
    await user.click(screen.getByRole('button', { name: 'A line is too long.' }));
    expect(field(/Street lines/)).toHaveFocus();
  });

  it('is closed to those who may not', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['customers.read'] })));
    renderPage('/customers/new');
    expect(await screen.findByRole('heading', { name: 'You may not use this page' })).toBeInTheDocument();
    expect(screen.getByText(/lacks the permission customers\.write/)).toBeInTheDocument();
  });
});

describe('a changed customer', () => {
  async function open() {
    const page = renderPage('/customers/cus_1/edit');
    await screen.findByRole('heading', { level: 1, name: 'Edit Acme GmbH' });
    return page;
  }

  it('sends only what was changed, with the version one has seen', async () => {
    let sent: unknown;
    server.use(
      mock('patch', '/api/v1/customers/{id}', ({ body, request, params }) => {
        sent = [params.id, request.headers.get('if-match'), body];
        return customer({ version: 2, name: 'Acme AG' });
      }),
    );
    const { user, at } = await open();
    expect(screen.queryByRole('textbox', { name: /Street lines/ })).not.toBeInTheDocument();
    await user.clear(field(/^Name/));
    await user.type(field(/^Name/), 'Acme AG');
    await user.clear(field('Phone'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(at()).toBe('/customers/cus_1'));
    expect(sent).toEqual(['cus_1', '"1"', { name: 'Acme AG', phone: null }]);
  });

  it('can be saved after someone else changed another field', async () => {
    const matches: (string | null)[] = [];
    server.use(
      mock('patch', '/api/v1/customers/{id}', ({ request }) => {
        matches.push(request.headers.get('if-match'));
        if (matches.length > 1) return customer({ version: 6 });
        server.use(mock('get', '/api/v1/customers/{id}', customer({ version: 5, phone: '+49 30 9999' })));
        return refuse(412, 'stale_version', { title: 'The customer was changed meanwhile' });
      }),
    );
    const { user, at } = await open();
    await user.type(field(/^Name/), ' AG');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('The customer was changed meanwhile');
    expect(field(/^Name/)).toHaveValue('Acme GmbH AG');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(at()).toBe('/customers/cus_1'));
    expect(matches).toEqual(['"1"', '"5"']);
  });

  it('goes back without saving', async () => {
    await open();
    expect(screen.getByRole('link', { name: 'Cancel' })).toHaveAttribute('href', '/customers/cus_1');
  });
});

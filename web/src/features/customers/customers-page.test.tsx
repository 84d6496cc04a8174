import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { coded, customer, customerItem, me, orderItem, pageOf, priceList, productItem } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { Customer } from '@/lib/types';
import { addressRequest, emptyAddress } from './address-fields';

const timeline = (data: unknown[] = []) => mock('get', '/api/v1/customers/{id}/timeline', () => Response.json(pageOf(data)));
const choices = [
  mock('get', '/api/v1/payment-terms', pageOf([{ ...coded('net30', 'Net 30'), due_days: 30 }])),
  mock('get', '/api/v1/customer-groups', pageOf([coded('wholesale', 'Wholesale')])),
  mock('get', '/api/v1/price-lists', pageOf([priceList({ id: 'id_eu' })])),
];

let shown: Customer;
beforeEach(() => {
  shown = customer();
  server.use(
    ...choices,
    timeline(),
    mock('get', '/api/v1/orders', pageOf([])),
    mock('get', '/api/v1/customers/{id}', () => shown),
  );
});

async function open(address = '/customers/cus_1') {
  const page = renderPage(address);
  await screen.findByRole('heading', { level: 1, name: /Acme GmbH/ });
  return page;
}

describe('the list of customers', () => {
  it('shows how to reach them and what they may owe', async () => {
    let asked = '';
    server.use(
      mock('get', '/api/v1/customers', ({ query }) => {
        asked = String(query);
        return pageOf([customerItem(), customerItem({ id: 'cus_2', name: 'Birch Ltd', code: 'C-2', status: 'blocked', credit_limit: null })]);
      }),
    );
    renderPage('/customers?status=active,blocked');
    expect(await screen.findByRole('row', { name: /Acme GmbH/ })).toHaveTextContent(/C-000001.*Active.*orders@acme\.example.*\+49 30 1234.*EUR.*€20,000\.00/);
    expect(screen.getByRole('row', { name: /Birch/ })).toHaveTextContent(/Blocked.*none/);
    expect(asked).toBe('status=active%2Cblocked&sort=name');
    expect(screen.getByRole('link', { name: 'Acme GmbH' })).toHaveAttribute('href', '/customers/cus_1');
  });

  it('offers to make the first one, to those who may', async () => {
    server.use(mock('get', '/api/v1/customers', pageOf([])));
    const { unmount } = renderPage('/customers');
    await screen.findByRole('heading', { name: 'No customers yet' });
    expect(screen.getAllByRole('link', { name: 'New customer' })[0]).toHaveAttribute('href', '/customers/new');
    unmount();
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['customers.read'] })));
    renderPage('/customers');
    await screen.findByRole('heading', { name: 'No customers yet' });
    expect(screen.queryByRole('link', { name: 'New customer' })).not.toBeInTheDocument();
  });
});

describe('a customer', () => {
  it('shows terms by name, and its latest orders', async () => {
    shown = customer({ payment_term_id: 'id_net30', group_id: 'id_wholesale', price_list_id: 'id_eu', notes: 'Closed on Fridays' });
    let asked = '';
    server.use(
      mock('get', '/api/v1/orders', ({ query }) => {
        asked = String(query);
        return pageOf([orderItem()]);
      }),
      timeline([{ id: 'aud_1', at: '2026-11-20T09:30:00Z', kind: 'edit', action: 'created', actor: { id: 'usr_1', name: 'Ada Admin' }, diff: {} }]),
    );
    await open();
    expect(await screen.findByText('Net 30')).toBeInTheDocument();
    expect(await screen.findByText('Wholesale')).toBeInTheDocument();
    expect(await screen.findByText('Europe B')).toBeInTheDocument();
    expect(screen.getByText('€20,000.00')).toBeInTheDocument();
    expect(screen.getByText('Closed on Fridays')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'orders@acme.example' })).toHaveAttribute('href', 'mailto:orders@acme.example');
    expect(await screen.findByRole('link', { name: 'SO-2026-000042' })).toHaveAttribute('href', '/orders/ord_1');
    expect(asked).toBe('customer_id=cus_1&limit=20&sort=-created_at');
    expect(screen.getByRole('link', { name: 'All of them' })).toHaveAttribute('href', '/orders?view=all&customer_id=cus_1');
    expect(await screen.findByText('created')).toBeInTheDocument();
  });

  it('hides a timeline one may not read, and says that orders cannot be had', async () => {
    server.use(
      mock('get', '/api/v1/customers/{id}/timeline', () => refuse(403, 'forbidden')),
      mock('get', '/api/v1/orders', () => refuse(500, 'internal', { title: 'Orders cannot be had' })),
    );
    await open();
    expect(await screen.findByRole('alert')).toHaveTextContent('Orders cannot be had');
    expect(screen.queryByRole('heading', { name: 'Timeline' })).not.toBeInTheDocument();
  });

  it('starts an order, but not for one who is blocked', async () => {
    const { unmount } = await open();
    expect(within(screen.getByRole('main')).getByRole('link', { name: 'New order' })).toHaveAttribute('href', '/orders/new?customer=cus_1');
    unmount();
    shown = customer({ status: 'blocked' });
    await open();
    expect(screen.getByText('This customer is blocked')).toBeInTheDocument();
    expect(within(screen.getByRole('main')).queryByRole('link', { name: 'New order' })).not.toBeInTheDocument();
  });

  it('blocks with the version one has seen, and says when that is refused', async () => {
    const sent: (string | null)[] = [];
    server.use(
      mock('post', '/api/v1/customers/{id}/block', ({ request }) => {
        sent.push(request.headers.get('if-match'));
        shown = customer({ version: 2, status: 'blocked' });
        return shown;
      }),
      mock('post', '/api/v1/customers/{id}/activate', () => refuse(409, 'open_debts', { title: 'Not now', detail: 'There are open debts.' })),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    expect(screen.queryByRole('menuitem', { name: /Activate/ })).not.toBeInTheDocument();
    await user.click(await screen.findByRole('menuitem', { name: /Block/ }));
    expect(await screen.findByText('This customer is blocked')).toBeInTheDocument();
    expect(sent).toEqual(['"1"']);
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await user.click(await screen.findByRole('menuitem', { name: /Activate/ }));
    expect(await screen.findAllByText('There are open debts.')).not.toHaveLength(0);
  });

  it('has no actions for those who may only read', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['customers.read'] })));
    await open();
    expect(screen.queryByRole('link', { name: 'Edit' })).not.toBeInTheDocument();
    expect(screen.queryByRole('tab', { name: 'Prices' })).not.toBeInTheDocument();
  });

  it('tells what this customer pays', async () => {
    let asked: Record<string, string> = {};
    server.use(
      mock('get', '/api/v1/products', ({ query }) => pageOf(query.get('q') === 'hex' ? [productItem({ name: 'Hex bolt' })] : [])),
      mock('get', '/api/v1/prices/explain', ({ query }) => {
        asked = Object.fromEntries(query);
        return { unit_price: '11.9', currency: 'EUR', unit: 'pcs', includes_tax: false, source: 'price_list', steps: [], rejected: [] };
      }),
    );
    const { user } = await open('/customers/cus_1?tab=prices');
    const form = await screen.findByRole('form', { name: 'Price tester' });
    expect(within(form).queryByRole('combobox', { name: 'Customer' })).not.toBeInTheDocument();
    expect(within(form).getByRole('button', { name: 'Show the price' })).toBeDisabled();
    await user.type(within(form).getByRole('combobox', { name: /Product/ }), 'hex');
    await user.click(await screen.findByRole('option', { name: /Hex bolt/ }));
    await user.clear(within(form).getByRole('textbox', { name: 'Quantity' }));
    await user.type(within(form).getByRole('textbox', { name: 'Quantity' }), '500');
    await user.click(within(form).getByRole('button', { name: 'Show the price' }));
    expect(await screen.findByText('€11.90')).toBeInTheDocument();
    expect(screen.getByText('from price list')).toBeInTheDocument();
    expect(asked).toMatchObject({ customer_id: 'cus_1', sku: 'HX-1020', quantity: '500', date: expect.stringMatching(/^\d{4}-/) as string });
  });
});

describe('contacts and addresses', () => {
  it('adds a contact and shows it', async () => {
    let sent: unknown;
    server.use(
      mock('post', '/api/v1/customers/{id}/contacts', ({ body, request }) => {
        sent = { body, match: request.headers.get('if-match'), key: Boolean(request.headers.get('idempotency-key')) };
        shown = customer({ version: 2, contacts: [...shown.contacts, { id: 'con_2', name: body.name, role: '', is_primary: false }] });
        return shown;
      }, { status: 201 }),
    );
    const { user, at } = await open();
    await user.click(screen.getByRole('tab', { name: /Contacts/ }));
    expect(at()).toBe('/customers/cus_1?tab=contacts');
    await user.click(await screen.findByRole('button', { name: 'Add contact' }));
    const dialog = await screen.findByRole('dialog', { name: 'New contact' });
    await user.type(within(dialog).getByRole('textbox', { name: /^Name/ }), 'Paul Payer');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(screen.getByText('Paul Payer')).toBeInTheDocument();
    expect(sent).toEqual({ match: '"1"', key: true, body: { name: 'Paul Payer', role: null, email: null, phone: null, is_primary: false } });
  });

  it('changes a contact, with problems at their fields', async () => {
    server.use(
      mock('patch', '/api/v1/customers/{id}/contacts/{contact_id}', () =>
        refuse(422, 'validation', { errors: [{ pointer: '#/email', code: 'invalid_email', detail: 'That is no e-mail address.' }] }),
      ),
    );
    const { user } = await open('/customers/cus_1?tab=contacts');
    await user.click(await screen.findByRole('button', { name: 'Edit Rita Buyer' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit Rita Buyer' });
    const email = within(dialog).getByRole('textbox', { name: 'E-mail' });
    expect(email).toHaveValue('rita@acme.example');
    await user.type(email, '@@');
    await user.click(within(dialog).getByRole('checkbox', { name: 'Primary contact' }));
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(email).toHaveAccessibleDescription('That is no e-mail address.'));
    let sent: unknown;
    server.use(
      mock('patch', '/api/v1/customers/{id}/contacts/{contact_id}', ({ body, params }) => {
        sent = [params.contact_id, body.is_primary];
        return shown;
      }),
    );
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toEqual(['con_1', false]);
  });

  it('saves over a change of someone else only after showing that there was one', async () => {
    const matches: (string | null)[] = [];
    server.use(
      mock('patch', '/api/v1/customers/{id}/contacts/{contact_id}', ({ request }) => {
        matches.push(request.headers.get('if-match'));
        if (matches.length > 1) return shown;
        shown = customer({ version: 7 });
        return refuse(412, 'stale_version', { title: 'The customer was changed meanwhile' });
      }),
    );
    const { user } = await open('/customers/cus_1?tab=contacts');
    await user.click(await screen.findByRole('button', { name: 'Edit Rita Buyer' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit Rita Buyer' });
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('The customer was changed meanwhile');
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Save' })).toBeEnabled());
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(matches).toEqual(['"1"', '"7"']);
  });

  it('removes a contact only when asked twice, and says when that is refused', async () => {
    server.use(mock('delete', '/api/v1/customers/{id}/contacts/{contact_id}', () => refuse(409, 'in_use', { title: 'Rita is named on an order' })));
    const { user } = await open('/customers/cus_1?tab=contacts');
    const remove = await screen.findByRole('button', { name: 'Remove Rita Buyer' });
    await user.click(remove);
    const question = await screen.findByRole('dialog', { name: 'Remove Rita Buyer?' });
    await user.click(within(question).getByRole('button', { name: 'Remove' }));
    expect(await within(question).findByRole('alert')).toHaveTextContent('Rita is named on an order');
    server.use(
      mock('delete', '/api/v1/customers/{id}/contacts/{contact_id}', () => {
        shown = customer({ version: 2, contacts: [] });
        return shown;
      }),
    );
    await user.click(within(question).getByRole('button', { name: 'Back' }));
    await waitFor(() => expect(question).not.toBeInTheDocument());
    await user.click(remove);
    const again = await screen.findByRole('dialog', { name: 'Remove Rita Buyer?' });
    expect(within(again).queryByRole('alert')).not.toBeInTheDocument();
    await user.click(within(again).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('Nobody is named yet.')).toBeInTheDocument();
  });

  it('adds an address in the lines of its country', async () => {
    let sent: unknown;
    server.use(
      mock('post', '/api/v1/customers/{id}/addresses', ({ body }) => {
        sent = body;
        return shown;
      }, { status: 201 }),
    );
    const { user } = await open('/customers/cus_1?tab=addresses');
    await user.click(await screen.findByRole('button', { name: 'Add address' }));
    const dialog = await screen.findByRole('dialog', { name: 'New address' });
    expect(within(dialog).getByRole('textbox', { name: 'Recipient' })).toHaveValue('Acme GmbH');
    await user.type(within(dialog).getByRole('textbox', { name: 'Label' }), 'Warehouse');
    await user.click(within(dialog).getByRole('combobox', { name: 'Used for' }));
    await user.click(await screen.findByRole('option', { name: 'Shipping' }));
    await user.type(within(dialog).getByRole('textbox', { name: /Street lines/ }), ' Hall 3{Enter}{Enter}Industrieweg 9 ');
    await user.type(within(dialog).getByRole('textbox', { name: 'City' }), 'Wien');
    await user.click(within(dialog).getByRole('combobox', { name: 'Country' }));
    await user.click(await screen.findByRole('option', { name: 'Austria' }));
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toEqual({
      label: 'Warehouse', kind: 'shipping', recipient: 'Acme GmbH', lines: ['Hall 3', 'Industrieweg 9'], city: 'Wien', region: null, postal_code: null,
      country: 'AT', is_default: false, valid_from: null, valid_to: null,
    });
  });

  it('shows, changes and removes an address', async () => {
    shown = customer({ addresses: [{ ...customer().addresses[0]!, valid_from: '2026-01-01', valid_to: null }] });
    const sent: string[] = [];
    server.use(
      mock('patch', '/api/v1/customers/{id}/addresses/{address_id}', ({ params, body }) => {
        sent.push(`${params.address_id} ${body.city}`);
        return shown;
      }),
      mock('delete', '/api/v1/customers/{id}/addresses/{address_id}', ({ params }) => {
        sent.push(`gone ${params.address_id}`);
        shown = customer({ version: 2, addresses: [] });
        return shown;
      }),
    );
    const { user } = await open('/customers/cus_1?tab=addresses');
    const panel = await screen.findByRole('tabpanel');
    expect(panel).toHaveTextContent(/Main.*Default.*Billing and shipping.*Hauptstraße 1.*10115 Berlin.*Germany.*Valid from Jan 1, 2026/);
    await user.click(within(panel).getByRole('button', { name: 'Edit address Main' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit address' });
    const city = within(dialog).getByRole('textbox', { name: 'City' });
    await user.clear(city);
    await user.type(city, 'Potsdam');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    await user.click(within(panel).getByRole('button', { name: 'Remove address Main' }));
    await user.click(within(await screen.findByRole('dialog', { name: 'Remove the address Main?' })).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText(/An order needs an address/)).toBeInTheDocument();
    expect(sent).toEqual(['adr_1 Potsdam', 'gone adr_1']);
  });

  it('turns empty address fields into nothing', () => {
    expect(addressRequest(emptyAddress('FR'))).toMatchObject({ label: null, lines: [], city: null, country: 'FR', kind: 'both' });
  });
});

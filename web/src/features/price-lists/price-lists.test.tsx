import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { customerItem, me, pageOf, price, priceList, productItem } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { Price, PriceList } from '@/lib/types';

let shown: PriceList;
let prices: Price[];
beforeEach(() => {
  shown = priceList();
  prices = [price()];
  server.use(
    mock('get', '/api/v1/price-lists/{id}', ({ params }) => ({ ...shown, id: params.id! })),
    mock('get', '/api/v1/price-lists/{id}/prices', () => pageOf(prices)),
    mock('get', '/api/v1/products', ({ query }) => pageOf(query.get('q') === 'zzz' ? [] : [productItem()])),
    mock('get', '/api/v1/customers', pageOf([customerItem()])),
  );
});

const readOnly = mock('get', '/api/v1/me', () => me({ permissions: ['prices.read'] }));

async function open(address = '/price-lists/pls_1') {
  const page = renderPage(address);
  await screen.findByRole('heading', { level: 1, name: /Europe B/ });
  await screen.findByRole('region', { name: 'Prices' });
  return page;
}

describe('the list of price lists', () => {
  it('shows validity and leads to each', async () => {
    server.use(mock('get', '/api/v1/price-lists', pageOf([priceList({ valid_from: '2026-01-01' }), priceList({ id: 'pls_2', code: 'US', name: 'America', currency: 'USD', status: 'draft' })])));
    renderPage('/price-lists');
    expect(await screen.findByRole('row', { name: /Europe B/ })).toHaveTextContent(/EU-B.*EUR.*Active.*Jan 1, 2026.*—/);
    expect(screen.getByRole('row', { name: /America/ })).toHaveTextContent(/USD.*Draft/);
    expect(screen.getByRole('link', { name: 'New price list' })).toHaveAttribute('href', '/price-lists/new');
  });

  it('answers what anybody would pay, for any customer and product', async () => {
    let asked: Record<string, string> = {};
    server.use(
      mock('get', '/api/v1/price-lists', pageOf([])),
      mock('get', '/api/v1/prices/explain', ({ query }) => {
        asked = Object.fromEntries(query);
        return { unit_price: '11.9', currency: 'EUR', unit: 'pcs', includes_tax: false, source: 'group', steps: [], rejected: [] };
      }),
    );
    const { user } = renderPage('/price-lists');
    expect(await screen.findByRole('heading', { name: 'No price lists yet' })).toBeInTheDocument();
    const form = screen.getByRole('form', { name: 'Price tester' });
    const customer = within(form).getByRole('combobox', { name: 'Customer' });
    await user.type(customer, 'acm');
    await user.click(await screen.findByRole('option', { name: /Acme GmbH/ }));
    await user.type(within(form).getByRole('combobox', { name: /Product/ }), 'zzz');
    expect(await screen.findByText('Nothing matches.')).toBeInTheDocument();
    await user.clear(within(form).getByRole('combobox', { name: /Product/ }));
    await user.type(within(form).getByRole('combobox', { name: /Product/ }), 'hex');
    await user.click(await screen.findByRole('option', { name: /Hex bolt/ }));
    await user.click(within(form).getByRole('button', { name: 'Show the price' }));
    expect(await screen.findByText('€11.90')).toBeInTheDocument();
    expect(screen.getByText('The price was set by hand.')).toBeInTheDocument();
    expect(asked).toMatchObject({ customer_id: 'cus_1', sku: 'HX-1020', quantity: '1' });
  });

  it('says when a search for choices fails', async () => {
    server.use(mock('get', '/api/v1/price-lists', pageOf([])), mock('get', '/api/v1/customers', () => refuse(503, 'unavailable')));
    const { user } = renderPage('/price-lists');
    await user.type(await screen.findByRole('combobox', { name: 'Customer' }), 'acm');
    expect(await screen.findByText('The search failed. Type again to retry.')).toBeInTheDocument();
  });
});

describe('a price list', () => {
  it('shows fixed prices, discounts, tiers and validity', async () => {
    shown = priceList({ includes_tax: true, valid_to: '2026-12-31' });
    prices = [
      price(),
      price({ id: 'prc_2', sku: null, product_name: null, category: 'bolts', unit_price: null, discount_percent: '12.5', min_quantity: '1000', tier_mode: 'graduated', valid_from: '2026-01-01', valid_to: '2026-06-30' }),
      price({ id: 'prc_3', sku: null, product_name: null, category: null, unit_price: null, discount_percent: '3' }),
      price({ id: 'prc_4', sku: null, product_name: null, category: 'nuts', unit_price: null, discount_percent: '0.00', min_quantity: '5000' }),
    ];
    await open();
    expect(screen.getByText('Valid until Dec 31, 2026')).toBeInTheDocument();
    expect(screen.getByText('Prices include tax')).toBeInTheDocument();
    expect(screen.getByRole('row', { name: /HX-1020/ })).toHaveTextContent(/Hex bolt.*0.*€11\.90.*always/);
    expect(screen.getByRole('row', { name: /bolts/ })).toHaveTextContent(/1,000\s+graduated.*−12\.5%.*Jan 1, 2026 – Jun 30, 2026/);
    expect(screen.getByRole('row', { name: /Everything/ })).toHaveTextContent('−3%');
    expect(screen.getByRole('row', { name: /nuts/ })).toHaveTextContent(/5,000.*[^−]0%/);
    expect(screen.getByText('4 prices')).toBeInTheDocument();
  });

  it('searches, pages and counts its prices', async () => {
    const asked: string[] = [];
    server.use(
      mock('get', '/api/v1/price-lists/{id}/prices', ({ query }) => {
        asked.push(String(query));
        if (query.get('count')) return pageOf([price()], { count: { value: 321, relation: 'eq' } });
        return pageOf([price()], query.get('cursor') ? { prev: 'one' } : { next: 'two', has_more: true });
      }),
    );
    const { user, at } = await open();
    await user.type(screen.getByRole('searchbox'), 'hx');
    await waitFor(() => expect(at()).toBe('/price-lists/pls_1?q=hx'));
    await user.click(await screen.findByRole('button', { name: 'Next' }));
    await waitFor(() => expect(at()).toBe('/price-lists/pls_1?q=hx&cursor=two'));
    await user.click(await screen.findByRole('button', { name: 'Count all' }));
    expect(await screen.findByText(/321 in all/)).toBeInTheDocument();
    // The server has no `q` for prices: the words become a filter.
    expect(Object.fromEntries(new URLSearchParams(asked.at(-1)))).toEqual({ filter: '(sku:"hx" OR product_name:"hx")', limit: '1', count: 'exact' });
  });

  it('says that there are none, or none that match', async () => {
    prices = [];
    const { unmount } = renderPage('/price-lists/pls_1');
    expect(await screen.findByRole('heading', { name: 'No prices yet' })).toBeInTheDocument();
    expect(screen.getAllByRole('button', { name: 'Add price' })).toHaveLength(2);
    unmount();
    renderPage('/price-lists/pls_1?q=zz');
    expect(await screen.findByRole('heading', { name: 'No price matches' })).toBeInTheDocument();
  });

  it('says what failed', async () => {
    server.use(mock('get', '/api/v1/price-lists/{id}/prices', () => refuse(500, 'internal', { title: 'The prices cannot be had' })));
    renderPage('/price-lists/pls_1');
    expect(await screen.findByRole('alert')).toHaveTextContent('The prices cannot be had');
  });

  it('adds a price for a product', async () => {
    let sent: unknown;
    server.use(
      mock('post', '/api/v1/price-lists/{id}/prices', ({ body, request }) => {
        sent = [Boolean(request.headers.get('idempotency-key')), body];
        prices = [...prices, price({ id: 'prc_9', sku: 'NUT-5' })];
        return prices.at(-1)!;
      }, { status: 201 }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Add price' }));
    const dialog = await screen.findByRole('dialog', { name: 'New price' });
    await user.type(within(dialog).getByRole('combobox', { name: /Product/ }), 'hex');
    await user.click(await screen.findByRole('option', { name: /Hex bolt/ }));
    await user.type(within(dialog).getByRole('textbox', { name: /^Price/ }), '9.95');
    await user.clear(within(dialog).getByRole('textbox', { name: 'From quantity' }));
    await user.type(within(dialog).getByRole('textbox', { name: 'From quantity' }), '100');
    await user.click(within(dialog).getByRole('combobox', { name: 'Tier' }));
    await user.click(await screen.findByRole('option', { name: /Graduated/ }));
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(await screen.findByRole('row', { name: /NUT-5/ })).toBeInTheDocument();
    expect(sent).toEqual([true, {
      sku: 'HX-1020', min_quantity: '100', tier_mode: 'graduated', unit_price: '9.95', discount_percent: null, valid_from: null, valid_to: null,
    }]);
  });

  it('turns a price into a discount, with problems at their fields', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('patch', '/api/v1/price-lists/{id}/prices/{price_id}', ({ body, params }) => {
        sent.push([params.price_id, body.unit_price, body.discount_percent]);
        if (sent.length > 1) return price();
        return refuse(422, 'validation', { errors: [{ pointer: '#/discount_percent', code: 'out_of_range', detail: 'At most 100.' }] });
      }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Edit the price of HX-1020' }));
    const dialog = await screen.findByRole('dialog', { name: 'Price of HX-1020' });
    expect(within(dialog).queryByRole('combobox', { name: /Product/ })).not.toBeInTheDocument();
    await user.click(within(dialog).getByRole('combobox', { name: 'How' }));
    await user.click(await screen.findByRole('option', { name: 'Discount in percent' }));
    const discount = within(dialog).getByRole('textbox', { name: /Discount/ });
    await user.type(discount, '120');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(discount).toHaveAccessibleDescription('At most 100.'));
    await user.clear(discount);
    await user.type(discount, '12');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toEqual([['prc_1', null, '120'], ['prc_1', null, '12']]);
  });

  it('removes a price only when asked twice, and says when that is refused', async () => {
    server.use(mock('delete', '/api/v1/price-lists/{id}/prices/{price_id}', () => refuse(409, 'in_use', { title: 'The price is in use' })));
    const { user } = await open();
    const ask = async () => {
      await user.click(screen.getByRole('button', { name: 'Remove the price of HX-1020' }));
      return within(await screen.findByRole('dialog', { name: 'Remove the price of HX-1020?' }));
    };
    const question = await ask();
    await user.click(question.getByRole('button', { name: 'Remove' }));
    expect(await question.findByRole('alert')).toHaveTextContent('The price is in use');
    await user.click(question.getByRole('button', { name: 'Back' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(screen.getByRole('row', { name: /HX-1020/ })).toBeInTheDocument();
    server.use(
      mock('delete', '/api/v1/price-lists/{id}/prices/{price_id}', () => {
        prices = [];
        return undefined;
      }),
    );
    await user.click((await ask()).getByRole('button', { name: 'Remove' }));
    expect(await screen.findByRole('heading', { name: 'No prices yet' })).toBeInTheDocument();
  });

  it('is only looked at by those who may only read', async () => {
    server.use(readOnly);
    await open();
    expect(screen.queryByRole('button', { name: /Edit|Remove|Add/ })).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Edit' })).not.toBeInTheDocument();
  });
});

describe('the form of a price list', () => {
  const field = (name: string | RegExp) => screen.getByRole('textbox', { name });

  it('makes one in another currency', async () => {
    let sent: unknown;
    server.use(
      mock('post', '/api/v1/price-lists', ({ body }) => {
        sent = body;
        return priceList({ id: 'pls_9', code: 'US' });
      }, { status: 201 }),
    );
    const { user, at } = renderPage('/price-lists/new');
    await screen.findByRole('heading', { name: 'New price list' });
    await user.type(field(/^Name/), 'America');
    await user.type(field(/^Code/), 'US');
    await user.click(screen.getByRole('combobox', { name: 'Currency' }));
    await user.click(await screen.findByRole('option', { name: /^USD/ }));
    await user.click(screen.getByRole('checkbox', { name: 'Prices include tax' }));
    await user.type(screen.getByLabelText('Valid from'), '2026-01-01');
    await user.click(screen.getByRole('button', { name: 'Create price list' }));
    await waitFor(() => expect(at()).toBe('/price-lists/pls_9'));
    expect(sent).toEqual({ name: 'America', code: 'US', currency: 'USD', includes_tax: true, valid_from: '2026-01-01', valid_to: null });
  });

  it('changes the status only, and nothing that prices stand on', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('patch', '/api/v1/price-lists/{id}', ({ body, request }) => {
        sent.push([request.headers.get('if-match'), body]);
        if (sent.length > 1) return priceList({ version: 4, status: 'archived' });
        shown = priceList({ version: 3 });
        return refuse(412, 'stale_version', { title: 'Changed meanwhile' });
      }),
    );
    const { user, at } = renderPage('/price-lists/pls_1/edit');
    await screen.findByRole('heading', { name: 'Edit Europe B' });
    expect(screen.getByRole('combobox', { name: 'Currency' })).toBeDisabled();
    expect(screen.getByRole('checkbox', { name: 'Prices include tax' })).toBeDisabled();
    await user.click(screen.getByRole('combobox', { name: 'Status' }));
    await user.click(await screen.findByRole('option', { name: 'Archived' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Changed meanwhile');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(at()).toBe('/price-lists/pls_1'));
    expect(sent).toEqual([['"1"', { status: 'archived' }], ['"3"', { status: 'archived' }]]);
  });
});

import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { coded, me, pageOf, PERMISSIONS, product, productItem } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { Product } from '@/lib/types';

let shown: Product;
beforeEach(() => {
  shown = product();
  server.use(
    mock('get', '/api/v1/categories', pageOf([coded('bolts', 'Bolts'), coded('nuts', 'Nuts')])),
    mock('get', '/api/v1/units', pageOf([{ ...coded('pcs', 'Pieces'), step: '1' }, { ...coded('kg', 'Kilograms'), step: '0.001' }])),
    mock('get', '/api/v1/tax-classes', pageOf([{ ...coded('standard', 'Standard'), is_default: true }, { ...coded('food', 'Food'), is_default: false }])),
    mock('get', '/api/v1/products/{id}', ({ params }) => ({ ...shown, id: params.id! })),
  );
});

const without = (...names: string[]) => mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => !names.includes(name)) }));
const field = (name: string | RegExp) => screen.getByRole('textbox', { name });

describe('the list of products', () => {
  it('shows price and status in the currency of the organization', async () => {
    let asked = '';
    server.use(
      mock('get', '/api/v1/products', ({ query }) => {
        asked = String(query);
        return pageOf([productItem(), productItem({ id: 'prd_2', sku: 'SRV-1', name: 'Engraving', kind: 'service', status: 'phase_out', list_price: null, category: null })]);
      }),
    );
    renderPage('/products?kind=service,goods');
    expect(await screen.findByRole('row', { name: /HX-1020/ })).toHaveTextContent(/Hex bolt.*bolts.*Goods.*Active.*pcs.*€12\.40/);
    expect(screen.getByRole('row', { name: /SRV-1/ })).toHaveTextContent(/Phase out.*—/);
    expect(asked).toBe('kind=service%2Cgoods&sort=sku');
    expect(screen.getByRole('link', { name: 'HX-1020' })).toHaveAttribute('href', '/products/prd_1');
  });

  it('offers to make the first one', async () => {
    server.use(mock('get', '/api/v1/products', pageOf([])));
    renderPage('/products');
    expect(await screen.findByRole('heading', { name: 'No products yet' })).toBeInTheDocument();
    expect(screen.getAllByRole('link', { name: 'New product' })[0]).toHaveAttribute('href', '/products/new');
  });
});

describe('a product', () => {
  async function open() {
    const page = renderPage('/products/prd_1');
    await screen.findByRole('heading', { level: 1, name: /Hex bolt/ });
    return page;
  }

  it('shows what it is, what it costs and how it is packed', async () => {
    shown = product({ description: 'Stainless', units: [{ unit: 'box', numerator: 12, denominator: 1, barcode: '4006381333948' }, { unit: 'g', numerator: 1, denominator: 1000, barcode: null }] });
    await open();
    expect(screen.getByText('Category').nextSibling).toHaveTextContent('Bolts');
    expect(screen.getByText('Sold in multiples of').nextSibling).toHaveTextContent('12 pcs');
    expect(screen.getByText('Cost').nextSibling).toHaveTextContent('€7.50');
    expect(screen.getByText('Stainless')).toBeInTheDocument();
    expect(screen.getByText('1 box').closest('li')).toHaveTextContent('= 12 pcs4006381333948');
    expect(screen.getByText('1 g').closest('li')).toHaveTextContent('= 1/1,000 pcs');
  });

  it('keeps cost and prices from those who may not see them', async () => {
    server.use(without('cost.read', 'prices.read', 'products.write'));
    shown = product({ units: [], pack_multiple: null, list_price: null, category: null, invoice_policy: 'ordered' });
    await open();
    expect(screen.queryByText('Cost')).not.toBeInTheDocument();
    expect(screen.queryByRole('heading', { name: 'Price tester' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'More actions' })).not.toBeInTheDocument();
    expect(screen.getByText('Sold only in its base unit.')).toBeInTheDocument();
    expect(screen.getByText('Sold in multiples of').nextSibling).toHaveTextContent('any quantity');
    expect(screen.getByText('Invoiced when').nextSibling).toHaveTextContent('ordered');
  });

  it('explains a price: the rules that won and those that lost', async () => {
    server.use(
      mock('get', '/api/v1/customers', pageOf([])),
      mock('get', '/api/v1/prices/explain', {
        unit_price: null, currency: 'EUR', unit: 'pcs', includes_tax: false, source: 'no_price', rejected: [],
        steps: [{ source: 'price_list', reason: 'expired', before: null, after: '11', rejected: [] }],
      }),
    );
    const { user } = await open();
    const form = screen.getByRole('form', { name: 'Price tester' });
    await user.click(within(form).getByRole('button', { name: 'Show the price' }));
    expect(await screen.findByText('There is no price for this.')).toBeInTheDocument();
    expect(screen.getByText('Expired')).toBeInTheDocument();
    server.use(mock('get', '/api/v1/prices/explain', () => refuse(422, 'validation', { errors: [{ parameter: 'quantity', code: 'negative', detail: 'More than nothing, please.' }] })));
    const quantity = within(form).getByRole('textbox', { name: 'Quantity' });
    await user.clear(quantity);
    await user.type(quantity, '-1');
    await user.click(within(form).getByRole('button', { name: 'Show the price' }));
    await waitFor(() => expect(quantity).toHaveAccessibleDescription('More than nothing, please.'));
  });

  it('is archived with the version one has seen; a refusal is told', async () => {
    const sent: (string | null)[] = [];
    server.use(
      mock('post', '/api/v1/products/{id}/archive', ({ request }) => {
        sent.push(request.headers.get('if-match'));
        shown = product({ version: 2, status: 'archived' });
        return shown;
      }),
      mock('post', '/api/v1/products/{id}/activate', () => {
        shown = product({ version: 9, status: 'archived', name: 'Hex bolt, renamed' });
        return refuse(412, 'stale_version', { title: 'Changed meanwhile' });
      }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await user.click(await screen.findByRole('menuitem', { name: /Archive/ }));
    expect(await screen.findAllByText('HX-1020 is archived')).not.toHaveLength(0);
    expect(sent).toEqual(['"1"']);
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await user.click(await screen.findByRole('menuitem', { name: /Activate/ }));
    expect(await screen.findAllByText('Changed meanwhile')).not.toHaveLength(0);
    expect(await screen.findByRole('heading', { level: 1, name: /renamed/ })).toBeInTheDocument();
  });

  it('says that it is not there', async () => {
    server.use(mock('get', '/api/v1/products/{id}', () => refuse(404, 'not_found', { title: 'No such product' })));
    renderPage('/products/prd_404');
    expect(await screen.findByRole('heading', { level: 1, name: 'There is no such record' })).toBeInTheDocument();
  });

  it('is edited with e', async () => {
    const { user, at } = await open();
    await user.keyboard('e');
    await waitFor(() => expect(at()).toBe('/products/prd_1/edit'));
    expect(await screen.findByRole('heading', { level: 1, name: 'Edit HX-1020' })).toBeInTheDocument();
  });
});

describe('the form of a product', () => {
  it('makes one and opens it', async () => {
    let sent: unknown;
    server.use(
      mock('post', '/api/v1/products', ({ body }) => {
        sent = body;
        return product({ id: 'prd_9', sku: 'NUT-5' });
      }, { status: 201 }),
    );
    const { user, at } = renderPage('/products/new');
    await screen.findByRole('heading', { name: 'New product' });
    await user.type(field(/^SKU/), ' NUT-5 ');
    await user.type(field(/^Name/), 'Nut M5');
    await user.click(screen.getByRole('combobox', { name: 'Category' }));
    await user.click(await screen.findByRole('option', { name: 'Nuts' }));
    await user.click(screen.getByRole('combobox', { name: 'Tax class' }));
    await user.click(await screen.findByRole('option', { name: 'Food' }));
    await user.click(screen.getByRole('combobox', { name: 'Invoiced' }));
    await user.click(await screen.findByRole('option', { name: 'When ordered' }));
    await user.type(field('List price'), '0.0375');
    await user.type(field('Cost'), '0.02');
    await user.type(field(/multiples/), '100');
    await user.click(screen.getByRole('button', { name: 'Create product' }));
    await waitFor(() => expect(at()).toBe('/products/prd_9'));
    expect(sent).toEqual({
      sku: 'NUT-5', name: 'Nut M5', barcode: null, category: 'nuts', kind: 'goods', unit: 'pcs', pack_multiple: '100', tax_class: 'food',
      invoice_policy: 'ordered', list_price: '0.0375', cost: '0.02', description: null,
    });
  });

  it('changes one: only what differs is sent, and no cost by those who may not see it', async () => {
    server.use(without('cost.read'));
    let sent: unknown;
    server.use(
      mock('patch', '/api/v1/products/{id}', ({ body, request }) => {
        sent = [request.headers.get('if-match'), body];
        return product({ version: 2 });
      }),
    );
    const { user, at } = renderPage('/products/prd_1/edit');
    await screen.findByRole('heading', { name: 'Edit HX-1020' });
    expect(screen.queryByRole('textbox', { name: 'Cost' })).not.toBeInTheDocument();
    await user.clear(field('Barcode'));
    await user.keyboard('{Control>}s{/Control}');
    await waitFor(() => expect(at()).toBe('/products/prd_1'));
    expect(sent).toEqual(['"1"', { barcode: null }]);
  });

  it('passes on what is no number, for the server to name', async () => {
    let price: unknown;
    server.use(
      mock('patch', '/api/v1/products/{id}', ({ body }) => {
        price = body.list_price;
        return refuse(422, 'validation', { errors: [{ pointer: '#/list_price', code: 'invalid_decimal', detail: 'Not a price.' }] });
      }),
    );
    const { user } = renderPage('/products/prd_1/edit');
    await screen.findByRole('heading', { name: 'Edit HX-1020' });
    await user.clear(field('List price'));
    await user.type(field('List price'), 'a lot');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(field('List price')).toHaveAccessibleDescription(/“a lot” is not a number/));
    expect(price).toBe('a lot');
    expect(screen.getByRole('alert')).toHaveTextContent('Not a price.');
  });

  it('is saved again after someone else changed the product', async () => {
    const matches: (string | null)[] = [];
    server.use(
      mock('patch', '/api/v1/products/{id}', ({ request }) => {
        matches.push(request.headers.get('if-match'));
        if (matches.length > 1) return product({ version: 5 });
        shown = product({ version: 4 });
        return refuse(412, 'stale_version', { title: 'Changed meanwhile' });
      }),
    );
    const { user, at } = renderPage('/products/prd_1/edit');
    await screen.findByRole('heading', { name: 'Edit HX-1020' });
    await user.type(field(/^Name/), ' new');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Changed meanwhile');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(at()).toBe('/products/prd_1'));
    expect(matches).toEqual(['"1"', '"4"']);
  });
});

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { today } from '@/lib/format';
import { customer, customerItem, order, orderLine, pageOf, totals } from '@/testing/builders';
import { counted, type EntryServer, entryServer, openEntry, quick } from '@/testing/entry';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { addDays, echoDate } from './dates';

let entry: EntryServer;
beforeEach(() => {
  entry = entryServer();
});

const customerBox = () => screen.getByRole('combobox', { name: /Customer/ });
const SKU = /SKU or barcode, line 1/;

describe('who buys', () => {
  const three = ['Acme GmbH', 'Acme Ltd', 'Birch Ltd'].map((name, index) => customerItem({ id: `cus_${index}`, code: `C-${index}`, name }));
  beforeEach(() =>
    server.use(
      mock('get', '/api/v1/customers', ({ query }) => {
        const wanted = (query.get('q') ?? '').toLowerCase();
        return pageOf(three.filter(({ name, code }) => name.toLowerCase().includes(wanted) || code.toLowerCase().includes(wanted)));
      }),
    ),
  );

  it('is chosen from what matches, by keys or by pointing', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme');
    expect(await screen.findByRole('option', { name: /Acme Ltd/ })).toBeInTheDocument();
    await user.keyboard('{ArrowDown}{Enter}');
    expect(customerBox()).toHaveValue('Acme Ltd');
    expect(customerBox()).toHaveAccessibleDescription('C-1');
    await user.clear(customerBox());
    await user.type(customerBox(), 'birch');
    await user.click(await screen.findByRole('option', { name: /Birch/ }));
    expect(customerBox()).toHaveValue('Birch Ltd');
    // Enter on a settled customer goes on to the lines.
    await user.keyboard('{Enter}');
    expect(screen.getByRole('combobox', { name: SKU })).toHaveFocus();
  });

  it('opens the choices with an arrow, and gives the old name back on Escape', async () => {
    const { user } = await openEntry();
    await user.keyboard('{ArrowDown}');
    expect(await screen.findAllByRole('option')).toHaveLength(3);
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('option')).not.toBeInTheDocument();
    await user.keyboard('zzz{Escape}');
    expect(customerBox()).toHaveValue('');
  });

  it('may be typed faster than it is found: the name or number is looked up', async () => {
    const { user } = await openEntry();
    await user.keyboard('c-2{Enter}');
    await waitFor(() => expect(customerBox()).toHaveValue('Birch Ltd'));
  });

  it.each([
    ['acme', '2 customers match “acme”'],
    ['zorro', 'No customer matches “zorro”'],
  ])('is asked for when “%s” does not name one', async (typed, said) => {
    const { user } = await openEntry();
    await user.type(customerBox(), `${typed}{Tab}`);
    await waitFor(() => expect(customerBox()).toHaveAccessibleDescription(said));
    expect(customerBox()).toBeInvalid();
    expect(screen.getByText(`1 problem: ${said}`)).toBeInTheDocument();
    await user.keyboard('{F8}');
    expect(customerBox()).toHaveFocus();
  });

  it('is not guessed when the look-up fails', async () => {
    server.use(mock('get', '/api/v1/customers', () => refuse(500, 'internal')));
    const { user } = await openEntry();
    await user.type(customerBox(), 'acme{Tab}');
    await waitFor(() => expect(customerBox()).toHaveAccessibleDescription('“acme” could not be looked up'));
  });

  it('is needed: an order without a customer or without lines is not placed', async () => {
    const { user } = await openEntry();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findAllByText('Choose a customer')).not.toHaveLength(0);
    await waitFor(() => expect(customerBox()).toHaveFocus());
    await user.keyboard('birch{Enter}');
    await waitFor(() => expect(customerBox()).toHaveValue('Birch Ltd'));
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    expect(await screen.findAllByText('It has no lines.')).not.toHaveLength(0);
    expect(screen.getByRole('combobox', { name: SKU })).toHaveFocus();
    expect(entry.sent).toEqual([]);
  });
});

describe('the head of an order', () => {
  it('goes out with the order: their number, the date in words, the place, the notes', async () => {
    server.use(mock('get', '/api/v1/customers/{id}', customer({ addresses: [
      ...customer().addresses,
      { ...customer().addresses[0]!, id: 'adr_2', label: 'Warehouse', city: 'Hamburg', kind: 'shipping' },
      { ...customer().addresses[0]!, id: 'adr_3', label: 'Office', kind: 'billing' },
    ] })));
    const { user, at } = await openEntry();
    await user.keyboard('acme{Enter}');
    await user.type(screen.getByRole('textbox', { name: 'PO number' }), 'PO-9{Enter}');
    expect(screen.getByRole('combobox', { name: SKU })).toHaveFocus();
    await user.keyboard('HX-10{Enter}2{Enter}');
    await user.click(screen.getByRole('combobox', { name: 'Ship to' }));
    expect((await screen.findAllByRole('option')).map((option) => option.textContent)).toEqual(['Usual address', 'Main · Berlin', 'Warehouse · Hamburg']);
    await user.click(screen.getByRole('option', { name: /Warehouse/ }));
    const date = screen.getByRole('textbox', { name: 'Requested' });
    await user.type(date, '+7');
    const wanted = addDays(today(), 7);
    expect(date).toHaveAccessibleDescription(expect.stringContaining(echoDate(wanted, 'en')) as unknown as string);
    await user.keyboard('{Enter}');
    expect(date).toHaveValue(wanted);
    await user.type(screen.getByLabelText('Notes'), 'Ring twice');
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(entry.sent[0]).toMatchObject({ customer_id: 'cus_1', customer_po: 'PO-9', ship_to_address_id: 'adr_2', requested_date: wanted, notes: 'Ring twice' });
  });

  it('says what is no date, and forgets it on Escape', async () => {
    const { user } = await openEntry();
    const date = screen.getByRole('textbox', { name: 'Requested' });
    await user.type(date, 'someday{Tab}');
    expect(date).toHaveAccessibleDescription('“someday” is not a date. Try mon, +7 or 30.11.');
    expect(screen.getByText(/^1 problem: “someday” is not a date/)).toBeInTheDocument();
    await user.keyboard('{F8}');
    expect(date).toHaveFocus();
    await user.keyboard('{Escape}');
    expect(date).toHaveValue('');
    expect(date).toBeValid();
  });

  it('opens the calendar with Alt+Down or by pointing', async () => {
    const opened = vi.fn();
    HTMLInputElement.prototype.showPicker = opened;
    const { user } = await openEntry();
    const field = screen.getByRole('textbox', { name: 'Requested' });
    await user.click(field);
    await user.keyboard('mon{Alt>}{ArrowDown}{/Alt}');
    await user.click(screen.getByRole('button', { name: /^Choose a date/ }));
    expect(opened).toHaveBeenCalledTimes(2);
    const [calendar] = opened.mock.contexts as HTMLInputElement[];
    fireEvent.change(calendar!, { target: { value: '2026-12-01' } });
    expect(field).toHaveValue('2026-12-01');
    expect(field).toHaveAccessibleDescription(/Tue, Dec 1, 2026/);
  });

  it('flags a weekend', async () => {
    const { user } = await openEntry();
    await user.type(screen.getByRole('textbox', { name: 'Requested' }), '2026-11-28');
    expect(screen.getByText('Sat, Nov 28, 2026 — a weekend')).toBeInTheDocument();
  });
});

describe('what the server says about an order being keyed', () => {
  it('warns, tells who will have to approve, and shows every figure it counted', async () => {
    server.use(
      mock('post', '/api/v1/orders/preview', ({ body }) =>
        counted(body.lines, {
          totals: totals({ line_discount_total: { amount: '5.00', currency: 'EUR' }, rounding_adjustment: { amount: '-0.02', currency: 'EUR' } }),
          warnings: [{ code: 'duplicate_customer_po', detail: 'PO-77 is on another order.' }],
          approvals_needed: [{ policy: 'Large orders', measure: 'total', measured: '2951.20', threshold: '1000' }],
        }),
      ),
    );
    const { user } = await openEntry();
    expect(await screen.findByText('The total appears with the first line.')).toBeInTheDocument();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}');
    const sums = await screen.findByRole('region', { name: 'Totals' });
    expect(sums).toHaveTextContent(/Line discounts.*€5\.00Net€2,480\.00VAT19 19%€471\.20Cash rounding-€0\.02Total€2,951\.20Margin €980\.00 \(39\.5%\)/);
    expect(screen.getByText('PO-77 is on another order.')).toBeInTheDocument();
    expect(screen.getByText('Large orders: Total €2,951.20, above €1,000.00')).toBeInTheDocument();
  });

  it.each([
    ['12400', false, /· credit €12,400\.00 left of €20,000\.00/],
    ['100', true, /· beyond the credit: €100\.00 left of €20,000\.00/],
    ['-4538.37', true, /· €4,538\.37 over the credit limit of €20,000\.00/],
  ])('tells the credit, with %s left', async (left, exceeded, words) => {
    const credit = { limit: { amount: '20000', currency: 'EUR' }, exposure: { amount: '0', currency: 'EUR' }, available: { amount: left, currency: 'EUR' }, exceeded };
    server.use(mock('post', '/api/v1/orders/preview', ({ body }) => counted(body.lines, { credit })));
    const { user } = await openEntry('/orders/new?customer=cus_1');
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}');
    await waitFor(() => expect(customerBox()).toHaveAccessibleDescription(words));
  });

  it('says why it cannot count, and goes on counting the other lines', async () => {
    server.use(mock('post', '/api/v1/orders/preview', () => refuse(409, 'no_tax', { title: 'No tax', detail: 'There is no tax rule for this country.' })));
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}');
    expect(await screen.findByText('There is no tax rule for this country.')).toBeInTheDocument();
  });

  it('refuses an order: the line is named and the order stays as it was keyed', async () => {
    server.use(
      mock('post', '/api/v1/orders', () =>
        refuse(422, 'validation', {
          title: 'The order was refused',
          errors: [
            { pointer: '#/lines/0/unit_price', code: 'below_floor', detail: 'The price is below the floor.' },
            { pointer: '#/customer_po', code: 'duplicate', detail: 'This number was used before.' },
          ],
        }),
      ),
    );
    const { user, at } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}{Control>}{Enter}{/Control}');
    expect(await screen.findByText('1 problem: line 1 The price is below the floor.')).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'PO number' })).toHaveAccessibleDescription('This number was used before.');
    expect(at()).toBe('/orders/new');
    await user.keyboard('{F8}');
    expect(screen.getByLabelText('Price, line 1')).toHaveFocus();
  });
});

describe('where an order begins', () => {
  it('is prefilled for a customer', async () => {
    await openEntry('/orders/new?customer=cus_1');
    expect(customerBox()).toHaveValue('Acme GmbH');
  });

  it('is copied from another order, without what belonged to that one only', async () => {
    const { user, at } = await openEntry('/orders/new?from=ord_1');
    expect(customerBox()).toHaveValue('Acme GmbH');
    expect(screen.getByRole('textbox', { name: 'PO number' })).toHaveValue('');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(quick(entry.sent[0])).toEqual(['prd_1 200']);
  });

  it('says that what it should begin with is not there', async () => {
    server.use(mock('get', '/api/v1/customers/{id}', () => refuse(404, 'not_found', { title: 'No such customer' })));
    renderPage('/orders/new?customer=cus_404');
    expect(await screen.findByRole('heading', { level: 1, name: 'There is no such record' })).toBeInTheDocument();
  });

  it('is a draft; anything else is only looked at', async () => {
    server.use(mock('get', '/api/v1/orders/{id}', order({ lifecycle: 'confirmed' })));
    renderPage('/orders/ord_1/edit');
    expect(await screen.findByText('Only a draft can be edited')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Open the order' })).toHaveAttribute('href', '/orders/ord_1');
  });

  it('keeps what a saved draft holds beyond the columns', async () => {
    const held = order({
      id: 'ord_9', lifecycle: 'draft',
      lines: [
        orderLine({ discounts: [{ percent: '5' }, { amount: '1' }], price_locked: true, requested_date: '2026-12-01' }),
        orderLine({ id: 'lin_2', position: 2, product_id: null, sku: null, kind: 'service', description: 'Engraving', unit_price: { amount: '45', currency: 'EUR' } }),
      ],
    });
    const puts: unknown[] = [];
    server.use(
      mock('get', '/api/v1/orders/{id}', held),
      mock('put', '/api/v1/orders/{id}/lines', ({ body }) => {
        puts.push(...body.lines);
        return { ...held, version: 4 };
      }),
    );
    const { user } = renderPage('/orders/ord_9/edit');
    await screen.findByRole('heading', { name: /SO-2026-000042/ });
    const grid = screen.getByRole('grid', { name: 'Order lines' });
    await user.click(within(grid).getAllByText('200')[0]!);
    await user.keyboard('99{Enter}');
    await waitFor(() => expect(puts).toHaveLength(2));
    expect(puts[0]).toMatchObject({ product_id: 'prd_1', quantity: { value: '99', unit: 'box' }, unit_price: { amount: '12.40' }, discounts: [{ percent: '5' }, { amount: '1' }], requested_date: '2026-12-01' });
    expect(puts[1]).toMatchObject({ description: 'Engraving', kind: 'service', unit_price: { amount: '45' }, taxes: [{ code: 'VAT19', rate: '19', compound: false }] });
  });
});

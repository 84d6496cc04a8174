import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { order, orderItem, orderLine, pageOf, totals } from '@/testing/builders';
import { escape } from '@/testing/dialogs';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { Order, OrderLine } from '@/lib/types';

let shown: Order;
const action = (name: string, allowed = true, detail: string | null = null) => ({ action: name, allowed, reason: allowed ? null : 'invalid_transition', detail });

beforeEach(() => {
  shown = order();
  server.use(
    mock('get', '/api/v1/orders/{id}', ({ params }) => ({ ...shown, id: params.id! })),
    mock('get', '/api/v1/orders/{id}/timeline', () => pageOf([])),
  );
});

async function open(address = '/orders/ord_1') {
  const page = renderPage(address);
  await screen.findByRole('heading', { level: 1, name: /SO-2026-000042/ });
  return page;
}

interface Written {
  match: string | null;
  key: string | null;
  body: unknown;
}
const written = (request: Request, body: unknown): Written => ({ match: request.headers.get('if-match'), key: request.headers.get('idempotency-key'), body });

async function more(user: Awaited<ReturnType<typeof open>>['user'], item: string | RegExp) {
  await user.click(screen.getByRole('button', { name: 'More actions' }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

describe('an order', () => {
  it('shows who, what and how much, as the server counted it', async () => {
    shown = order({
      fulfilment_status: 'partial', has_backorder: true, external_refs: { shop: '10023' }, notes: 'Ring twice',
      totals: totals({ line_discount_total: { amount: '10.00', currency: 'EUR' }, rounding_adjustment: { amount: '0.02', currency: 'EUR' } }),
      lines: [
        orderLine({ discounts: [{ percent: '10' }, { amount: '2.50' }], ledger: { ...orderLine().ledger, shipped: '50', cancelled: '12' } }),
        orderLine({ id: 'lin_2', position: 2, kind: 'service', product_id: null, sku: null, description: 'Engraving', shippable: false, unit_price: null, taxes: [], price_locked: true }),
      ],
    });
    await open();
    const heading = screen.getByRole('heading', { level: 1 });
    for (const state of ['Confirmed', 'Partly delivered', 'To invoice', 'Backorder']) expect(heading).toHaveTextContent(state);
    expect(screen.getByRole('link', { name: 'Acme GmbH' })).toHaveAttribute('href', '/customers/cus_1');
    expect(screen.getByText('Their no. PO-77')).toBeInTheDocument();
    const lines = screen.getByRole('region', { name: 'Lines' });
    expect(within(lines).getByRole('row', { name: /Hex bolt/ })).toHaveTextContent(/HX-1020.*50 of 200 delivered.*200 box.*12 cancelled.*€12.40.*10% \+ €2.50.*VAT19 19%.*€2,480.00/);
    expect(within(lines).getByRole('row', { name: /Engraving/ })).toHaveTextContent(/service.*set by hand/);
    expect(within(lines).getByRole('link', { name: 'HX-1020' })).toHaveAttribute('href', '/products/prd_1');
    expect(screen.getByText('Line discounts given').nextSibling).toHaveTextContent('€10.00');
    expect(screen.getByText('Cash rounding').nextSibling).toHaveTextContent('€0.02');
    expect(screen.getByText(/VAT19 19% of €2,480.00/).nextSibling).toHaveTextContent('€471.20');
    expect(screen.getByText(/Margin/)).toHaveTextContent('€980.00 (39.5%)');
    expect(screen.getByText('Hauptstraße 1')).toBeInTheDocument();
    expect(screen.getByText('Germany')).toBeInTheDocument();
    expect(screen.getByText('No. in shop').nextSibling).toHaveTextContent('10023');
    expect(screen.getByText('Ring twice')).toBeInTheDocument();
  });

  it('keeps the margin to itself when the server does', async () => {
    shown = order({ tax_mode: 'line', lines: [], totals: totals({ margin: null, margin_percent: null }) });
    await open();
    expect(screen.getByText('This order has no lines yet.')).toBeInTheDocument();
    expect(screen.getByText('Tax rounded per line')).toBeInTheDocument();
    expect(screen.queryByText(/Margin/)).not.toBeInTheDocument();
  });

  it('explains a price by its steps', async () => {
    const steps = [{ source: 'price_list', reason: 'quantity_break', before: '14', after: '12.4', rejected: [{ reason: 'not_yet_valid' }] }];
    shown = order({ lines: [orderLine({ price_source: steps as unknown as OrderLine['price_source'] })] });
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Explain the price of HX-1020' }));
    const dialog = await screen.findByRole('dialog', { name: 'Price of HX-1020' });
    expect(dialog).toHaveTextContent(/Price list.*14.00.*12.40.*Quantity break.*Not used: Not yet valid/);
    await user.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
  });

  it('puts holds, warnings and a cancellation where nobody overlooks them', async () => {
    shown = order({
      lifecycle: 'cancelled', cancelled_at: '2026-11-21T08:00:00Z', cancel_reason: 'Ordered twice', hold_count: 1,
      warnings: [{ code: 'duplicate_customer_po', detail: 'PO-77 is on SO-2026-000041 too.' }],
      holds: [{ id: 'hld_1', type: 'credit', blocks: 'ship', reason: 'Over the limit', active: true, placed_at: '2026-11-20T10:00:00Z' }],
    });
    await open();
    expect(screen.getByRole('alert')).toHaveTextContent(/Cancelled Nov 21, 2026.*Ordered twice/);
    expect(screen.getByText('Credit hold, blocks delivery')).toBeInTheDocument();
    expect(screen.getByText('Over the limit')).toBeInTheDocument();
    expect(screen.getByText('PO-77 is on SO-2026-000041 too.')).toBeInTheDocument();
  });

  it('says that an order does not exist, and leads back', async () => {
    server.use(mock('get', '/api/v1/orders/{id}', () => refuse(404, 'not_found', { title: 'There is no such order' })));
    renderPage('/orders/ord_404');
    expect(await screen.findByRole('heading', { level: 1, name: 'There is no such record' })).toBeInTheDocument();
    expect(within(screen.getByRole('main')).getByRole('link', { name: 'All orders' })).toHaveAttribute('href', '/orders');
  });

  it('walks through the list one came from with [ and ]', async () => {
    server.use(mock('get', '/api/v1/orders', pageOf([orderItem(), orderItem({ id: 'ord_2', number: 'SO-2' })])));
    const { user, at } = renderPage('/orders');
    await user.click(await screen.findByRole('link', { name: 'SO-2026-000042' }));
    await screen.findByRole('heading', { level: 1, name: /SO-2026-000042/ });
    await user.keyboard(']');
    await waitFor(() => expect(at()).toBe('/orders/ord_2'));
    await user.keyboard('[[');
    await waitFor(() => expect(at()).toBe('/orders/ord_1'));
  });
});

describe('what may be done with an order', () => {
  it('offers the next legal step, and says why another is not possible', async () => {
    const why = 'Nothing was delivered or invoiced: cancel the order instead.';
    shown = order({ actions: [...order().actions, { action: 'short_close', allowed: false, reason: 'nothing_fulfilled', detail: why }] });
    const { user } = await open();
    expect(screen.getByRole('button', { name: 'Deliver…' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Edit' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    const close = await screen.findByRole('menuitem', { name: /^Close short/ });
    expect(close).toHaveTextContent(why);
    expect(close).toHaveAttribute('aria-disabled', 'true');
    // What belongs to another part of the order's life is not offered at all.
    expect(screen.queryByRole('menuitem', { name: /^Confirm/ })).not.toBeInTheDocument();
  });

  it('leaves out actions it has no words for', async () => {
    shown = order({ actions: [action('teleport'), action('reopen')] });
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    const names = (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
    expect(names).toEqual(['Reopen', 'Print']);
  });

  it('takes a step with the version one has seen and a key of its own', async () => {
    shown = order({ lifecycle: 'draft', confirmed_at: null, actions: [action('submit'), action('duplicate')] });
    let sent: Written | undefined;
    server.use(
      mock('post', '/api/v1/orders/{id}/submit', ({ body, request }) => {
        sent = written(request, body);
        return order({ version: 4, lifecycle: 'pending_approval', confirmed_at: null, actions: [action('approve')] });
      }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    expect(await screen.findByRole('button', { name: 'Approve' })).toBeInTheDocument();
    expect(sent).toEqual({ match: '"3"', key: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, body: undefined });
    expect(await screen.findAllByText('Order placed')).not.toHaveLength(0);
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('To approve');
  });

  it('takes the next step with Ctrl+Enter and edits a draft with e', async () => {
    shown = order({ lifecycle: 'draft', actions: [action('confirm')] });
    let confirmed = 0;
    server.use(mock('post', '/api/v1/orders/{id}/confirm', () => {
      confirmed += 1;
      return order({ version: 4, lifecycle: 'draft' });
    }));
    const { user, at } = await open();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(confirmed).toBe(1));
    await user.keyboard('e');
    await waitFor(() => expect(at()).toBe('/orders/ord_1/edit'));
  });

  it('opens the copy when an order is duplicated', async () => {
    shown = order({ actions: [action('duplicate')] });
    server.use(mock('post', '/api/v1/orders/{id}/duplicate', () => order({ id: 'ord_8', version: 1, lifecycle: 'draft' }), { status: 201 }));
    const { user, at } = await open();
    await more(user, 'Duplicate');
    await waitFor(() => expect(at()).toBe('/orders/ord_8/edit'));
    expect(await screen.findAllByText('Copied to a new draft')).not.toHaveLength(0);
  });

  it('shows the refusal of a step with its reason', async () => {
    shown = order({ actions: [action('approve')] });
    server.use(mock('post', '/api/v1/orders/{id}/approve', () => refuse(409, 'own_order', { title: 'Not yours to approve', detail: 'Someone else has to approve your order.' })));
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Approve' }));
    const dialog = await screen.findByRole('dialog', { name: 'That was refused' });
    expect(dialog).toHaveTextContent(/Not yours to approve.*Someone else has to approve your order/);
    await escape(user, dialog);
  });

  it('sends the same key again after silence, a new one after a refusal', async () => {
    shown = order({ actions: [action('confirm')] });
    const keys: (string | null)[] = [];
    const answers = [() => Response.error(), () => refuse(503, 'unavailable'), () => refuse(409, 'invalid_transition'), () => refuse(409, 'invalid_transition')];
    server.use(
      mock('post', '/api/v1/orders/{id}/confirm', ({ request }) => {
        keys.push(request.headers.get('idempotency-key'));
        return answers[keys.length - 1]!();
      }),
    );
    const { user } = await open();
    for (let attempt = 1; attempt <= answers.length; attempt += 1) {
      await user.click(screen.getByRole('button', { name: 'Confirm' }));
      const dialog = await screen.findByRole('dialog', { name: 'That was refused' });
      await escape(user, dialog);
    }
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).toBe(keys[0]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('loads the order again instead of overwriting what someone else did', async () => {
    shown = order({ actions: [action('confirm')] });
    server.use(
      mock('post', '/api/v1/orders/{id}/confirm', () => {
        shown = order({ version: 4, customer_po: 'PO-CHANGED', actions: [action('confirm')] });
        return refuse(412, 'stale_version', { title: 'The order was changed meanwhile' });
      }),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByText('Their no. PO-CHANGED')).toBeInTheDocument();
    expect(screen.getAllByText('Someone changed this order')).not.toHaveLength(0);
    let match: string | null = null;
    server.use(mock('post', '/api/v1/orders/{id}/confirm', ({ request }) => {
      match = request.headers.get('if-match');
      return order({ version: 5 });
    }));
    await user.click(screen.getByRole('button', { name: 'Confirm' }));
    await waitFor(() => expect(match).toBe('"4"'));
  });

  it('asks for the reason of a cancellation and keeps what was typed when it is refused', async () => {
    const sent: Written[] = [];
    server.use(
      mock('post', '/api/v1/orders/{id}/cancel', ({ body, request }) => {
        sent.push(written(request, body));
        if (sent.length === 1) return refuse(422, 'validation', { errors: [{ pointer: '#/reason', code: 'too_short', detail: 'Say why.' }] });
        return order({ version: 4, lifecycle: 'cancelled', cancelled_at: '2026-11-21T08:00:00Z', cancel_reason: 'Ordered twice', actions: [] });
      }),
    );
    const { user } = await open();
    await more(user, 'Cancel order…');
    const dialog = await screen.findByRole('dialog', { name: 'Cancel order: SO-2026-000042' });
    expect(dialog).toHaveTextContent('This cannot be undone');
    const reason = within(dialog).getByRole('textbox', { name: /Reason/ });
    await waitFor(() => expect(reason).toHaveFocus());
    await user.type(reason, 'Ordered twice');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel order' }));
    await waitFor(() => expect(reason).toHaveAccessibleDescription('Say why.'));
    expect(reason).toBeInvalid();
    expect(within(dialog).getByRole('alert')).toHaveFocus();
    await user.click(within(dialog).getByRole('button', { name: 'Say why.' }));
    expect(reason).toHaveFocus();
    expect(reason).toHaveValue('Ordered twice');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel order' }));
    expect(await screen.findByText(/^Cancelled Nov 21/)).toBeInTheDocument();
    expect(sent[1]).toMatchObject({ match: '"3"', body: { reason: 'Ordered twice' } });
    expect(sent[1]!.key).not.toBe(sent[0]!.key);
  });

  it('leaves a reason dialog without doing anything', async () => {
    shown = order({ actions: [action('short_close')] });
    const { user } = await open();
    await more(user, 'Close short…');
    const dialog = await screen.findByRole('dialog', { name: /Close short/ });
    await user.click(within(dialog).getByRole('button', { name: 'Back' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
  });

  it('prints', async () => {
    const print = vi.spyOn(window, 'print').mockImplementation(() => undefined);
    const { user } = await open();
    await more(user, 'Print');
    expect(print).toHaveBeenCalled();
  });
});

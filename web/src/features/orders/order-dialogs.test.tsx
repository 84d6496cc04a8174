import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { me, order, orderLine, pageOf, PERMISSIONS } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { Order } from '@/lib/types';

let shown: Order;

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

describe('a delivery', () => {
  const second = orderLine({ id: 'lin_2', position: 2, sku: 'NUT-5', description: 'Nut M5', quantity: { value: '40', unit: 'pcs' }, ledger: { ...orderLine().ledger, ordered: '40', open: '30', shipped: '10' } });
  const done = orderLine({ id: 'lin_3', description: 'Washer', ledger: { ...orderLine().ledger, open: '0' } });

  async function begin() {
    shown = order({ lines: [orderLine(), second, done] });
    const page = await open();
    await page.user.click(screen.getByRole('button', { name: 'Deliver…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Deliver SO-2026-000042' });
    return { ...page, dialog };
  }

  it('proposes what is open and sends what was chosen', async () => {
    let sent: Written | undefined;
    server.use(
      mock('post', '/api/v1/orders/{id}/deliveries', ({ body, request }) => {
        sent = written(request, body);
        return order({ version: 4, fulfilment_status: 'partial' });
      }),
    );
    const { user, dialog } = await begin();
    expect(within(dialog).queryByText('Washer')).not.toBeInTheDocument();
    expect(dialog).toHaveTextContent('NUT-5 · 30 pcs open · 10 sent before');
    expect(within(dialog).getByRole('textbox', { name: 'Quantity of Nut M5' })).toHaveValue('30');
    const bolts = within(dialog).getByRole('textbox', { name: /Quantity of Hex bolt/ });
    await user.clear(bolts);
    await user.type(bolts, '1,000.5');
    await user.clear(within(dialog).getByRole('textbox', { name: 'Quantity of Nut M5' }));
    await user.type(within(dialog).getByRole('textbox', { name: 'Note' }), 'Left at the gate');
    await user.click(within(dialog).getByRole('button', { name: 'Record delivery' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toMatchObject({
      match: '"3"',
      body: { delivered_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string, note: 'Left at the gate', lines: [{ line_id: 'lin_1', quantity: { value: '1000.5', unit: 'box' } }] },
    });
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Partly delivered');
  });

  it('takes all or none, and cannot record nothing', async () => {
    const { user, dialog } = await begin();
    await user.click(within(dialog).getByRole('button', { name: 'None' }));
    expect(within(dialog).getByRole('button', { name: 'Record delivery' })).toBeDisabled();
    await user.click(within(dialog).getByRole('button', { name: 'All' }));
    expect(within(dialog).getByRole('textbox', { name: /Quantity of Hex bolt/ })).toHaveValue('200');
    expect(within(dialog).getByRole('button', { name: 'Record delivery' })).toBeEnabled();
  });

  it('shows at its line what the server refuses', async () => {
    server.use(
      mock('post', '/api/v1/orders/{id}/deliveries', () =>
        refuse(422, 'validation', {
          errors: [
            { pointer: '#/lines/0/quantity/value', code: 'invalid_decimal', detail: 'That is no quantity.' },
            { pointer: '#/lines/1', code: 'exceeds_open', detail: 'Only 30 are open.' },
          ],
        }),
      ),
    );
    const { user, dialog } = await begin();
    const bolts = within(dialog).getByRole('textbox', { name: /Quantity of Hex bolt/ });
    await user.clear(bolts);
    await user.type(bolts, 'many{Tab}');
    expect(bolts).toHaveAccessibleDescription(/“many” is not a number/);
    await user.click(within(dialog).getByRole('button', { name: 'Record delivery' }));
    const nuts = within(dialog).getByRole('textbox', { name: 'Quantity of Nut M5' });
    await waitFor(() => expect(nuts).toHaveAccessibleDescription('Only 30 are open.'));
    await user.click(within(dialog).getByRole('button', { name: 'That is no quantity.' }));
    expect(bolts).toHaveFocus();
  });
});

describe('holds and approvals', () => {
  const hold = { id: 'hld_1', type: 'credit', blocks: 'both', reason: 'Over the limit', active: true, placed_at: '2026-11-20T10:00:00Z', expires_at: '2026-12-20T10:00:00Z' };

  it('puts an order on hold', async () => {
    let sent: Written | undefined;
    server.use(
      mock('post', '/api/v1/orders/{id}/holds', ({ body, request }) => {
        sent = written(request, body);
        return order({ version: 4, hold_count: 1, holds: [hold] });
      }),
    );
    const { user } = await open();
    await more(user, 'Put on hold…');
    const dialog = await screen.findByRole('dialog', { name: 'Put SO-2026-000042 on hold' });
    await user.click(within(dialog).getByRole('combobox', { name: 'Kind' }));
    await user.click(await screen.findByRole('option', { name: 'Credit' }));
    await user.click(within(dialog).getByRole('combobox', { name: 'Blocks' }));
    await user.click(await screen.findByRole('option', { name: 'Delivery' }));
    await user.type(within(dialog).getByRole('textbox', { name: /Reason/ }), 'Over the limit');
    await user.click(within(dialog).getByRole('button', { name: 'Put on hold' }));
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toMatchObject({ match: '"3"', body: { type: 'credit', blocks: 'ship', reason: 'Over the limit' } });
    expect(screen.getByText('Credit hold, blocks delivery and invoice')).toBeInTheDocument();
  });

  it('releases a hold with a reason, and tells decided approvals from open ones', async () => {
    shown = order({
      hold_count: 1, holds: [hold, { ...hold, id: 'hld_0', type: 'manual', active: false, released_at: '2026-11-20T11:00:00Z' }],
      approvals: [
        { id: 'apv_1', policy_id: 'pol_1', policy: 'Large orders', measure: 'total', measured: '2951.2', threshold: '1000', currency: 'EUR', state: 'pending', approver_roles: ['sales_manager'], requested_at: '2026-11-20T09:00:00Z' },
        { id: 'apv_2', policy_id: 'pol_2', policy: 'Deep discounts', measure: 'discount_percent', measured: '12', threshold: '10', state: 'approved', approver_roles: ['owner'], requested_at: '2026-11-20T09:00:00Z', decided_at: '2026-11-20T10:00:00Z', reason: 'A good customer' },
      ],
    });
    let sent: [string, Written] | undefined;
    server.use(
      mock('post', '/api/v1/orders/{id}/holds/{hold_id}/release', ({ body, request, params }) => {
        sent = [params.hold_id!, written(request, body)];
        return order({ version: 4 });
      }),
    );
    const { user, at } = await open();
    await user.click(screen.getByRole('tab', { name: /Holds & approvals/ }));
    expect(at()).toBe('/orders/ord_1?tab=holds');
    const panel = await screen.findByRole('tabpanel');
    expect(panel).toHaveTextContent(/until Dec 20, 2026/);
    expect(panel).toHaveTextContent(/Manual\s*Released/);
    expect(panel).toHaveTextContent(/Large orders Pending.*Total €2,951.20, above €1,000.00.*Sales manager may decide.*Discount 12%, above 10%/);
    expect(panel).toHaveTextContent(/Deep discounts Approved.*decided Nov 20, 2026.*A good customer/);
    await user.click(within(panel).getByRole('button', { name: 'Release…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Release the hold' });
    await user.type(within(dialog).getByRole('textbox', { name: /Reason/ }), 'Paid');
    await user.click(within(dialog).getByRole('button', { name: 'Release' }));
    expect(await screen.findByText('Nothing holds this order.')).toBeInTheDocument();
    expect(screen.getByText('No policy asked for an approval.')).toBeInTheDocument();
    expect(sent).toEqual(['hld_1', { match: '"3"', key: expect.any(String) as string, body: { reason: 'Paid' } }]);
  });

  it('lets nobody release who may not', async () => {
    shown = order({ holds: [hold] });
    server.use(mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'orders.release') })));
    await open('/orders/ord_1?tab=holds');
    expect(await screen.findByRole('tabpanel')).toHaveTextContent('Over the limit');
    expect(screen.queryByRole('button', { name: 'Release…' })).not.toBeInTheDocument();
  });
});

import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { me, order, pageOf, PERMISSIONS } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { TimelineEntry } from '@/lib/types';

const ada = { id: 'usr_1', name: 'Ada Admin' };
/** The description says only that a diff is an object. */
type Entry = Omit<Partial<TimelineEntry>, 'diff'> & { diff?: Record<string, unknown> };
const entry = ({ diff = {}, ...change }: Entry): TimelineEntry => ({
  id: 'aud_1', at: '2026-11-20T09:30:00Z', kind: 'edit', action: 'edited', actor: ada, detail: null, diff: diff as TimelineEntry['diff'], ...change,
});
const version = (number: number) => ({ version: number, sha256: 'a'.repeat(64), created_at: `2026-11-2${number}T09:30:00Z`, created_by: 'usr_1' });

let entries: TimelineEntry[] = [];

beforeEach(() => {
  entries = [];
  server.use(
    mock('get', '/api/v1/orders/{id}', order()),
    mock('get', '/api/v1/orders/{id}/timeline', () => pageOf(entries)),
  );
});

async function open(address = '/orders/ord_1') {
  const page = renderPage(address);
  await screen.findByRole('heading', { level: 1, name: /SO-2026-000042/ });
  return page;
}

const stream = async () => within(await screen.findByRole('complementary')).findAllByRole('listitem');

describe('the timeline of an order', () => {
  it('tells who did what, and each changed field from and to', async () => {
    entries = [
      entry({ id: 'aud_3', kind: 'comment', action: 'commented', detail: 'Customer rang.\nWants it sooner.' }),
      entry({
        id: 'aud_2',
        diff: {
          customer_po: { from: 'PO-1', to: 'PO-77' },
          total: { from: { amount: '1.00', currency: 'EUR' }, to: { amount: '2.00', currency: 'EUR' } },
          quantity: { from: { value: '1', unit: 'box' }, to: { value: '2', unit: 'box' } },
          notes: { from: null, to: 'Ring twice' },
        },
      }),
      entry({ id: 'aud_1', kind: 'status', action: 'order.confirmed', actor: null }),
    ];
    await open();
    const items = await stream();
    const [comment, edit] = items;
    const status = items.at(-1);
    expect(comment).toHaveTextContent(/Ada Admin commented.*Customer rang/);
    expect(edit).toHaveTextContent('Customer po: PO-1 → PO-77');
    expect(edit).toHaveTextContent('Total: 1.00 EUR → 2.00 EUR');
    expect(edit).toHaveTextContent('Quantity: 1 box → 2 box');
    expect(edit).toHaveTextContent('Notes: — → Ring twice');
    expect(status).toHaveTextContent('The system order confirmed');
  });

  it('says what lines, taxes, states and days were, and not how they are stored', async () => {
    entries = [
      entry({ id: 'aud_2', kind: 'delivery', action: 'delivered', diff: { lines: [{ line_id: 'lin_1', quantity: '50' }, { line_id: 'lin_9', quantity: '1.5' }], delivered_date: '2026-11-24' } }),
      entry({
        id: 'aud_1',
        diff: {
          'lines/1': { from: null, to: { sku: 'NUT-5', description: 'Lock nut', quantity: '24', unit_price: '14.50' } },
          'lines/0/taxes': { from: [{ code: 'VAT7', rate: '7.00', amount: '32.76' }], to: [] },
          'totals/net': { from: '1240.2', to: '2828.40' },
          lifecycle: { from: 'pending_approval', to: 'confirmed' },
          discount: { from: null, to: { percent: '5' } },
          ship_to: { changed: true },
        },
      }),
    ];
    await open();
    const items = await screen.findByRole('complementary');
    await waitFor(() => expect(items).toHaveTextContent('Lines: 50 × HX-1020, 1.5 × a line'));
    expect(items).toHaveTextContent('Delivered date: Nov 24, 2026');
    expect(items).toHaveTextContent('Line 2: — → 24 × NUT-5 Lock nut');
    expect(items).toHaveTextContent('Net: 1,240.20 → 2,828.40');
    expect(items).toHaveTextContent('Lifecycle: Pending approval → Confirmed');
    expect(items).toHaveTextContent('Discount: — → 5%');
    expect(items).toHaveTextContent('Ship to: changed');
    expect(items).not.toHaveTextContent('VAT7');
  });

  it('leaves out what says nothing to a reader, and the rest of a long list', async () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`field_${index}`, index]));
    entries = [
      entry({ id: 'aud_2', diff: { order_id: 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV', reason: 'Paid', empty: '', gone: { from: null, to: '' }, same: { from: 'a', to: 'a' }, tags: ['a'] }, detail: 'Paid' }),
      entry({ id: 'aud_1', diff: many }),
    ];
    await open();
    const items = await screen.findByRole('complementary');
    expect(await within(items).findByText(/and 2 more/)).toBeInTheDocument();
    expect(items).toHaveTextContent('Tags: a');
    expect(items).not.toHaveTextContent('Order id');
    expect(items).not.toHaveTextContent('Empty');
    expect(items).not.toHaveTextContent('Gone');
    expect(items).not.toHaveTextContent('Same');
    expect(within(items).getAllByText(/Paid/)).toHaveLength(1);
  });

  it('says that nothing happened, or that it cannot be read', async () => {
    await open();
    expect(await screen.findByText('Nothing happened yet.')).toBeInTheDocument();
    server.use(mock('get', '/api/v1/orders/{id}/timeline', () => refuse(503, 'unavailable', { title: 'Not now' })));
    const { user } = await open();
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Not now');
    server.use(mock('get', '/api/v1/orders/{id}/timeline', pageOf([entry({ action: 'created' })])));
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getAllByRole('complementary').at(-1)).toHaveTextContent('Ada Admin created'));
  });

  it('takes a comment, found with m, once', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/orders/{id}/comments', ({ body, request }) => {
        sent.push({ ...body, key: request.headers.get('idempotency-key') });
        entries = [entry({ kind: 'comment', detail: body.body })];
        return { id: 'cmt_1', body: body.body, author: ada, created_at: '2026-11-20T09:30:00Z' };
      }, { status: 201 }),
    );
    const { user } = await open();
    await user.keyboard('m');
    const box = screen.getByRole('textbox', { name: 'Comment' });
    expect(box).toHaveFocus();
    expect(screen.queryByRole('button', { name: 'Comment' })).not.toBeInTheDocument();
    await user.type(box, 'Ship on Friday');
    expect(screen.getByText('Only colleagues see it.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Comment' }));
    expect((await stream())[0]).toHaveTextContent('Ship on Friday');
    expect(box).toHaveValue('');
    expect(sent).toEqual([{ body: 'Ship on Friday', key: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }]);
  });

  it('keeps a comment that was refused', async () => {
    server.use(mock('post', '/api/v1/orders/{id}/comments', () => refuse(422, 'validation', { errors: [{ pointer: '#/body', code: 'too_long', detail: 'At most 4000 characters.' }] })));
    const { user } = await open();
    const box = screen.getByRole('textbox', { name: 'Comment' });
    await user.type(box, 'Too long');
    await user.click(screen.getByRole('button', { name: 'Comment' }));
    await waitFor(() => expect(box).toHaveAccessibleDescription('At most 4000 characters.'));
    expect(box).toHaveValue('Too long');
  });

  it('has no place to write for those who may only read', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'orders.comment') })));
    await open();
    expect(await screen.findByText('Nothing happened yet.')).toBeInTheDocument();
    expect(screen.queryByRole('textbox', { name: 'Comment' })).not.toBeInTheDocument();
  });
});

describe('the versions of an order', () => {
  it('compares the last two, and any others on request', async () => {
    const asked: string[] = [];
    server.use(
      mock('get', '/api/v1/orders/{id}/versions', { data: [version(3), version(2), version(1)] }),
      mock('get', '/api/v1/orders/{id}/diff', ({ query }) => {
        asked.push(`${query.get('from')}-${query.get('to')}`);
        const changes = query.get('from') === '1' ? [] : [{ path: '/lines/0/quantity', from: '100', to: '200' }];
        // The description cannot say what a field holds.
        return Response.json({ from: 2, to: 3, changes });
      }),
    );
    const { user } = await open('/orders/ord_1?tab=versions');
    const panel = await screen.findByRole('tabpanel');
    expect(await within(panel).findByText('Line 1, quantity')).toBeInTheDocument();
    expect(panel).toHaveTextContent('100 → 200');
    await user.click(within(panel).getByRole('combobox', { name: 'From version' }));
    await user.click(await screen.findByRole('option', { name: /^Version 1/ }));
    expect(await within(panel).findByText('Nothing differs.')).toBeInTheDocument();
    await user.click(within(panel).getByRole('combobox', { name: 'To version' }));
    await user.click(await screen.findByRole('option', { name: /^Version 2/ }));
    await waitFor(() => expect(asked).toEqual(['2-3', '1-3', '1-2']));
  });

  it('says that there is one only, and what failed', async () => {
    server.use(mock('get', '/api/v1/orders/{id}/versions', { data: [version(1)] }));
    await open('/orders/ord_1?tab=versions');
    expect(await screen.findByText('There is one version so far.')).toBeInTheDocument();
  });

  it('shows that the comparison failed', async () => {
    server.use(
      mock('get', '/api/v1/orders/{id}/versions', { data: [version(2), version(1)] }),
      mock('get', '/api/v1/orders/{id}/diff', () => refuse(404, 'not_found', { title: 'No such version' })),
    );
    await open('/orders/ord_1?tab=versions');
    expect(await screen.findByRole('alert')).toHaveTextContent('No such version');
  });
});

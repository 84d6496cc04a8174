import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { order, orderItem, orderLine, pageOf } from '@/testing/builders';
import { type EntryServer, entryServer, openEntry, quick } from '@/testing/entry';
import { mock, refuse, server } from '@/testing/server';
import { usualOf } from './usual';

let entry: EntryServer;
let asked: Record<string, string>;
const line = (sku: string, value: string, unit = 'pcs') => orderLine({ id: `lin_${sku}`, product_id: `prd_${sku}`, sku, description: `Article ${sku}`, quantity: { value, unit } });
const newest = order({ id: 'ord_2', order_date: '2026-11-20', lines: [line('NUT-5', '30')] });
const oldest = order({ id: 'ord_1', order_date: '2026-10-02', lines: [line('HX-10', '8'), line('NUT-5', '99')] });

beforeEach(() => {
  entry = entryServer();
  server.use(
    mock('get', '/api/v1/orders', ({ query }) => {
      asked = Object.fromEntries(query);
      return pageOf([orderItem({ id: 'ord_2' }), orderItem({ id: 'ord_1' })]);
    }),
    mock('get', '/api/v1/orders/{id}', ({ params }) => ({ ord_1: oldest, ord_2: newest })[params.id!] ?? order({ id: params.id! })),
  );
});

async function open() {
  const page = await openEntry('/orders/new?customer=cus_1');
  await page.user.keyboard('{Control>}h{/Control}');
  return { ...page, sheet: within(await screen.findByRole('dialog', { name: 'Usual items' })) };
}

describe('the usual items of a customer', () => {
  it('are opened with Ctrl+H; only quantities are typed', async () => {
    const { user, sheet } = await open();
    const [first, second] = await sheet.findAllByRole('textbox');
    expect(first).toHaveAccessibleName('Quantity of NUT-5, last 30 pcs');
    expect(asked).toMatchObject({ customer_id: 'cus_1', lifecycle: 'confirmed,completed,closed', sort: '-created_at' });
    expect(sheet.getByRole('row', { name: /NUT-5/ })).toHaveTextContent(/30 pcs.*Nov 20, 2026.*€12\.40/);
    expect(first).toHaveFocus();
    await user.keyboard('2*6{Enter}');
    expect(second).toHaveFocus();
    await user.keyboard('4{ArrowUp}');
    expect(first).toHaveFocus();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    await screen.findByText('Article HX-10');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(quick(entry.sent[0])).toEqual(['prd_2 12', 'prd_0 4']));
  });

  it('say what is no quantity, and leave it to be corrected in place', async () => {
    const { user, sheet } = await open();
    expect(sheet.getByRole('button', { name: 'Add 0 lines' })).toBeDisabled();
    await user.type((await sheet.findAllByRole('textbox'))[1]!, 'many');
    expect(sheet.getByText('“many” is not a number.')).toBeInTheDocument();
    await user.click(sheet.getByRole('button', { name: 'Add 1 line' }));
    expect(await screen.findByText(/^1 problem: line 1 Quantity: “many” is not a number/)).toBeInTheDocument();
  });

  it('need a customer, and an order', async () => {
    const { user } = await openEntry();
    await user.click(screen.getByRole('button', { name: 'Usual items' }));
    expect(await screen.findAllByText('Choose a customer first')).not.toHaveLength(0);
    expect(screen.queryByRole('dialog', { name: 'Usual items' })).not.toBeInTheDocument();
    server.use(mock('get', '/api/v1/orders', pageOf([])));
    await user.keyboard('acme{Enter}');
    await user.click(screen.getByRole('button', { name: 'Usual items' }));
    expect(await screen.findByText('There is no order of this customer yet.')).toBeInTheDocument();
  });

  it('say when they cannot be had', async () => {
    server.use(mock('get', '/api/v1/orders', () => refuse(500, 'internal', { title: 'No orders today' })));
    const { sheet } = await open();
    expect(await sheet.findByRole('alert')).toHaveTextContent('No orders today');
  });

  it('take quantity and price from the newest order, and come in the order of how often', () => {
    const items = usualOf([newest, oldest]);
    expect(items.map(({ sku, quantity, times }) => `${sku} ${quantity} ${times}`)).toEqual(['NUT-5 30 2', 'HX-10 8 1']);
    expect(usualOf([order({ lines: [orderLine({ product_id: null, sku: null })] })])).toEqual([]);
  });
});

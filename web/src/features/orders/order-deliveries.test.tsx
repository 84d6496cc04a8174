import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { delivery, order, pageOf } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { Delivery, Order } from '@/lib/types';

let shown: Order;
let listed: Delivery[];
const reverse = (change = {}) => ({ action: 'reverse_delivery', allowed: true, reason: null, detail: null, ...change });

beforeEach(() => {
  shown = order({ actions: [...order().actions, reverse()] });
  listed = [delivery()];
  server.use(
    mock('get', '/api/v1/orders/{id}', ({ params }) => ({ ...shown, id: params.id! })),
    mock('get', '/api/v1/orders/{id}/timeline', () => pageOf([])),
    mock('get', '/api/v1/orders/{id}/deliveries', () => pageOf(listed)),
  );
});

async function open(address = '/orders/ord_1?tab=deliveries') {
  const page = renderPage(address);
  return { ...page, list: await screen.findByRole('list', { name: 'Deliveries' }) };
}

describe('the deliveries of an order', () => {
  it('show what left the house, and what was taken back', async () => {
    listed = [
      delivery({ id: 'dlv_2', delivered_date: '2026-11-23', note: 'wrong gate', reverses: 'dlv_1', lines: [{ ...delivery().lines[0]!, quantity: { value: '-50', unit: 'box' } }] }),
      delivery({ reversed_by: 'dlv_2', created_by: null }),
    ];
    const { list } = await open();
    const [reversal, first] = await within(list).findAllByRole('heading', { level: 3 });
    expect(reversal).toHaveTextContent('Nov 23, 2026Reversal of Nov 21, 2026');
    expect(first).toHaveTextContent('Nov 21, 2026Reversed');
    expect(list).toHaveTextContent(/wrong gate.*Ada Admin.*HX-1020.*-50 box.*Left at gate 4.*The system.*HX-1020.*50 box/);
    expect(screen.queryByRole('button', { name: /^Reverse the delivery/ })).not.toBeInTheDocument();
  });

  it('are taken back by keys, with a reason, after showing what opens again', async () => {
    let sent: { id: string | undefined; match: string | null; body: unknown } | undefined;
    server.use(
      mock('post', '/api/v1/orders/{id}/deliveries/{delivery_id}/reverse', ({ body, request, params }) => {
        sent = { id: params.delivery_id, match: request.headers.get('if-match'), body };
        listed = [delivery({ id: 'dlv_2', note: 'wrong gate', reverses: 'dlv_1' }), delivery({ reversed_by: 'dlv_2' })];
        return order({ version: 4 });
      }),
    );
    const { user, list } = await open();
    const button = await within(list).findByRole('button', { name: /^Reverse the delivery of Nov 20, 2026/ });
    button.focus();
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Reverse the delivery of Nov 21, 2026' });
    expect(within(dialog).getByRole('list', { name: 'Open again' })).toHaveTextContent('Hex bolt M10×20 A2HX-102050 box');
    await waitFor(() => expect(within(dialog).getByRole('textbox', { name: /Reason/ })).toHaveFocus());
    await user.keyboard('wrong gate{Tab}{Tab}{Enter}');
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(sent).toEqual({ id: 'dlv_1', match: '"3"', body: { reason: 'wrong gate' } });
    expect(await within(list).findByText('Reversed')).toBeInTheDocument();
    expect(await screen.findByText('Delivery reversed')).toBeInTheDocument();
  });

  it('say why one cannot be taken back', async () => {
    const detail = 'Line 1: at most 0 box can be taken back.';
    server.use(
      mock('post', '/api/v1/orders/{id}/deliveries/{delivery_id}/reverse', () =>
        refuse(409, 'reversal_exceeds_delivered', { errors: [{ pointer: null, code: 'reversal_exceeds_delivered', detail }] }),
      ),
    );
    const { user, list } = await open();
    await user.click(await within(list).findByRole('button', { name: /^Reverse the delivery/ }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByRole('textbox', { name: /Reason/ }), 'wrong');
    await user.click(within(dialog).getByRole('button', { name: 'Reverse delivery' }));
    expect(await within(dialog).findByText(detail)).toBeInTheDocument();
    expect(within(dialog).getByRole('textbox', { name: /Reason/ })).toHaveValue('wrong');
  });

  it('are found from the menu of the order, and say so where it is not possible', async () => {
    const { user, at } = renderPage('/orders/ord_1');
    await user.click(await screen.findByRole('button', { name: 'More actions' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Reverse a delivery…' }));
    expect(at()).toBe('/orders/ord_1?tab=deliveries');
    expect(await screen.findByRole('button', { name: /^Reverse the delivery/ })).toBeEnabled();
  });

  it('cannot be taken back by whoever may not deliver', async () => {
    shown = order({ actions: [reverse({ allowed: false, reason: 'forbidden', detail: 'You may not do this.' })] });
    const { list } = await open();
    const button = await within(list).findByRole('button', { name: /^Reverse the delivery/ });
    expect(button).toBeDisabled();
    expect(button).toHaveAttribute('title', 'You may not do this.');
  });

  it('come page by page, and say when there are none or they cannot be had', async () => {
    server.use(
      mock('get', '/api/v1/orders/{id}/deliveries', ({ query }) =>
        query.get('cursor') === 'dlv_1' ? pageOf([delivery({ id: 'dlv_0', note: 'The first' })]) : pageOf([delivery()], { next: 'dlv_1', has_more: true }),
      ),
    );
    const { user, list, unmount } = await open();
    await user.click(await screen.findByRole('button', { name: 'Show earlier deliveries' }));
    await waitFor(() => expect(list).toHaveTextContent('The first'));
    expect(screen.queryByRole('button', { name: 'Show earlier deliveries' })).not.toBeInTheDocument();
    unmount();
    server.use(mock('get', '/api/v1/orders/{id}/deliveries', () => pageOf([])));
    const empty = await open();
    expect(await screen.findByText('Nothing was delivered yet.')).toBeInTheDocument();
    empty.unmount();
    server.use(mock('get', '/api/v1/orders/{id}/deliveries', () => refuse(500, 'internal')));
    await open();
    expect(await screen.findByText('The request was refused')).toBeInTheDocument();
  });
});

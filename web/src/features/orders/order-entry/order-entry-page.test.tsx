import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { me, order, orderLine, PERMISSIONS } from '@/testing/builders';
import { counted, type EntryServer, entryServer, openEntry, quick } from '@/testing/entry';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { keysEvery } from '@/testing/typist';

let entry: EntryServer;
beforeEach(() => {
  entry = entryServer();
});

describe('order entry', () => {
  it('takes an order by the keyboard alone and places it once', async () => {
    let key: string | null = null;
    server.use(
      mock('post', '/api/v1/orders', ({ body, request }) => {
        key = request.headers.get('idempotency-key');
        entry.sent.push(body);
        return order({ id: 'ord_9' });
      }),
    );
    const { user, at } = await openEntry();
    await user.keyboard('acme{Enter}');
    await user.keyboard('{Tab}PO-77{Control>}l{/Control}');
    await user.keyboard('HX-10{Enter}12{Enter}nut-5{Enter}3{Enter}');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(quick(entry.sent[0])).toEqual(['prd_0 12', 'prd_2 3']);
    expect(entry.sent[0]).toMatchObject({ customer_id: 'cus_1', customer_po: 'PO-77', place: true, currency: 'EUR' });
    expect(entry.sent).toHaveLength(1);
    expect(key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives the same order however slowly the search answers', async () => {
    entry.slowness = 600;
    const { user, at } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-20{Enter}4{Enter}NUT-8{Enter}12*2{Enter}HX-1{Enter}7{Enter}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(at()).toBe('/orders/ord_9'), { timeout: 8000 });
    expect(quick(entry.sent[0])).toEqual(['prd_1 4', 'prd_3 24', 'prd_0 7']);
  });

  it('marks what it cannot find, keeps the focus where it is and does not place the order', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-99{Enter}2{Enter}HX-10{Enter}');
    expect(await screen.findByText('1 problem: line 1 “HX-99” not found')).toBeInTheDocument();
    expect(screen.getByLabelText('Quantity, line 2')).toHaveFocus();
    await user.keyboard('5{Control>}{Enter}{/Control}');
    expect(await screen.findAllByText('The order cannot be placed yet')).not.toHaveLength(0);
    await waitFor(() => expect(screen.getByLabelText('SKU or barcode, line 1')).toHaveFocus());
    expect(entry.sent).toHaveLength(0);
  });

  it('leads to problems with F8', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}XX{Enter}1{Enter}HX-10{Enter}1..2{Enter}');
    expect(await screen.findByText(/^2 problems: line 1/)).toBeInTheDocument();
    await user.keyboard('{F8}');
    expect(screen.getByLabelText('SKU or barcode, line 1')).toHaveFocus();
    await user.keyboard('{F8}');
    expect(screen.getByLabelText('Quantity, line 2')).toHaveFocus();
  });

  it('ends the lines with Enter in an empty SKU cell, and undoes by command', async () => {
    const { user } = await openEntry();
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}{Enter}');
    expect(screen.getByLabelText('Notes')).toHaveFocus();
    const grid = screen.getByRole('grid', { name: 'Order lines' });
    expect(within(grid).getAllByRole('gridcell')[2]).toHaveTextContent(/2$/);
    await user.click(screen.getByRole('button', { name: /^Undo/ }));
    expect(within(grid).getAllByRole('gridcell')[2]).toHaveTextContent(/1$/);
  });

  it('counts a scan twice as two pieces', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}');
    keysEvery(10);
    await user.keyboard('4006381333931{Enter}4006381333931{Enter}4006381333932{Enter}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(quick(entry.sent[0])).toEqual(['prd_1 2', 'prd_2 1']));
  });

  it('adds pasted rows, the unreadable ones to be corrected in place', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}');
    await user.paste('HX-10\t5\nNUT-5\t2\t1.25\nNUT-8\tmany');
    const sheet = await screen.findByRole('dialog', { name: 'Paste lines' });
    await user.click(within(sheet).getByRole('button', { name: 'Add 3 lines' }));
    expect(await screen.findByText(/^1 problem: line 3 Quantity: /)).toBeInTheDocument();
    expect(screen.getAllByText('Article NUT-5')).not.toHaveLength(0);
  });

  it('saves a draft, then only what changed, with the version it knows', async () => {
    const puts: unknown[] = [];
    server.use(
      mock('put', '/api/v1/orders/{id}/lines', ({ body, request, params }) => {
        puts.push([params.id, request.headers.get('if-match'), body.lines.length]);
        return order({ id: 'ord_9', version: 2 });
      }),
    );
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}');
    await screen.findByText('Article HX-10');
    await user.keyboard('{Control>}s{/Control}');
    expect(await screen.findByText(/^Saved /)).toBeInTheDocument();
    expect(quick(entry.sent[0])).toEqual(['prd_0 2']);
    expect(entry.sent[0]?.place).toBeUndefined();
    await user.keyboard('{Control>}l{/Control}HX-20{Enter}1{Enter}');
    await waitFor(() => expect(puts).toEqual([['ord_9', '"1"', 2]]), { timeout: 5000 });
  });

  it('puts the refusals of the server on their cells', async () => {
    server.use(
      mock('post', '/api/v1/orders/preview', ({ body }) => {
        const bad = body.lines?.findIndex((line) => line.quantity?.value === '7') ?? -1;
        if (bad < 0) return counted(body.lines);
        return refuse(422, 'validation', { errors: [{ pointer: `#/lines/${bad}/quantity/value`, code: 'not_a_multiple', detail: 'Sold in twelves.' }] });
      }),
    );
    const { user } = await openEntry();
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}12{Enter}HX-20{Enter}7{Enter}');
    expect(await screen.findByText('1 problem: line 2 Sold in twelves.')).toBeInTheDocument();
    expect(await within(await screen.findByRole('region', { name: 'Totals' })).findByText('€2,951.20')).toBeInTheDocument();
  });

  it('merges what someone else saved and asks about what both changed', async () => {
    const mine = order({ id: 'ord_9', version: 3, lifecycle: 'draft' });
    const theirs = { ...mine, version: 4, lines: [orderLine({ quantity: { value: '50', unit: 'box' } })] };
    const puts: unknown[] = [];
    let reads = 0;
    server.use(
      mock('get', '/api/v1/orders/{id}', () => (reads++ ? theirs : mine)),
      mock('put', '/api/v1/orders/{id}/lines', ({ body, request }) => {
        const known = request.headers.get('if-match');
        if (known === '"3"') return refuse(412, 'stale_version');
        puts.push([known, body.lines[0]?.quantity?.value]);
        return order({ ...theirs, version: 5 });
      }),
    );
    const { user } = renderPage('/orders/ord_9/edit');
    await screen.findByRole('heading', { name: /SO-2026-000042/ });
    const grid = screen.getByRole('grid', { name: 'Order lines' });
    await user.click(within(grid).getByText('200'));
    await user.keyboard('99{Enter}{Control>}s{/Control}');
    const sheet = await screen.findByRole('dialog', { name: 'Someone else changed this draft' });
    await user.click(within(sheet).getByRole('radio', { name: /Theirs/ }));
    await user.click(within(sheet).getByRole('button', { name: 'Save the merged draft' }));
    await waitFor(() => expect(within(grid).getByText('50')).toBeInTheDocument());
  });

  it('keeps prices closed to those who may not set them', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'prices.override') })));
    const { user } = await openEntry();
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}1{Enter}');
    const price = screen.getAllByRole('gridcell').find((cell) => cell.dataset.column === 'price');
    expect(price).toHaveAttribute('aria-readonly', 'true');
  });
});

import 'fake-indexeddb/auto';
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { order, orderLine } from '@/testing/builders';
import { type EntryServer, entryServer, openEntry, quick } from '@/testing/entry';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import { forget, keep, leftBehind } from './journal';
import { emptyHead, emptyLine } from './model';

const OWNER = 'usr_1 org_1';
let entry: EntryServer;
beforeEach(() => {
  entry = entryServer();
});
afterEach(async () => {
  for (let kept = await leftBehind(OWNER, null, ''); kept; kept = await leftBehind(OWNER, null, '')) await forget(kept.id);
});

/** Leaves the page as a crash would: nothing is saved, nothing is said. */
async function keyedAndLost() {
  const page = await openEntry();
  await page.user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}');
  await waitFor(async () => expect((await leftBehind(OWNER, null, ''))?.draft.lines[0]).toMatchObject({ sku: 'HX-10', quantity: '2', match: 'found' }));
  page.unmount();
}

/** Whether the browser would ask before the page is left. */
function leaving(): boolean {
  const event = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

describe('what was keyed', () => {
  it('is offered again after a crash, and goes on from there', async () => {
    await keyedAndLost();
    const { user, at } = await openEntry();
    expect(await screen.findByText(/is kept on this device/)).toBeInTheDocument();
    expect(screen.getByText('Acme GmbH, 1 line')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Restore' }));
    expect(screen.getByText(/^Draft of .* restored$/)).toBeInTheDocument();
    expect(screen.getByRole('combobox', { name: /Customer/ })).toHaveValue('Acme GmbH');
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(quick(entry.sent[0])).toEqual(['prd_0 2']);
    // A placed order leaves nothing behind.
    await waitFor(async () => expect(await leftBehind(OWNER, null, '')).toBeNull());
  });

  it('is compared with the page before it is restored and afterwards, and taken back', async () => {
    await keyedAndLost();
    const { user } = await openEntry();
    await user.keyboard('{Control>}l{/Control}NUT-5{Enter}7{Enter}');
    await user.click(await screen.findByRole('button', { name: 'Compare' }));
    const sheet = await screen.findByRole('dialog', { name: /^Draft of/ });
    const shown = () => within(screen.getByRole('dialog', { name: /^Draft of/ })).getAllByRole('row').map((row) => row.textContent);
    expect(shown()).toEqual([expect.stringMatching(/^WhatOn this pageDraft of/), 'Customer—Acme GmbH', 'NUT-57 pcs—', 'HX-10—2 pcs']);
    await user.click(within(sheet).getByRole('button', { name: 'Restore the draft' }));
    await waitFor(() => expect(sheet).not.toBeInTheDocument());
    expect(screen.getByRole('combobox', { name: /Customer/ })).toHaveValue('Acme GmbH');
    await user.click(screen.getByRole('button', { name: 'Compare' }));
    await waitFor(() => expect(shown()[2]).toBe('NUT-57 pcs—'));
    await user.click(screen.getByRole('button', { name: 'Take back the draft' }));
    await waitFor(() => expect(screen.getByRole('combobox', { name: /Customer/ })).toHaveValue(''));
    expect(screen.queryByText(/^Draft of .* restored$/)).not.toBeInTheDocument();
  });

  it('is thrown away on request, and not offered again', async () => {
    await keyedAndLost();
    const { user, unmount } = await openEntry();
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    expect(screen.queryByText(/is kept on this device/)).not.toBeInTheDocument();
    await waitFor(async () => expect(await leftBehind(OWNER, null, '')).toBeNull());
    unmount();
    await openEntry();
    expect(screen.queryByText(/is kept on this device/)).not.toBeInTheDocument();
  });

  it('belongs to the person and the order it was keyed for', async () => {
    const draft = { head: emptyHead('EUR'), lines: [emptyLine('n0')] };
    const kept = (id: string, change: object) => keep({ id, owner: OWNER, orderId: null, version: null, at: '2026-11-20T09:30:00Z', draft, ...change });
    await kept('a', { owner: 'usr_2 org_1' });
    await kept('b', { orderId: 'ord_7' });
    expect(await leftBehind(OWNER, null, '')).toBeNull();
    await kept('c', { at: '2026-11-20T10:00:00Z' });
    await kept('d', { at: '2026-11-20T11:00:00Z' });
    expect((await leftBehind(OWNER, null, ''))?.id).toBe('d');
    expect((await leftBehind(OWNER, null, 'd'))?.id).toBe('c');
    expect((await leftBehind(OWNER, 'ord_7', ''))?.id).toBe('b');
    await forget('b');
    await forget('a');
  });
});

describe('saved, only when the server said so', () => {
  it('is kept on this device when the server does not answer, and the page may be left', async () => {
    server.use(mock('post', '/api/v1/orders', () => Response.error()));
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}{Control>}s{/Control}');
    expect(await screen.findByText('Not saved — kept on this device')).toBeInTheDocument();
    expect(screen.getByRole('alert')).toHaveTextContent('The server did not answer');
    expect(leaving()).toBe(false);
  });

  it('asks before the page is left when neither the server nor the device keeps it', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new Error('The disk is full');
    });
    server.use(mock('post', '/api/v1/orders', () => refuse(503, 'unavailable')));
    const { user } = await openEntry();
    expect(leaving()).toBe(false);
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}{Control>}s{/Control}');
    expect(await screen.findByText('Not saved')).toBeInTheDocument();
    expect(leaving()).toBe(true);
  });

  it('needs a customer for a draft, and says so', async () => {
    const { user } = await openEntry();
    await user.keyboard('{Control>}s{/Control}');
    expect(await screen.findAllByText('Choose a customer first')).not.toHaveLength(0);
    expect(entry.sent).toEqual([]);
  });

  it('says when lines in question stay out of a draft', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}ZZ{Enter}1{Enter}');
    await screen.findByText(/“ZZ” not found/, { selector: 'span.font-medium' });
    await user.click(screen.getByRole('button', { name: 'Save draft' }));
    expect(await screen.findByText(/^Saved .*, without the lines in question$/)).toBeInTheDocument();
    expect(quick(entry.sent[0])).toEqual(['prd_0 2']);
  });

  it('uses the same key again after silence, so that an order is not placed twice', async () => {
    const keys: (string | null)[] = [];
    server.use(
      mock('post', '/api/v1/orders', ({ request }) => {
        keys.push(request.headers.get('idempotency-key'));
        if (keys.length === 1) return Response.error();
        if (keys.length === 2) return refuse(409, 'customer_blocked', { title: 'The customer is blocked' });
        return order({ id: 'ord_9' });
      }),
    );
    const { user, at } = await openEntry();
    await user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}{Control>}{Enter}{/Control}');
    expect(await screen.findByRole('alert')).toHaveTextContent('The server did not answer');
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('The customer is blocked'));
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

describe('a saved draft', () => {
  const held = () => order({ id: 'ord_9', lifecycle: 'draft', confirmed_at: null, actions: [], notes: 'Old' });

  async function open() {
    const page = renderPage('/orders/ord_9/edit');
    await screen.findByRole('heading', { name: /SO-2026-000042/ });
    return page;
  }

  it('saves its head by itself, after a rest', async () => {
    const patches: unknown[] = [];
    server.use(
      mock('get', '/api/v1/orders/{id}', held()),
      mock('patch', '/api/v1/orders/{id}', ({ body, request }) => {
        patches.push([request.headers.get('if-match'), body.customer_po]);
        return { ...held(), version: 4 };
      }),
    );
    const { user } = await open();
    const po = screen.getByRole('textbox', { name: 'PO number' });
    await user.clear(po);
    await user.type(po, 'PO-88{Tab}');
    expect(await screen.findByText(/^Saved /)).toBeInTheDocument();
    expect(patches).toEqual([['"3"', 'PO-88']]);
  });

  it('is placed by what it takes: saved, submitted and confirmed with the versions that follow', async () => {
    const steps: string[] = [];
    const confirm = { action: 'confirm', allowed: true, reason: null, detail: null };
    server.use(
      mock('get', '/api/v1/orders/{id}', held()),
      mock('patch', '/api/v1/orders/{id}', ({ request }) => {
        steps.push(`patch ${request.headers.get('if-match')}`);
        return { ...held(), version: 4 };
      }),
      mock('post', '/api/v1/orders/{id}/submit', ({ request }) => {
        steps.push(`submit ${request.headers.get('if-match')}`);
        return { ...held(), version: 5, lifecycle: 'pending_approval', actions: [confirm] };
      }),
      mock('post', '/api/v1/orders/{id}/confirm', ({ request }) => {
        steps.push(`confirm ${request.headers.get('if-match')}`);
        return order({ id: 'ord_9', version: 6 });
      }),
    );
    const { user, at } = await open();
    await user.type(screen.getByLabelText('Notes'), ' and new');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(steps).toEqual(['patch "3"', 'submit "4"', 'confirm "5"']);
    expect(await screen.findAllByText('Order SO-2026-000042 is confirmed')).not.toHaveLength(0);
  });

  it('waits for approval when a policy asks for it', async () => {
    const pending = { id: 'apv_1', policy_id: 'pol_1', policy: 'Large orders', measure: 'total', measured: '1', state: 'pending', approver_roles: [], requested_at: '2026-11-20T09:30:00Z' };
    server.use(
      mock('get', '/api/v1/orders/{id}', held()),
      mock('post', '/api/v1/orders/{id}/submit', { ...held(), version: 5, lifecycle: 'pending_approval', approvals: [pending], actions: [{ action: 'confirm', allowed: true, reason: null, detail: null }] }),
    );
    const { user, at } = await open();
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(await screen.findAllByText('Order SO-2026-000042 is placed')).not.toHaveLength(0);
  });

  it('merges by itself what does not meet: their head, their new line, my quantity', async () => {
    const mine = held();
    const theirs = { ...held(), version: 7, customer_po: 'PO-THEIRS', lines: [...mine.lines, orderLine({ id: 'lin_2', position: 2, product_id: 'prd_2', sku: 'NUT-5', description: 'Article NUT-5' })] };
    let reads = 0;
    const puts: unknown[] = [];
    server.use(
      mock('get', '/api/v1/orders/{id}', () => (reads++ ? theirs : mine)),
      mock('put', '/api/v1/orders/{id}/lines', ({ body, request }) => {
        if (request.headers.get('if-match') === '"3"') return refuse(412, 'stale_version');
        puts.push(body.lines.map((line) => `${line.product_id} ${line.quantity?.value}`));
        return { ...theirs, version: 8 };
      }),
    );
    const { user } = await open();
    const grid = screen.getByRole('grid', { name: 'Order lines' });
    await user.click(within(grid).getByText('200'));
    await user.keyboard('99{Enter}{Control>}s{/Control}');
    await waitFor(() => expect(puts).toEqual([['prd_1 99', 'prd_2 200']]));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'PO number' })).toHaveValue('PO-THEIRS');
  });

  it('takes all of theirs on request', async () => {
    const mine = held();
    const theirs = { ...held(), version: 7, notes: 'Theirs', lines: [] };
    let reads = 0;
    const saved: unknown[] = [];
    server.use(
      mock('get', '/api/v1/orders/{id}', () => (reads++ ? theirs : mine)),
      mock('patch', '/api/v1/orders/{id}', ({ body, request }) => {
        if (request.headers.get('if-match') === '"3"') return refuse(412, 'stale_version');
        saved.push(body);
        return { ...theirs, version: 8 };
      }),
      mock('put', '/api/v1/orders/{id}/lines', ({ request }) => (request.headers.get('if-match') === '"3"' ? refuse(412, 'stale_version') : { ...theirs, version: 8 })),
    );
    const { user } = await open();
    const grid = screen.getByRole('grid', { name: 'Order lines' });
    await user.click(within(grid).getByText('200'));
    await user.keyboard('99{Enter}');
    const notes = screen.getByLabelText('Notes');
    await user.clear(notes);
    await user.type(notes, 'Mine');
    await user.keyboard('{Control>}s{/Control}');
    const sheet = await screen.findByRole('dialog', { name: 'Someone else changed this draft' });
    expect(within(sheet).getByRole('group', { name: 'Notes' })).toHaveTextContent(/Mine: Mine.*Theirs: Theirs/);
    expect(within(sheet).getByRole('group', { name: 'HX-1020' })).toHaveTextContent(/keep the line.*removed/);
    await user.click(within(sheet).getByRole('button', { name: 'Take all of theirs' }));
    await waitFor(() => expect(notes).toHaveValue('Theirs'));
    expect(within(grid).queryByText('99')).not.toBeInTheDocument();
    expect(saved).toEqual([]);
  });
});

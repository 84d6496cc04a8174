import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditEntry, me, pageOf } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';
import type { AuditChain } from '@/lib/types';

const CHAIN: AuditChain = {
  entries: 1842, sealed_at: '2026-11-20T09:30:00Z', unsealed: 0, unsealed_since: null, signed_entries: 1800, signed_at: '2026-11-20T09:28:00Z',
  proved_entries: 1840, proved_at: '2026-11-20T02:00:00Z', fault: null,
};

let chain: AuditChain;
beforeEach(() => {
  chain = CHAIN;
  server.use(mock('get', '/api/v1/audit/chain', () => chain));
});

const entries = (...rows: ReturnType<typeof auditEntry>[]) => {
  const asked: string[] = [];
  server.use(
    mock('get', '/api/v1/audit', ({ query }) => {
      asked.push(String(query));
      return pageOf(rows);
    }),
  );
  return asked;
};

describe('the audit log', () => {
  it('asks for what the address says, and tells who did what from where and why', async () => {
    const asked = entries(
      auditEntry(),
      auditEntry({ seq: 41, entity: 'list', action: 'read', actor_name: '', actor_kind: 'system', entity_name: null, reason: null, position: null, diff: { list: 'customers', rows: 50 } as never }),
    );
    renderPage('/settings/audit?entity=order&actor_name.contains=ada&at.gte=2026-11-01&at.lte=2026-11-30&q=cancel');
    const row = await screen.findByRole('row', { name: /Order cancelled/ });
    expect(row).toHaveTextContent(/Order cancelled.*Ada Admin.*Ordered twice.*SO-2026-00042.*192\.0\.2\.17.*Sealed/);
    expect(screen.getByRole('row', { name: /Page of customers read/ })).toHaveTextContent(/System.*Waiting/);
    expect(screen.getByRole('link', { name: 'Order cancelled' })).toHaveAttribute('href', '/settings/audit/42');
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toEqual({
      entity: 'order', 'actor_name.contains': 'ada', 'at.gte': '2026-11-01', 'at.lte': '2026-11-30', sort: '-seq',
      filter: '(actor_name:"cancel" OR entity:"cancel" OR action:"cancel")',
    });
    expect(screen.getByText('Who: ada')).toBeInTheDocument();
  });

  it('exports what is filtered, to those who may', async () => {
    entries(auditEntry());
    const { user, unmount } = renderPage('/settings/audit?entity=order&cursor=c_1');
    await user.click(await screen.findByRole('button', { name: 'Export' }));
    expect(await screen.findByRole('menuitem', { name: 'CSV file' })).toHaveAttribute('href', '/api/v1/audit/export?entity=order&format=csv');
    unmount();
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['audit.read'] })));
    renderPage('/settings/audit');
    await screen.findByRole('row', { name: /Order cancelled/ });
    expect(screen.queryByRole('button', { name: 'Export' })).not.toBeInTheDocument();
  });

  it('says how far it is sealed and proved', async () => {
    entries(auditEntry());
    renderPage('/settings/audit');
    expect(await screen.findByText(/1,842 entries sealed, the last/)).toBeInTheDocument();
    expect(screen.getByText(/1,840 entries as they were written/)).toBeInTheDocument();
  });

  it('cries out when the proof found something', async () => {
    chain = { ...CHAIN, fault: 'entry 7 (place 7) was changed' };
    entries(auditEntry());
    renderPage('/settings/audit');
    expect(await screen.findByRole('alert')).toHaveTextContent(/not what was written.*entry 7 \(place 7\) was changed/);
  });

  it('tells a new log, one that cannot be had, and a chain that cannot', async () => {
    chain = { ...CHAIN, entries: 0, sealed_at: null, signed_at: null, proved_at: null, proved_entries: null };
    entries();
    const { unmount } = renderPage('/settings/audit');
    expect(await screen.findByRole('heading', { name: 'Nothing was done yet' })).toBeInTheDocument();
    expect(await screen.findByText('Nothing is sealed yet')).toBeInTheDocument();
    unmount();
    server.use(
      mock('get', '/api/v1/audit', () => refuse(500, 'internal', { title: 'The log cannot be had' })),
      mock('get', '/api/v1/audit/chain', () => refuse(500, 'internal')),
    );
    renderPage('/settings/audit');
    expect(await screen.findByRole('alert')).toHaveTextContent('The log cannot be had');
    expect(screen.getByText(/cannot be told right now/)).toBeInTheDocument();
  });

  it('is not for everybody', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['orders.read'] })));
    renderPage('/settings/audit');
    expect(await screen.findByRole('heading', { name: 'You may not use this page' })).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Audit log' })).not.toBeInTheDocument();
  });
});

describe('an entry', () => {
  it('shows what was there before and after, and leads to the object', async () => {
    const asked = entries(auditEntry());
    renderPage('/settings/audit/42');
    await screen.findByRole('heading', { level: 1, name: /Order cancelled/ });
    expect(asked).toEqual(['seq=42&limit=1']);
    expect(screen.getByRole('row', { name: /Lifecycle/ })).toHaveTextContent('Lifecycleconfirmedcancelled');
    expect(screen.getByRole('row', { name: /Lines/ })).toHaveTextContent('Lines—3');
    expect(screen.queryByRole('row', { name: /Reason/ })).not.toBeInTheDocument();
    expect(screen.getByText('Ordered twice')).toBeInTheDocument();
    expect(screen.getByText('192.0.2.17')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Order SO-2026-00042' })).toHaveAttribute('href', '/orders/ord_1');
    expect(screen.getByRole('link', { name: 'ord_1' })).toHaveAttribute('href', '/settings/audit?entity_id=ord_1');
  });

  it('says when there is none, or none can be had', async () => {
    entries();
    const { unmount } = renderPage('/settings/audit/99');
    expect(await screen.findByRole('heading', { name: 'There is no such entry' })).toBeInTheDocument();
    unmount();
    server.use(mock('get', '/api/v1/audit', () => refuse(503, 'unavailable', { title: 'Busy' })));
    renderPage('/settings/audit/99');
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('Busy'));
  });
});

import { screen, waitFor, within } from '@testing-library/react';
import { delay } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { me, orderItem, pageOf, PERMISSIONS } from '@/testing/builders';
import { escape } from '@/testing/dialogs';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

let asked: URLSearchParams[] = [];
const last = () => Object.fromEntries(asked.at(-1) ?? []);

const ROWS = [
  orderItem(),
  orderItem({
    id: 'ord_2', number: 'SO-2026-000043', lifecycle: 'draft', fulfilment_status: 'unfulfilled', hold_count: 1, customer_po: null,
    customer: { id: 'cus_2', code: 'C-000002', name: 'Birch Ltd' }, requested_date: null, total: { amount: '-12.50', currency: 'EUR' }, owner: null,
  }),
  orderItem({ id: 'ord_3', number: 'SO-2026-000044', requested_date: '2020-01-02', fulfilment_status: 'partial' }),
];

beforeEach(() => {
  asked = [];
  server.use(
    mock('get', '/api/v1/orders', ({ query }) => {
      asked.push(query);
      return pageOf(ROWS);
    }),
  );
});

async function open(address = '/orders') {
  const page = renderPage(address);
  await screen.findByRole('link', { name: ROWS[0]!.number });
  return page;
}

const row = (name: string) => screen.getByRole('row', { name: new RegExp(name) });

describe('the list of orders', () => {
  it('shows what an order is at a glance, and asks for the open ones, newest first', async () => {
    await open();
    expect(screen.getByRole('heading', { name: 'Orders', level: 1 })).toBeInTheDocument();
    expect(last()).toEqual({ lifecycle: 'draft,pending_approval,confirmed', sort: '-created_at' });
    expect(row('000042')).toHaveTextContent(/Acme GmbH.*PO-77.*Confirmed.*Not delivered.*Nov 20, 2026.*Nov 30, 2026.*Ada Admin.*€2,951.20/);
    // A draft delivers nothing yet, so nothing is said about it.
    expect(row('000043')).toHaveTextContent(/Draft.*On hold/);
    expect(row('000043')).not.toHaveTextContent('Not delivered');
    expect(row('000044')).toHaveTextContent(/Partly delivered.*Jan 2, 2020 \(late\)/);
    expect(screen.getByText('3 orders')).toBeInTheDocument();
    expect(screen.queryByRole('navigation', { name: 'Pages' })).not.toBeInTheDocument();
  });

  it('opens an order, and walks on through the list with ]', async () => {
    server.use(mock('get', '/api/v1/orders/{id}', () => refuse(404, 'not_found')));
    const { user, at } = await open();
    await user.keyboard('jj');
    expect(screen.getByRole('link', { name: ROWS[1]!.number })).toHaveFocus();
    await user.keyboard('k{Enter}');
    await waitFor(() => expect(at()).toBe('/orders/ord_1'));
  });

  it('keeps view, filters and search in the address', async () => {
    const { user, at } = await open();
    await user.click(screen.getByRole('button', { name: 'On hold' }));
    await waitFor(() => expect(at()).toBe('/orders?view=hold'));
    await waitFor(() => expect(last()).toEqual({ on_hold: 'true', sort: '-created_at' }));
    expect(screen.getByRole('button', { name: 'On hold' })).toHaveAttribute('aria-pressed', 'true');

    await user.type(screen.getByRole('searchbox'), 'acme');
    await waitFor(() => expect(at()).toBe('/orders?view=hold&q=acme'));
    await waitFor(() => expect(last()).toMatchObject({ q: 'acme', on_hold: 'true' }));

    await user.keyboard('{Escape}');
    (document.activeElement as HTMLElement).blur();
    await user.keyboard('1');
    await waitFor(() => expect(at()).toBe('/orders?view=open&q=acme'));
  });

  it('keeps a search that waits for a pause and a sort chosen meanwhile', async () => {
    const { user, at } = await open();
    await user.type(screen.getByRole('searchbox'), 'acme');
    await user.click(screen.getByRole('button', { name: 'Total' }));
    await waitFor(() => expect(at()).toMatch(/q=acme/));
    expect(at()).toMatch(/sort=-total/);
  });

  it('does not carry a search that waits over to another list', async () => {
    const searched: (string | null)[] = [];
    server.use(
      mock('get', '/api/v1/customers', ({ query }) => {
        searched.push(query.get('q'));
        return pageOf([]);
      }),
    );
    const { user, at } = await open();
    await user.type(screen.getByRole('searchbox'), 'acme');
    await user.click(within(screen.getByRole('navigation', { name: 'Main' })).getByRole('link', { name: 'Customers' }));
    expect(await screen.findByText('No customers yet')).toBeInTheDocument();
    // Its own search waits as long, so it comes after the other one would have.
    await user.type(screen.getByRole('searchbox'), 'bolt');
    await waitFor(() => expect(at()).toBe('/customers?q=bolt'));
    await waitFor(() => expect(searched.at(-1)).toBe('bolt'));
    // A slow machine may search for the first letters too, but never for another list's.
    expect(searched.filter((text) => !'bolt'.startsWith(text ?? ''))).toEqual([]);
  });

  it('sets filters in a dialog, shows them as chips and takes them away again', async () => {
    const { user, at } = await open();
    await user.keyboard('f');
    const dialog = await screen.findByRole('dialog', { name: 'Filter' });
    await user.click(within(dialog).getByRole('combobox', { name: 'State' }));
    await user.click(await screen.findByRole('option', { name: 'Cancelled' }));
    await user.type(within(dialog).getByRole('textbox', { name: 'Total at least' }), '100');
    await user.click(within(dialog).getByRole('button', { name: 'Show results' }));
    await waitFor(() => expect(at()).toBe('/orders?lifecycle=cancelled&total.gte=100'));
    await waitFor(() => expect(last()).toEqual({ lifecycle: 'cancelled', 'total.gte': '100', sort: '-created_at' }));
    expect(screen.getByText(/State: Cancelled/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Remove filter State' }));
    await waitFor(() => expect(at()).toBe('/orders?total.gte=100'));
  });

  it('reads filters from the address, names them, and clears them all', async () => {
    const { user, at } = await open('/orders?view=all&lifecycle=draft,cancelled&sku=HX-1020&nonsense=1');
    expect(last()).toEqual({ lifecycle: 'draft,cancelled', sku: 'HX-1020', sort: '-created_at' });
    expect(screen.getByText(/State: Draft or Cancelled/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Clear all' }));
    await waitFor(() => expect(at()).toBe('/orders?view=all'));
  });

  it('resets the dialog without touching the list, and closes it with Escape', async () => {
    const { user, at } = await open('/orders?sku=HX-1020');
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    const dialog = await screen.findByRole('dialog', { name: 'Filter' });
    expect(within(dialog).getByRole('textbox', { name: 'SKU on a line' })).toHaveValue('HX-1020');
    await user.click(within(dialog).getByRole('button', { name: 'Reset' }));
    expect(within(dialog).getByRole('textbox', { name: 'SKU on a line' })).toHaveValue('');
    await escape(user, dialog);
    expect(at()).toBe('/orders?sku=HX-1020');
  });

  it('sorts by a column, first downwards, then upwards', async () => {
    const { user } = await open();
    const total = screen.getByRole('columnheader', { name: 'Total' });
    expect(total).toHaveAttribute('aria-sort', 'none');
    await user.click(within(total).getByRole('button'));
    await waitFor(() => expect(last().sort).toBe('-total'));
    expect(total).toHaveAttribute('aria-sort', 'descending');
    await user.click(within(total).getByRole('button'));
    await waitFor(() => expect(last().sort).toBe('total'));
    expect(total).toHaveAttribute('aria-sort', 'ascending');
  });

  it('offers the list as a file, with the same filters and without the page', async () => {
    const { user } = await open('/orders?view=all&q=acme&cursor=abc');
    await user.click(screen.getByRole('button', { name: 'Export' }));
    expect(await screen.findByRole('menuitem', { name: 'CSV file' })).toHaveAttribute('href', '/api/v1/orders/export?q=acme&format=csv');
    expect(screen.getByRole('menuitem', { name: /XLSX/ })).toHaveAttribute('href', '/api/v1/orders/export?q=acme&format=xlsx');
  });

  it('has no export and no new order for those who may neither', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['orders.read'] })));
    await open();
    expect(screen.queryByRole('button', { name: 'Export' })).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'New order' })).not.toBeInTheDocument();
  });
});

describe('pages of a list', () => {
  beforeEach(() => {
    server.use(
      mock('get', '/api/v1/orders', ({ query }) => {
        asked.push(query);
        if (query.get('count')) return pageOf([ROWS[0]!], { count: { value: 1234, relation: 'eq' } });
        if (query.get('cursor') === 'two') return pageOf([orderItem({ id: 'ord_9', number: 'SO-2026-000099' })], { prev: 'one' });
        return pageOf(ROWS, { next: 'two', has_more: true });
      }),
    );
  });

  it('goes forward and back by cursor, keeping the page in the address', async () => {
    const { user, at } = await open();
    expect(screen.getByText('3 orders on this page')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Previous' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Next' }));
    expect(await screen.findByRole('link', { name: 'SO-2026-000099' })).toBeInTheDocument();
    expect(at()).toBe('/orders?cursor=two');
    expect(screen.getByRole('button', { name: 'Next' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Previous' }));
    await waitFor(() => expect(at()).toBe('/orders?cursor=one'));
    await user.click(await screen.findByRole('button', { name: 'First' }));
    await waitFor(() => expect(at()).toBe('/orders'));
  });

  it('starts again at the first page when the list changes', async () => {
    const { user, at } = await open('/orders?cursor=one');
    await user.click(screen.getByRole('button', { name: 'Number' }));
    await waitFor(() => expect(at()).toBe('/orders?sort=-number'));
  });

  it('counts on request: the whole list, from its second page too', async () => {
    const { user } = renderPage('/orders?view=all&q=acme&cursor=two');
    await screen.findByRole('link', { name: 'SO-2026-000099' });
    await user.click(screen.getByRole('button', { name: 'Count all' }));
    expect(await screen.findByText(/1,234 in all/)).toBeInTheDocument();
    expect(last()).toEqual({ q: 'acme', sort: '-created_at', count: 'exact', limit: '1' });
  });

  it('says when there are more than it counted', async () => {
    server.use(
      mock('get', '/api/v1/orders', ({ query }) =>
        query.get('count') ? pageOf(ROWS, { count: { value: 10_000, relation: 'gte' } }) : pageOf(ROWS, { next: 'two', has_more: true }),
      ),
    );
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Count all' }));
    expect(await screen.findByText(/more than 10,000 in all/)).toBeInTheDocument();
  });
});

describe('states of a list', () => {
  it('says that it loads', async () => {
    server.use(mock('get', '/api/v1/orders', async () => {
      await delay('infinite');
      return pageOf(ROWS);
    }));
    renderPage('/orders');
    await waitFor(() => expect(screen.getByRole('region', { name: 'Orders' })).toHaveAttribute('aria-busy', 'true'));
  });

  it('offers the first step when there is nothing at all', async () => {
    server.use(mock('get', '/api/v1/orders', () => pageOf([])));
    renderPage('/orders?view=all');
    expect(await screen.findByRole('heading', { name: 'No orders yet' })).toBeInTheDocument();
    expect(screen.getAllByRole('link', { name: 'New order' })[0]).toHaveAttribute('href', '/orders/new');
  });

  it('leads from an empty view to all orders', async () => {
    server.use(mock('get', '/api/v1/orders', ({ query }) => pageOf(query.get('lifecycle') ? [] : ROWS)));
    const { user, at } = renderPage('/orders');
    expect(await screen.findByText('Nothing is in the view “Open” right now.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show all orders' }));
    expect(await screen.findByRole('link', { name: ROWS[0]!.number })).toBeInTheDocument();
    expect(at()).toBe('/orders?view=all');
  });

  it('names the filter that excludes everything, and takes it away', async () => {
    server.use(mock('get', '/api/v1/orders', ({ query }) => pageOf(query.get('sku') ? [] : ROWS)));
    const { user, at } = renderPage('/orders?view=all&sku=ZZ&currency=EUR');
    await user.click(await screen.findByRole('button', { name: 'Remove “SKU on a line”' }));
    expect(await screen.findByRole('link', { name: ROWS[0]!.number })).toBeInTheDocument();
    expect(at()).toBe('/orders?view=all&currency=EUR');
  });

  it('clears a search that finds nothing', async () => {
    server.use(mock('get', '/api/v1/orders', ({ query }) => pageOf(query.get('q') ? [] : ROWS)));
    const { user } = renderPage('/orders?view=all&q=zzz');
    expect(await screen.findByText('Nothing matches “zzz”.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Clear search and filters' }));
    expect(await screen.findByRole('link', { name: ROWS[0]!.number })).toBeInTheDocument();
    expect(screen.getByRole('searchbox')).toHaveValue('');
  });

  it('says what failed with the request id, keeps it to copy, and tries again', async () => {
    server.use(mock('get', '/api/v1/orders', () => refuse(500, 'internal', { title: 'The server failed', detail: 'Nothing was changed.' })));
    const { user } = renderPage('/orders');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The server failed');
    expect(alert).toHaveTextContent('Nothing was changed.');
    expect(alert).toHaveTextContent('req_test');
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(within(alert).getByRole('button', { name: 'Copy request id' }));
    expect(copied).toHaveBeenCalledWith('req_test');
    server.use(mock('get', '/api/v1/orders', pageOf(ROWS)));
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: ROWS[0]!.number })).toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('names the permission that is missing, and does not offer to try again', async () => {
    server.use(
      mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'orders.read') })),
      mock('get', '/api/v1/orders', () => refuse(403, 'forbidden', { title: 'You may not see orders', missing_permission: 'orders.read' })),
    );
    renderPage('/orders');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Your role lacks the permission orders.read');
    expect(within(alert).queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
    expect(within(screen.getByRole('navigation', { name: 'Main' })).queryByRole('link', { name: 'Orders' })).not.toBeInTheDocument();
  });

  it('says that nothing answered', async () => {
    server.use(mock('get', '/api/v1/orders', () => Response.error()));
    renderPage('/orders');
    expect(await screen.findByRole('alert')).toHaveTextContent('The server did not answer');
  });

  it('shows cards on a phone', async () => {
    vi.spyOn(window, 'matchMedia').mockImplementation((query) => ({ matches: query === '(max-width: 639px)', media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList);
    await open();
    const list = screen.getByRole('list', { name: 'Orders' });
    const [first] = within(list).getAllByRole('listitem');
    expect(first).toHaveTextContent(/SO-2026-000042.*€2,951.20.*Acme GmbH.*Confirmed/);
    expect(within(first!).getByRole('link')).toHaveAttribute('href', '/orders/ord_1');
  });
});

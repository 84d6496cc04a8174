import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setPrefs } from '@/lib/prefs';
import { dashboard, me, orderItem, pageOf, productItem } from '@/testing/builders';
import { escape } from '@/testing/dialogs';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const found = {
  orders: [{ id: 'ord_1', number: 'SO-1', customer_name: 'Acme GmbH', total: { amount: '12.50', currency: 'EUR' }, lifecycle: 'confirmed' }],
  customers: [{ id: 'cus_1', code: 'C-1', name: 'Acme GmbH' }],
  products: [{ id: 'prd_1', sku: 'ACM-1', name: 'Acme anvil' }],
};
const nothing = { orders: [], customers: [], products: [] };

beforeEach(() => {
  setPrefs({ theme: 'system', density: 'comfortable', keys: true, railOpen: true });
  server.use(
    mock('get', '/api/v1/dashboard', dashboard()),
    mock('get', '/api/v1/products', pageOf([productItem()])),
    mock('get', '/api/v1/search', ({ query }) => (query.get('q')?.startsWith('acm') ? found : nothing)),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

async function open(address = '/') {
  const page = renderPage(address);
  await screen.findByRole('button', { name: 'Account of Ada Admin' });
  return page;
}
const rail = () => within(screen.getByRole('navigation', { name: 'Main' }));

describe('the frame around the pages', () => {
  it('offers the places one may use, and says where one is', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['orders.read', 'products.read'] })));
    await open('/products');
    expect(rail().getAllByRole('link').map((link) => link.textContent)).toEqual(['Home', 'Orders', 'Products']);
    expect(rail().getByRole('link', { name: 'Products' })).toHaveAttribute('aria-current', 'page');
    expect(rail().getByRole('link', { name: 'Home' })).not.toHaveAttribute('aria-current');
    expect(screen.queryByRole('button', { name: 'New' })).not.toBeInTheDocument();
  });

  it('collapses the rail and remembers it', async () => {
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Collapse the menu' }));
    expect(screen.getByRole('button', { name: 'Expand the menu' })).toBeInTheDocument();
    // The names stay for those who cannot see the icons.
    expect(rail().getByRole('link', { name: 'Price lists' })).toBeInTheDocument();
    expect(JSON.parse(localStorage.getItem('som.prefs')!)).toMatchObject({ railOpen: false });
  });

  it('begins an order with Alt+N from inside a field, where letters are text', async () => {
    server.use(mock('get', '/api/v1/payment-terms', pageOf([])), mock('get', '/api/v1/customer-groups', pageOf([])), mock('get', '/api/v1/price-lists', pageOf([])));
    const { user, at } = await open('/customers/new');
    await user.click(await screen.findByRole('textbox', { name: /^Name/ }));
    await user.keyboard('co{Alt>}n{/Alt}');
    await waitFor(() => expect(at()).toBe('/orders/new'));
  });

  it('leads anywhere by two keys, with a hint after the first', async () => {
    const { user, at } = await open();
    await user.keyboard('g');
    expect(screen.getByText('then a letter…')).toBeInTheDocument();
    await user.keyboard('p');
    await waitFor(() => expect(at()).toBe('/products'));
    expect(screen.queryByText('then a letter…')).not.toBeInTheDocument();
    await user.keyboard('gz');
    expect(screen.queryByText('then a letter…')).not.toBeInTheDocument();
    expect(at()).toBe('/products');
  });

  it('forgets the first key after a while', async () => {
    await open();
    vi.useFakeTimers();
    fireEvent.keyDown(document.body, { key: 'g' });
    expect(screen.getByText('then a letter…')).toBeInTheDocument();
    act(() => void vi.advanceTimersByTime(1600));
    expect(screen.queryByText('then a letter…')).not.toBeInTheDocument();
  });

  it('types letters into fields instead of acting on them', async () => {
    const { user, at } = await open('/products');
    await user.type(await screen.findByRole('searchbox'), 'go?');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(at()).toMatch(/^\/products/);
  });

  it('makes something new by menu, by keys, and from inside a field', async () => {
    const { user, at } = await open('/products');
    await user.click(screen.getByRole('button', { name: 'New' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Price list' }));
    await waitFor(() => expect(at()).toBe('/price-lists/new'));
    await user.click(await screen.findByRole('textbox', { name: /^Name/ }));
    await user.keyboard('{Alt>}n{/Alt}');
    await waitFor(() => expect(at()).toBe('/orders/new'));
  });

  it('lists the keys of the page, and switches single ones off', async () => {
    const { user } = await open();
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(within(sheet).getByText('Go to Orders').closest('li')).toHaveTextContent('Go to OrdersGO');
    expect(within(sheet).getByText('Search and commands').closest('li')).toHaveTextContent('CtrlK');
    expect(within(sheet).getByText('Chart as table')).toBeInTheDocument();
    await user.click(within(sheet).getByRole('checkbox', { name: 'Single-key shortcuts are on' }));
    await escape(user, sheet);
    await user.keyboard('?');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    // Combinations go on working.
    await user.keyboard('{Control>}k{/Control}');
    expect(await screen.findByRole('dialog', { name: 'Search and commands' })).toBeInTheDocument();
  });

  it('changes the look from the account menu', async () => {
    const { user, at } = await open();
    const menu = async (item: string | RegExp) => {
      await user.click(screen.getByRole('button', { name: 'Account of Ada Admin' }));
      await user.click(await screen.findByRole('menuitem', { name: item }));
    };
    await menu('Dark theme');
    expect(document.documentElement.dataset.theme).toBe('dark');
    await menu('Compact rows');
    expect(document.documentElement.dataset.density).toBe('compact');
    await menu(/^Theme of the system/);
    expect(document.documentElement.dataset.theme).toBeUndefined();
    server.use(mock('get', '/api/v1/sessions', () => refuse(403, 'forbidden')));
    await menu(/Ada Admin/);
    await waitFor(() => expect(at()).toBe('/account'));
  });

  it('has a bar of its own for phones', async () => {
    const { user, at } = await open();
    const bar = within(screen.getByRole('navigation', { name: 'Main, phone' }));
    expect(bar.getAllByRole('link').map((link) => link.textContent)).toEqual(['Home', 'Orders', 'Customers', 'New order']);
    await user.click(bar.getByRole('button', { name: 'More' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Products' }));
    await waitFor(() => expect(at()).toBe('/products'));
  });

  it('says that there is no such page', async () => {
    renderPage('/nowhere');
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go home' })).toHaveAttribute('href', '/');
  });

  it('shows a page that cannot begin, and tries again', async () => {
    server.use(mock('get', '/api/v1/me', () => refuse(503, 'unavailable', { title: 'The server is starting' })));
    for (const how of ['error', 'warn'] as const) vi.spyOn(console, how).mockImplementation(() => undefined);
    const { user } = renderPage('/');
    expect(await screen.findByRole('heading', { name: 'This page could not be shown' })).toBeInTheDocument();
    expect(screen.getByRole('alert')).toHaveTextContent('The server is starting');
    server.use(mock('get', '/api/v1/me', () => me()));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('region', { name: 'My work' })).toBeInTheDocument();
  });
});

describe('search and commands', () => {
  async function palette(address?: string) {
    const page = await open(address);
    await page.user.keyboard('/');
    const box = await screen.findByRole('combobox', { name: /^Search orders/ });
    await waitFor(() => expect(box).toHaveFocus());
    return { ...page, box };
  }
  const options = () => screen.getAllByRole('option').map((option) => option.textContent);

  it('finds orders, customers and products, and opens the one chosen by keys', async () => {
    server.use(mock('get', '/api/v1/customers/{id}', () => refuse(404, 'not_found')));
    const { user, at } = await palette();
    await user.keyboard('acm');
    expect(await screen.findByRole('option', { name: /SO-1/ })).toHaveTextContent('SO-1 · Acme GmbH€12.50 · Confirmed');
    expect(options()).toEqual(['SO-1 · Acme GmbH€12.50 · Confirmed', 'Acme GmbHC-1', 'Acme anvilACM-1']);
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(screen.getByRole('option', { selected: true })).toHaveTextContent('Acme anvil');
    await user.keyboard('{ArrowUp}{Enter}');
    await waitFor(() => expect(at()).toBe('/customers/cus_1'));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('runs a command by its name, and by pointing', async () => {
    const { user, at } = await palette();
    expect(options()).toContain('Go to ProductsGP');
    await user.keyboard('list new');
    expect(options()).toEqual(['New price listCL']);
    await user.hover(screen.getByRole('option'));
    await user.click(screen.getByRole('option'));
    await waitFor(() => expect(at()).toBe('/price-lists/new'));
  });

  it('says that nothing matches, and does nothing on Enter', async () => {
    const { user, at } = await palette();
    await user.keyboard('zzzz');
    expect(await screen.findByText('Nothing matches “zzzz”.')).toBeInTheDocument();
    await user.keyboard('{Enter}{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(at()).toBe('/');
  });

  it('goes on with commands when the search fails', async () => {
    server.use(mock('get', '/api/v1/search', () => refuse(500, 'internal')));
    const { user } = await palette();
    await user.keyboard('go to');
    expect(await screen.findByText('The search failed; commands still work.')).toBeInTheDocument();
    expect(options()).toContain('Go to OrdersGO');
  });

  it('opens from the bar on top', async () => {
    server.use(mock('get', '/api/v1/orders', pageOf([orderItem()])));
    const { user } = await open('/orders');
    await user.click(screen.getByRole('button', { name: /^Search orders/ }));
    const box = await screen.findByRole('combobox', { name: /^Search orders/ });
    await user.type(box, 'filter');
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('dialog', { name: 'Filter' })).toBeInTheDocument();
  });
});

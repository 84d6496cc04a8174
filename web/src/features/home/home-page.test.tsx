import { screen, waitFor, within } from '@testing-library/react';
import { delay } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setFormats } from '@/lib/format';
import { dashboard, me } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

beforeEach(() => server.use(mock('get', '/api/v1/dashboard', dashboard())));
afterEach(() => setFormats({ locale: 'en' }));

async function open() {
  const page = renderPage('/');
  await screen.findByRole('region', { name: 'My work' });
  return page;
}

describe('home', () => {
  it('greets, and counts my work with links to what it counts', async () => {
    await open();
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Good to see you, Ada');
    const work = within(screen.getByRole('region', { name: 'My work' }));
    const tiles = work.getAllByRole('link').map((link) => [link.textContent, link.getAttribute('href')]);
    expect(tiles).toEqual([
      ['To approve2', '/orders?view=approve'], ['On hold1', '/orders?view=hold'], ['Late4', '/orders?view=late'],
      ['To deliver14', '/orders?view=deliver'], ['Drafts3', '/orders?view=drafts'],
    ]);
  });

  it('shows the month in the figures of the server', async () => {
    await open();
    const figures = screen.getByRole('region', { name: 'Figures' });
    expect(figures).toHaveTextContent(/Bookings this month€48,250.00Above last month’s €40,000.00/);
    expect(figures).toHaveTextContent(/Orders this month57/);
    expect(figures).toHaveTextContent(/Open order value€120,400.50/);
  });

  it('says when a month is below the last one, and nothing when there was none', async () => {
    const { figures } = dashboard();
    server.use(mock('get', '/api/v1/dashboard', dashboard({ figures: { ...figures, bookings_month: { amount: '10', currency: 'EUR' } } })));
    const { unmount } = await open();
    expect(screen.getByText(/Below last month’s/)).toBeInTheDocument();
    unmount();
    server.use(mock('get', '/api/v1/dashboard', dashboard({ figures: { ...figures, bookings_previous_month: { amount: '0.00', currency: 'EUR' } } })));
    await open();
    expect(screen.queryByText(/last month’s/)).not.toBeInTheDocument();
  });

  it('draws the weeks and tells each in words, as a table on t', async () => {
    const { user } = await open();
    expect(screen.getByText(/The last 13 weeks\. The best began on Nov 23, 2026 with €8,200.00/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Week of Aug 31, 2026: €4,000.00 in 3 orders' })).toBeInTheDocument();
    await user.keyboard('t');
    const table = await screen.findByRole('table');
    expect(within(table).getAllByRole('row')).toHaveLength(14);
    expect(within(table).getByRole('row', { name: 'Aug 31, 2026 3 €4,000.00' })).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show chart' }));
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
  });

  it('leads to the best customers and the latest orders', async () => {
    await open();
    expect(screen.getByRole('link', { name: 'Acme GmbH' })).toHaveAttribute('href', '/customers/cus_1');
    expect(screen.getByRole('link', { name: 'SO-2026-000042' })).toHaveAttribute('href', '/orders/ord_1');
    expect(screen.getByRole('link', { name: 'All orders' })).toHaveAttribute('href', '/orders');
  });

  it('says that nobody bought anything in the period', async () => {
    server.use(mock('get', '/api/v1/dashboard', dashboard({ top_customers: [], weeks: [] })));
    await open();
    expect(screen.getByText('Nothing confirmed in this period.')).toBeInTheDocument();
  });

  it('offers the first steps on an empty server, by permission', async () => {
    server.use(mock('get', '/api/v1/dashboard', dashboard({ recent: [] })));
    const { unmount } = renderPage('/');
    expect(await screen.findByRole('heading', { name: 'No orders yet' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Take the first order' })).toHaveAttribute('href', '/orders/new');
    expect(screen.getByRole('link', { name: 'Import a file' })).toHaveAttribute('href', '/import');
    unmount();
    server.use(mock('get', '/api/v1/me', () => me({ permissions: ['orders.read'] })));
    renderPage('/');
    expect(await screen.findByRole('heading', { name: 'No orders yet' })).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Take the first order' })).not.toBeInTheDocument();
  });

  it('names the permission that is missing', async () => {
    server.use(mock('get', '/api/v1/dashboard', () => refuse(403, 'forbidden', { title: 'You may not see orders', missing_permission: 'orders.read' })));
    renderPage('/');
    expect(await screen.findByRole('alert')).toHaveTextContent(/You may not see orders.*lacks the permission orders\.read/);
    expect(screen.queryByRole('region', { name: 'My work' })).not.toBeInTheDocument();
  });

  it('keeps the last figures when new ones cannot be had', async () => {
    const { client } = await open();
    server.use(mock('get', '/api/v1/dashboard', () => refuse(503, 'unavailable', { title: 'The server is busy' })));
    await client.invalidateQueries({ queryKey: ['orders', 'dashboard'] });
    expect(await screen.findByRole('alert')).toHaveTextContent('The server is busy');
    expect(screen.getByRole('region', { name: 'Figures' })).toHaveTextContent('€48,250.00');
  });

  it('says that it loads', async () => {
    server.use(mock('get', '/api/v1/dashboard', async () => {
      await delay('infinite');
      return dashboard();
    }));
    renderPage('/');
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeInTheDocument();
  });

  it('draws weeks without any booking, and without naming a best one', async () => {
    const weeks = dashboard().weeks.map((week) => ({ ...week, count: 0, total: '0.00' }));
    server.use(mock('get', '/api/v1/dashboard', dashboard({ weeks })));
    await open();
    expect(screen.getAllByRole('button', { name: /^Week of .*: €0\.00 in 0 orders$/ })).toHaveLength(13);
    expect(screen.queryByText(/The best began/)).not.toBeInTheDocument();
  });

  it('writes money in the currency and locale of the organization', async () => {
    const { organization } = me();
    server.use(mock('get', '/api/v1/me', () => me({ organization: { ...organization, locale: 'de' } })));
    await open();
    expect(screen.getByRole('region', { name: 'Figures' })).toHaveTextContent('48.250,00 €');
  });

  it('says what failed and tries again', async () => {
    server.use(mock('get', '/api/v1/dashboard', () => refuse(500, 'internal', { title: 'The figures could not be counted' })));
    const { user } = renderPage('/');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The figures could not be counted');
    server.use(mock('get', '/api/v1/dashboard', dashboard()));
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getByRole('region', { name: 'Figures' })).toBeInTheDocument());
  });
});

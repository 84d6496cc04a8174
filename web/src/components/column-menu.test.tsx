import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { setPrefs } from '@/lib/prefs';
import { orderItem, pageOf } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, server } from '@/testing/server';

beforeEach(() => {
  setPrefs({ columns: {} });
  server.use(mock('get', '/api/v1/orders', pageOf([orderItem()])));
});

const headers = () => screen.getAllByRole('columnheader').map((header) => header.textContent);

async function open(address = '/orders') {
  const page = renderPage(address);
  await screen.findByRole('link', { name: orderItem().number });
  return page;
}

describe('the columns of a list', () => {
  it('are chosen in a menu that stays open, kept in the address and on the device', async () => {
    const { user, at, unmount } = await open();
    expect(headers()).toContain('Delivery');
    expect(headers()).not.toContain('Net');
    await user.click(screen.getByRole('button', { name: 'Columns' }));
    const menu = await screen.findByRole('menu');
    expect(within(menu).queryByRole('menuitemcheckbox', { name: 'Number' })).not.toBeInTheDocument();
    await user.click(within(menu).getByRole('menuitemcheckbox', { name: 'Delivery' }));
    await user.click(within(menu).getByRole('menuitemcheckbox', { name: 'Net' }));
    await waitFor(() => expect(headers()).toContain('Net'));
    expect(headers()).not.toContain('Delivery');
    expect(at()).toMatch(/cols=customer%2Cpo%2Cstate%2C.*net/);
    unmount();

    await open();
    expect(headers()).toContain('Net');
  });

  it('of an address are shown as they were sent, whatever is chosen here', async () => {
    setPrefs({ columns: { orders: ['net'] } });
    await open('/orders?cols=total,nonsense');
    expect(headers()).toEqual(['Number', 'Total']);
  });

  it('go back to the usual ones', async () => {
    const { user, at } = await open('/orders?cols=total');
    await user.click(screen.getByRole('button', { name: 'Columns' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Usual columns' }));
    await waitFor(() => expect(headers()).toContain('Customer'));
    expect(at()).toBe('/orders');
  });
});

describe('the name of a page', () => {
  it('stands in the tab', async () => {
    await open();
    expect(document.title).toBe('Orders · Sales Order Manager');
  });

  it('says inside the app that there is no such page', async () => {
    renderPage('/nowhere/at/all');
    expect(await screen.findByRole('heading', { level: 1, name: 'There is no such page' })).toBeInTheDocument();
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeInTheDocument();
    expect(document.title).toBe('No such page · Sales Order Manager');
  });
});

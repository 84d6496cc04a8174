/** The main job: key an order and confirm it, find it, deliver it, by the keyboard alone; and who may not. */
import { get } from '../support/api.ts';
import { CUSTOMER, customerId, makeOrder, type MadeOrder } from '../support/data.ts';
import { countPointerEvents } from '../support/pointer.ts';
import { expect, test } from '../support/test.ts';

test('an order is keyed, placed, found and delivered by the keyboard alone', async ({ page }) => {
  const pointers = await countPointerEvents(page);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  await page.keyboard.press('c');
  await page.keyboard.press('o');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await page.keyboard.type('juniper');
  await expect(page.getByRole('option', { name: new RegExp(CUSTOMER) })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const po = `KB-${Date.now()}`;
  await page.keyboard.type(po);
  await page.keyboard.press('Control+l');
  // Nobody waits for the search while typing: what was typed is looked up behind.
  await page.keyboard.type('JH-100\n12\njh-210\n3\n');
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('VAT19');
  await page.keyboard.press('Control+Enter');

  await expect(page).toHaveURL(/\/orders\/ord_/);
  const order = await get<MadeOrder>(page.request, `/orders/${page.url().split('/').at(-1)}`);
  expect(order.lifecycle).toBe('confirmed');
  await expect(page.getByRole('heading', { level: 1, name: order.number })).toBeVisible();

  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page).toHaveURL(/\/$/);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Search and commands' })).toBeVisible();
  await page.keyboard.type(order.number);
  await expect(page.getByRole('option', { name: new RegExp(order.number) }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: order.number })).toBeVisible();

  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog', { name: `Deliver ${order.number}` });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel('Delivered on')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('Delivered', { exact: true }).first()).toBeVisible();
  const after = await get<MadeOrder>(page.request, `/orders/${order.id}`);
  expect(after.fulfilment_status).toBe('delivered');
  expect(pointers()).toBe(0);
});

test('the list finds an order by its number and by the customer’s own', async ({ page }) => {
  const made = await makeOrder(page.request, await customerId(page.request), `FIND-${Date.now()}`, true);
  await page.goto('/orders');
  const search = page.getByRole('searchbox');
  await search.fill(made.number);
  await expect(page.getByRole('link', { name: made.number })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`q=${made.number}`));
  await search.fill('no order is called this');
  await expect(page.getByText('No orders here')).toBeVisible();
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await expect(page.getByRole('link', { name: made.number })).toBeVisible();
});

test('an order is held, released, commented and cancelled with a reason', async ({ page }) => {
  const made = await makeOrder(page.request, await customerId(page.request), `ACT-${Date.now()}`, true);
  await page.goto(`/orders/${made.id}`);
  const more = page.getByRole('button', { name: 'More actions' });

  await more.click();
  await page.getByRole('menuitem', { name: /Put on hold/ }).click();
  await page.getByRole('dialog').getByLabel(/Reason/).fill('Waiting for the deposit');
  await page.getByRole('button', { name: 'Put on hold' }).click();
  await expect(page.getByText('On hold', { exact: true }).first()).toBeVisible();

  await page.getByRole('tab', { name: /Holds/ }).click();
  await page.getByRole('button', { name: /Release/ }).click();
  await page.getByRole('dialog').getByLabel(/Reason/).fill('The deposit is here');
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await expect(page.getByText('On hold', { exact: true })).toHaveCount(0);

  await page.getByLabel('Comment').fill('Called them: all is well.');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(page.getByText('Called them: all is well.')).toBeVisible();

  await page.getByRole('tab', { name: 'Versions' }).click();
  await expect(page.getByRole('heading', { name: 'Compare versions' })).toBeVisible();

  await more.click();
  await page.getByRole('menuitem', { name: /Cancel order/ }).click();
  await page.getByRole('dialog').getByLabel(/Reason/).fill('Ordered twice');
  await page.getByRole('dialog').getByRole('button', { name: /Cancel order/ }).click();
  await expect(page.getByText(/^Cancelled/).first()).toBeVisible();
  expect((await get<MadeOrder>(page.request, `/orders/${made.id}`)).lifecycle).toBe('cancelled');
});

test.describe('as a viewer', () => {
  test.use({ who: 'viewer' });

  test('writing is neither offered nor accepted', async ({ page }) => {
    await page.goto('/orders');
    await expect(page.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'New order' })).toHaveCount(0);

    const { data } = await get<{ data: { id: string; number: string }[] }>(page.request, '/orders?lifecycle=draft&limit=1');
    await page.goto(`/orders/${data[0]?.id}`);
    await expect(page.getByRole('heading', { level: 1, name: data[0]?.number ?? '' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Place order' })).toHaveCount(0);
    await expect(page.getByLabel('Comment')).toHaveCount(0);

    const status = await page.evaluate(async (id) => {
      const token = /som_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': token, 'If-Match': '*' };
      return (await fetch(`/api/v1/orders/${id}/submit`, { method: 'POST', headers, body: '{}' })).status;
    }, data[0]?.id);
    expect(status).toBe(403);
  });

  test('a page of writing says that it is not allowed', async ({ page }) => {
    await page.goto('/orders/new');
    await expect(page.getByRole('heading', { level: 1, name: 'You may not use this page' })).toBeVisible();
  });
});

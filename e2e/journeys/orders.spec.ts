/** The main job: an order is keyed, confirmed, found and delivered by the keyboard alone; who may not, is refused. */
import { type Page } from '@playwright/test';
import { base } from '../support/api.ts';
import { countPointerEvents } from '../support/pointer.ts';
import { type Shop, openShop } from '../support/shop.ts';
import { expect, test } from '../support/test.ts';

const ORDER = /\/orders\/(ord_[0-9A-Za-z]+)$/;

/** The flow by keys as the design says: customer, PO number, lines, place. */
async function keyOrder(page: Page, shop: Shop, po: string): Promise<void> {
  await page.goto('/orders');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('c');
  await page.keyboard.press('o');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await page.keyboard.type(shop.customer);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type(po);
  await page.keyboard.press('Control+l');
  for (const [sku, quantity] of [[shop.skus[0], '12'], [shop.skus[1], '3']] as const) {
    await page.keyboard.type(sku);
    await page.keyboard.press('Enter');
    await page.keyboard.type(quantity);
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(ORDER);
}

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    const focused = page.locator(':focus');
    if ((await focused.count()) === 1) {
      const text = (await focused.getAttribute('aria-label')) ?? (await focused.innerText());
      if (name.test(text)) return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${name}`);
}

test('an order is keyed, confirmed, found and delivered without a pointer', async ({ page }) => {
  const shop = await openShop(page.request);
  const pointers = await countPointerEvents(page);
  await keyOrder(page, shop, 'PO-4711');

  await expect(page.getByText('Confirmed', { exact: true }).first()).toBeVisible();
  const number = (await page.getByRole('heading', { level: 1 }).innerText()).trim();
  expect(number).not.toBe('');

  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/\/customers$/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(number);
  await expect(page.getByRole('option', { name: new RegExp(number) })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(ORDER);

  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog', { name: `Deliver ${number}` })).toBeVisible();
  await tabTo(page, /^Record delivery$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByText('Delivered', { exact: true }).first()).toBeVisible();

  expect(pointers(), 'pointer events').toBe(0);
});

test('a slow search gives the same order', async ({ page }) => {
  const shop = await openShop(page.request);
  await page.route(/\/api\/v1\/products(\/resolve)?\?/, async (route) => {
    await new Promise((done) => setTimeout(done, 600));
    await route.continue();
  });
  await keyOrder(page, shop, 'PO-SLOW');
  for (const sku of shop.skus) await expect(page.getByText(sku).first()).toBeVisible();
});

test.describe('someone who may only look', () => {
  test.use({ who: 'viewer' });

  test('sees orders, is offered nothing to change, and is refused', async ({ page }) => {
    await page.goto('/orders');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'New', exact: true })).toHaveCount(0);
    const { cookies } = await page.context().storageState();
    const token = cookies.find((cookie) => cookie.name.endsWith('som_csrf'))?.value ?? '';
    const answer = await page.request.post(`${base()}/api/v1/orders`, {
      data: { lines: [] },
      headers: { Origin: base(), 'X-CSRF-Token': token },
    });
    expect(answer.status()).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'missing_permission', missing_permission: 'orders.write' });
  });
});

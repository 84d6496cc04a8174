/** Every page, both themes: nothing for axe to say, no sideways scroll on a phone, no complaint of the browser. */
import { type Page } from '@playwright/test';
import { get, post } from '../support/api.ts';
import { makeOrder } from '../support/data.ts';
import { expectAccessible, expectNoSidewaysScroll } from '../support/layout.ts';
import { expect, test } from '../support/test.ts';

interface List {
  data: { id: string; seq?: number }[];
}

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

/** Addresses; `:orders` stands for the first object of that list. */
const PAGES = [
  '/',
  '/orders',
  '/orders?q=nothing-is-called-this',
  '/orders/new',
  '/orders/:orders',
  '/orders/:orders?tab=timeline',
  '/customers',
  '/customers/new',
  '/customers/:customers',
  '/customers/:customers/edit',
  '/products',
  '/products/new',
  '/products/:products',
  '/products/:products/edit',
  '/price-lists',
  '/price-lists/new',
  '/price-lists/:price-lists',
  '/price-lists/:price-lists/edit',
  '/import',
  '/settings',
  '/settings/organization',
  '/settings/roles',
  '/settings/roles/new',
  '/settings/members',
  '/settings/members/new',
  '/settings/members/:members',
  '/settings/invitations',
  '/settings/invitations/new',
  '/settings/approval-policies',
  '/settings/approval-policies/new',
  '/settings/approval-policies/:approval-policies',
  '/settings/number-series/:number-series',
  '/settings/taxes/:taxes',
  '/settings/tax-rules/:tax-rules',
  '/settings/tax-classes',
  '/settings/custom-fields',
  '/settings/custom-fields/new',
  '/settings/payment-terms/:payment-terms',
  '/settings/customer-groups/new',
  '/settings/units',
  '/settings/categories/new',
  '/settings/audit',
  '/settings/audit/:audit',
  '/account',
  '/nowhere',
];

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

/** Loaded once: the app follows the theme and the width of the window while it is open. */
async function inspect(page: Page, address: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(DESK);
  await page.goto(address);
  await page.waitForLoadState('networkidle');
  await settled(page);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expectAccessible(page);
  await page.setViewportSize(PHONE);
  await settled(page);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
}

for (const address of PAGES) {
  test(`page ${address}`, async ({ page }) => {
    const list = /:([a-z-]+)/.exec(address)?.[1];
    let real = address;
    if (list) {
      // Members are a complete list, which takes no limit.
      const { data } = await get<List>(page.request, `/${list}${list === 'members' ? '' : '?limit=1'}`);
      expect(data, `the demo has ${list}`).not.toHaveLength(0);
      real = address.replace(`:${list}`, String(data[0]?.seq ?? data[0]?.id ?? ''));
    }
    await inspect(page, real);
  });
}

test('the orders fit their page at every width, however long a name is', async ({ page }) => {
  const name = 'United Harbour and Inland Waterway Chandlers of the North and East Limited';
  const address = { lines: ['Pier 1'], city: 'Hamburg', postal_code: '20457', country: 'DE', is_default: true };
  const { id } = await post<{ id: string }>(page.request, '/customers', { name, addresses: [address] });
  await makeOrder(page.request, id, `WIDE-${Date.now()}`, true);
  for (const width of [1366, 1280, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto('/orders?view=all');
    await expect(page.getByText(name).first()).toBeVisible();
    await settled(page);
    await expectNoSidewaysScroll(page);
    if (width < 1280) continue;
    const table = page.getByRole('region', { name: 'Orders' });
    const { scroll, client } = await table.evaluate((box) => ({ scroll: box.scrollWidth, client: box.clientWidth }));
    expect(scroll, `the table at ${width}`).toBeLessThanOrEqual(client);
  }
});

test.describe('before the sign-in', () => {
  test.use({ who: 'nobody' });
  for (const address of ['/sign-in', '/setup', '/accept-invitation', '/confirm-email', '/undo-email']) {
    test(`page ${address}`, async ({ page }) => inspect(page, address));
  }
});

test('the palette, the shortcut sheet and the menus are accessible', async ({ page }) => {
  await page.goto('/orders');
  await settled(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, { overlay: true });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, { overlay: true });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await expectAccessible(page, { overlay: true });
});

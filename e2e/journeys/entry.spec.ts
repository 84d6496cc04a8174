/** Order entry against the clock: how many keys an order takes, that nothing typed is lost, and that many lines stay quick. */
import { type Page } from '@playwright/test';
import { get, patch, post } from '../support/api.ts';
import { expectNoSidewaysScroll } from '../support/layout.ts';
import { countPointerEvents } from '../support/pointer.ts';
import { scanner } from '../support/scanner.ts';
import { expect, test } from '../support/test.ts';

interface Placed {
  lifecycle: string;
  customer: { name: string };
  lines: { sku: string; quantity: { value: string } }[];
}

const SKUS = Array.from({ length: 10 }, (_, index) => `K-${101 + index}`);
const QUANTITIES = SKUS.map((_, index) => String(11 + index));

test.beforeEach(async ({ page }) => {
  const found = await get<{ data: unknown[] }>(page.request, `/products?sku=${SKUS[0]}`);
  if (found.data.length > 0) return;
  for (const sku of SKUS) await post(page.request, '/products', { sku, name: `Keyed ${sku}`, list_price: '2.50' });
});

/** The ten-line sheet as keys; every character counts as one. */
async function keyOrder(page: Page, delay: number): Promise<number> {
  let keys = 0;
  const type = async (text: string) => {
    await page.keyboard.type(text, { delay });
    keys += text.length;
  };
  const press = async (key: string) => {
    await page.keyboard.press(key, { delay });
    keys += 1;
  };
  await type('co');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await type('juni\n');
  await press('Tab');
  await type(`PO${String(Date.now()).slice(-5)}`);
  await press('Control+l');
  for (const [index, sku] of SKUS.entries()) await type(`${sku}\n${QUANTITIES[index]}\n`);
  await press('Control+Enter');
  return keys;
}

async function expectTheSheet(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/orders\/ord_/, { timeout: 20_000 });
  const order = await get<Placed>(page.request, `/orders/${page.url().split('/').at(-1)}`);
  expect(order.lines.map((line) => `${line.sku} ${line.quantity.value}`)).toEqual(SKUS.map((sku, index) => `${sku} ${QUANTITIES[index]}`));
  expect(order.customer.name).toContain('Juniper');
}

test('ten lines take at most 110 keys and 40 seconds at an ordinary pace, and no pointer', async ({ page }) => {
  const pointers = await countPointerEvents(page);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const begun = Date.now();
  const keys = await keyOrder(page, 250);
  await expectTheSheet(page);
  expect(keys).toBeLessThanOrEqual(110);
  expect(Date.now() - begun).toBeLessThan(40_000);
  expect(pointers()).toBe(0);
});

test('the same order results at 20 ms a key with a server that takes 600 ms for each look', async ({ page }) => {
  await page.route(/\/api\/v1\/(products|customers|orders\/preview)/, async (route) => {
    await new Promise((done) => setTimeout(done, 600));
    await route.continue();
  });
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await keyOrder(page, 20);
  await expectTheSheet(page);
});

test('ten scans make ten lines; a repeated one counts, and 12* multiplies', async ({ page }) => {
  const code = (index: number) => `40063813${String(33310 + index)}`;
  for (const [index, sku] of SKUS.entries()) {
    const { data } = await get<{ data: { id: string; barcode: string | null }[] }>(page.request, `/products?sku=${sku}`);
    if (data[0] && !data[0].barcode) await patch(page.request, `/products/${data[0].id}`, { barcode: code(index) });
  }
  const pointers = await countPointerEvents(page);
  const scan = await scanner(page);
  // The lookups of a scanner's ten bursts must not depend on how fast they are answered.
  await page.route(/\/api\/v1\/products/, async (route) => {
    await new Promise((done) => setTimeout(done, 300));
    await route.continue();
  });
  await page.goto('/orders/new');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await page.keyboard.type('juni\n');
  await page.keyboard.press('Control+l');
  for (const [index] of SKUS.entries()) {
    if (index === 4) {
      // A quantity keyed by hand before the scan: the person's keys are slow, the scanner's are not.
      await page.keyboard.press('Tab');
      await page.keyboard.press('Control+l');
      await page.keyboard.type('12*', { delay: 120 });
    }
    await scan(code(index));
    if (index === 7) await scan(code(index));
  }
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(/\/orders\/ord_/, { timeout: 20_000 });
  const order = await get<Placed>(page.request, `/orders/${page.url().split('/').at(-1)}`);
  const wanted = SKUS.map((sku, index) => `${sku} ${index === 4 ? 12 : index === 7 ? 2 : 1}`);
  expect(order.lines.map((line) => `${line.sku} ${line.quantity.value}`)).toEqual(wanted);
  expect(pointers()).toBe(0);
});

async function paste(page: Page, rows: number): Promise<void> {
  await page.goto('/orders/new');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await page.keyboard.type('juniper');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Paste lines' }).click();
  const sheet = page.getByRole('dialog', { name: 'Paste lines' });
  const text = Array.from({ length: rows }, (_, index) => `${SKUS[index % SKUS.length]}\t${index + 1}`).join('\n');
  await sheet.getByLabel('Pasted text').fill(text);
  await sheet.getByRole('button', { name: `Add ${rows} lines` }).click();
}

/** The page's last line, once the server has counted this many lines. */
const counted = (page: Page, rows: number) =>
  expect(page.locator('[data-entry-status]')).toContainText(new RegExp(`${rows} lines\\s*Total`), { timeout: 20_000 });

test('two hundred pasted lines are priced within three seconds', async ({ page }) => {
  await paste(page, 200);
  const begun = Date.now();
  await counted(page, 200);
  await expect(page.locator('[data-row="199"][data-column="price"]')).toContainText('2.50');
  expect(Date.now() - begun).toBeLessThan(3_000);
});

test('an order of three hundred lines stays quick to type in, its header and total in sight', async ({ page }) => {
  await paste(page, 300);
  await counted(page, 300);
  await page.evaluate(() => {
    const kept: number[] = [];
    Object.assign(window, { __keys: kept });
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === 'keydown') kept.push(entry.duration);
    });
    observer.observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
  await page.keyboard.press('Control+l');
  for (const sku of SKUS) await page.keyboard.type(`${sku}\n12\n`, { delay: 40 });
  await counted(page, 310);
  const slow = await page.evaluate(() => (window as unknown as { __keys: number[] }).__keys);
  // Ninety keys; those quicker than a frame are not reported at all. On a busy machine some wait for their turn: most must not.
  expect(slow.filter((duration) => duration > 50).length, `slow keys: ${slow.join(' ')}`).toBeLessThan(45);
  await expect(page.getByRole('columnheader', { name: 'Quantity' })).toBeInViewport();
  await expect(page.locator('[data-entry-status]')).toBeInViewport();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await expect(page.locator('[data-entry-status]')).toBeInViewport();
});

/** Takes what the README shows: two pages in both themes, and the frames of ten lines keyed without a mouse. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { get } from '../support/api.ts';
import { CUSTOMER } from '../support/data.ts';
import { expect, test } from '../support/test.ts';

const IMAGES = resolve(import.meta.dirname, '../../docs/images');
const FRAMES = resolve(import.meta.dirname, '../test-results/frames');
const LAST_FRAME_S = 2;

interface Products {
  data: { sku: string }[];
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test('pages', async ({ page }) => {
      await page.goto('/orders');
      await expect(page.getByRole('link', { name: /^SO-/ }).nth(5)).toBeVisible();
      await page.screenshot({ path: `${IMAGES}/orders-${theme}.png` });
      await startOrder(page);
      for (const [index, sku] of (await skus(page)).slice(0, 4).entries()) {
        await page.keyboard.type(`${sku}\n${quantity(sku, index)}\n`);
      }
      await priced(page, 4);
      await page.screenshot({ path: `${IMAGES}/order-entry-${theme}.png` });
    });
  });
}

test('ten lines by keyboard, frame by frame', async ({ page }) => {
  mkdirSync(FRAMES, { recursive: true });
  const wanted = await skus(page);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const stop = await film(page);
  await startOrder(page, 60);
  for (const [index, sku] of wanted.entries()) {
    await page.keyboard.type(`${sku}\n${quantity(sku, index)}\n`, { delay: 45 });
  }
  await priced(page, wanted.length);
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(/\/orders\/ord_/);
  await expect(page.getByRole('tab').first()).toBeVisible();
  expect(await stop()).toBeGreaterThan(40);
});

/** Ten goods from all over the catalogue. */
async function skus(page: Page): Promise<string[]> {
  const { data } = await get<Products>(page.request, '/products?status=active&kind=goods&limit=200');
  const goods = data.map((product) => product.sku).filter((sku) => !sku.startsWith('BOO'));
  const step = Math.floor(goods.length / 10);
  return goods.filter((_, index) => index % step === step - 1).slice(0, 10);
}

/** Fasteners are sold by the hundred. */
function quantity(sku: string, index: number): number {
  return sku.startsWith('FAS') ? 100 * (index + 1) : 2 + ((index * 7) % 23);
}

async function startOrder(page: Page, delay = 0): Promise<void> {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('c');
  await page.keyboard.press('o');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await page.keyboard.type('juniper', { delay });
  await expect(page.getByRole('option', { name: new RegExp(CUSTOMER) })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('PO-4600', { delay });
  await page.keyboard.press('Control+l');
}

/** Every line shows its total: the server has counted. */
async function priced(page: Page, lines: number): Promise<void> {
  await expect(page.getByRole('button', { name: /price/i })).toHaveCount(lines);
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('VAT');
}

/** Films what changes, with times, for `ffmpeg -f concat`; returns what ends it and tells how many frames there are. */
async function film(page: Page): Promise<() => Promise<number>> {
  const browser = await page.context().newCDPSession(page);
  const frames: { data: string; at: number }[] = [];
  browser.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    frames.push({ data, at: metadata.timestamp ?? 0 });
    void browser.send('Page.screencastFrameAck', { sessionId });
  });
  await browser.send('Page.startScreencast', { format: 'png' });
  return async () => {
    await browser.send('Page.stopScreencast');
    const reel = frames.map(({ data, at }, index) => {
      const name = `${String(index).padStart(4, '0')}.png`;
      writeFileSync(`${FRAMES}/${name}`, Buffer.from(data, 'base64'));
      const shown = (frames[index + 1]?.at ?? at + LAST_FRAME_S) - at;
      return `file ${name}\nduration ${shown.toFixed(3)}\n`;
    });
    writeFileSync(`${FRAMES}/reel.txt`, reel.join(''));
    return frames.length;
  };
}

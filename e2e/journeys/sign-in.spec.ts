/** Coming in and going out. */
import { expect, owner, test } from '../support/test.ts';

test.use({ who: 'nobody' });

test('a visitor signs in, reaches the page they wanted, and signs out', async ({ page }) => {
  const { email, password } = owner();
  await page.goto('/customers');
  await expect(page).toHaveURL(/\/sign-in\?next=/);

  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel(/^Password/).fill('certainly not this one');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(email);

  await page.getByLabel(/^Password/).fill(password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible();

  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/customers');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test('tokens are out of reach of scripts', async ({ page, context }) => {
  await page.goto('/sign-in');
  const { email, password } = owner();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel(/^Password/).fill(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible();

  const cookies = await context.cookies();
  const tokens = cookies.filter((cookie) => /som_(at|rt)$/.test(cookie.name));
  expect(tokens).toHaveLength(2);
  for (const cookie of tokens) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  expect(await page.evaluate(() => document.cookie)).not.toMatch(/som_(at|rt)=/);
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(stored).not.toMatch(/eyJ/);
});

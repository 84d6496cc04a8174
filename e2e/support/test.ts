/** `test` with what every journey needs: a signed-in page, and no complaint of the browser left unread. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type BrowserContext, type Page, test as base, expect } from '@playwright/test';
import { base as address, post, signInByApi } from './api.ts';
import { collectReports } from './reports.ts';

/** Who is at the keyboard: the demo's owner, or a member with one role made for the run. */
export type Who = 'owner' | 'viewer' | 'nobody';

interface Options {
  who: Who;
}

interface Fixtures {
  context: BrowserContext;
  page: Page;
}

export const owner = () => ({ email: process.env.E2E_EMAIL ?? '', password: process.env.E2E_PASSWORD ?? '' });
export const viewer = { email: 'viewer@example.com', password: 'a quiet reader of orders 7' };

const statePath = (who: Who) => resolve(import.meta.dirname, `../test-results/.state/${process.pid}-${who}.json`);

export const test = base.extend<Options & Fixtures>({
  who: ['owner', { option: true }],

  context: async ({ browser, who, contextOptions, viewport, locale, timezoneId, colorScheme }, use) => {
    const shared = { ...contextOptions, viewport, locale, timezoneId, colorScheme, baseURL: address() };
    const storageState = who === 'nobody' ? undefined : await signedIn(who);
    const context = await browser.newContext({ ...shared, storageState });
    const reports = await collectReports(context);
    await use(context);
    // The tokens may have been renewed: the next journey goes on with the new ones.
    if (who !== 'nobody') await context.storageState({ path: statePath(who) });
    await context.close();
    expect(reports, 'what the browser complained about').toEqual([]);

    async function signedIn(name: Who): Promise<string> {
      const path = statePath(name);
      if (!existsSync(path)) {
        mkdirSync(dirname(path), { recursive: true });
        const fresh = await browser.newContext();
        const { email, password } = name === 'owner' ? owner() : await madeViewer();
        await signInByApi(fresh.request, email, password);
        await fresh.storageState({ path });
        await fresh.close();
      }
      return path;
    }

    async function madeViewer() {
      const admin = await browser.newContext({ storageState: await signedIn('owner') });
      await post(admin.request, '/members', { name: 'Vera Viewer', role: 'viewer', ...viewer });
      await admin.storageState({ path: statePath('owner') });
      await admin.close();
      return viewer;
    }
  },

  page: async ({ context }, use) => {
    await use(await context.newPage());
  },
});

export { expect };

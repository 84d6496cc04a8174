/** Measures of a page: what axe sees, and whether it scrolls sideways. */
import { AxeBuilder } from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

/** An open menu or dialog is drawn beside the landmarks, over them: the rule about content outside of them is not for it. */
const OVERLAY_RULES = ['region'];

export async function expectAccessible(page: Page, { overlay = false } = {}): Promise<void> {
  const result = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // The ends of a focus trap: a browser lands on them only to be sent on, a screen reader never does.
    .exclude('[data-base-ui-focus-guard]')
    .disableRules(overlay ? OVERLAY_RULES : [])
    .analyze();
  const lines = result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
  expect(lines, `accessibility of ${page.url()}`).toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect(scroll, `width of ${page.url()}`).toBeLessThanOrEqual(client);
}

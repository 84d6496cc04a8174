/** Counts what a mouse, pen or finger would cause, to prove that a journey needed none. */
import type { Page } from '@playwright/test';

export async function countPointerEvents(page: Page): Promise<() => number> {
  let count = 0;
  await page.exposeFunction('__pointer', () => {
    count += 1;
  });
  await page.addInitScript(() => {
    for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel']) {
      const tell = () => (window as unknown as { __pointer: () => void }).__pointer();
      window.addEventListener(kind, tell, { capture: true });
    }
  });
  return () => count;
}

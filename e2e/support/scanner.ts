/** A scanner: keys ten milliseconds apart by their own clock, however long a busy machine takes to pass them on. */
import type { Page } from '@playwright/test';

const GAP_S = 0.01;

interface Key {
  key: string;
  code: string;
  text: string;
  windowsVirtualKeyCode: number;
}

const digit = (key: string): Key => ({ key, code: `Digit${key}`, text: key, windowsVirtualKeyCode: key.charCodeAt(0) });
const ENTER: Key = { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 };

/** Returns what scans a code of digits into whatever has the focus. */
export async function scanner(page: Page): Promise<(code: string) => Promise<void>> {
  const browser = await page.context().newCDPSession(page);
  return async (code) => {
    const begun = Date.now() / 1000;
    for (const [index, key] of [...Array.from(code, digit), ENTER].entries()) {
      const timestamp = begun + index * GAP_S;
      await browser.send('Input.dispatchKeyEvent', { type: 'keyDown', timestamp, ...key });
      await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', timestamp: timestamp + GAP_S / 2, ...key });
    }
  };
}

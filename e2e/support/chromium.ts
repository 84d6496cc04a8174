/** Where the browser is: the system's, so that nothing is downloaded. */
import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export function chromium(): string {
  const found = process.env.SOM_CHROMIUM ?? places.find((place) => existsSync(place));
  if (!found) throw new Error('Chromium is missing: run scripts/setup.sh, or set SOM_CHROMIUM');
  return found;
}

/** The README's pictures, taken of the real binary: `make pictures`. */
import journeys from './playwright.config.ts';

export default {
  ...journeys,
  testDir: './pictures',
  timeout: 180_000,
  use: { ...journeys.use, trace: 'off', screenshot: 'only-on-failure' },
};

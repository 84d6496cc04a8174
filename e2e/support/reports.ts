/** Everything the browser complains about: CSP and Trusted Types reports, console errors, exceptions. */
import type { BrowserContext, Page } from '@playwright/test';

/** A refused request (401, 404, 409…) is logged as an error too; what it means is the journey's business. */
const EXPECTED = /^Failed to load resource: the server responded with a status of (4\d\d|503)/;

export async function collectReports(context: BrowserContext): Promise<string[]> {
  const reports: string[] = [];
  await context.exposeBinding('__report', (_source, text: string) => {
    reports.push(text);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { __report: (text: string) => void }).__report;
      report(`CSP ${event.violatedDirective}: ${event.blockedURI} ${event.sample} (${event.sourceFile}:${event.lineNumber})`);
    });
  });
  const watch = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) reports.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => reports.push(`exception: ${error.message}`));
  };
  context.on('page', watch);
  for (const page of context.pages()) watch(page);
  return reports;
}

import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const KB = 1024;

/** What a first visit may cost, in KB of gzip: the entry, the frame, and the page with all they import. */
const VISITS: [name: string, modules: string[], limit: number][] = [
  ['sign-in', ['/features/auth/sign-in-page.tsx'], 130],
  ['home', ['/components/app-shell.tsx', '/features/home/home-page.tsx'], 230],
  ['a list', ['/components/app-shell.tsx', '/features/orders/orders-page.tsx'], 255],
  ['order entry', ['/components/app-shell.tsx', '/features/orders/order-entry/order-entry-page.tsx'], 280],
];
const LAZY_CHUNK = 60;
const STYLES = 25;

/** Fails the build that outgrows its budget: a slow first visit is a defect like any other. */
export function budget(): Plugin {
  return {
    name: 'budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const kb = (body: string | Uint8Array) => gzipSync(body, { level: 9 }).length / KB;
      const files = Object.values(bundle);
      const chunks = files.filter((file) => file.type === 'chunk');
      const sizes = new Map(chunks.map((chunk) => [chunk.fileName, kb(chunk.code)]));
      const entry = chunks.find((chunk) => chunk.isEntry);
      const withImports = (names: string[], seen = new Set<string>()): Set<string> => {
        for (const name of names.filter((one) => !seen.has(one))) {
          seen.add(name);
          withImports(chunks.find((chunk) => chunk.fileName === name)?.imports ?? [], seen);
        }
        return seen;
      };
      const faults: string[] = [];
      const check = (name: string, size: number, limit: number) => {
        if (size > limit) faults.push(`${name}: ${size.toFixed(1)} KB, allowed are ${limit}`);
      };
      for (const [name, modules, limit] of VISITS) {
        const pages = chunks.filter((chunk) => modules.some((module) => chunk.moduleIds.some((id) => id.endsWith(module))));
        if (pages.length === 0) faults.push(`${name}: none of ${modules.join(', ')} is in the build`);
        const needed = withImports([entry, ...pages].flatMap((chunk) => (chunk ? [chunk.fileName] : [])));
        const size = [...needed].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
        this.info(`${name}: ${size.toFixed(1)} of ${limit} KB`);
        check(name, size, limit);
      }
      for (const chunk of chunks.filter((one) => !one.isEntry)) check(chunk.fileName, sizes.get(chunk.fileName) ?? 0, LAZY_CHUNK);
      for (const file of files) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) check(file.fileName, kb(file.source), STYLES);
      }
      if (faults.length > 0) this.error(`the build is over its budget (gzip):\n  ${faults.join('\n  ')}`);
    },
  };
}

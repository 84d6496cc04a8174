import { words } from '@/lib/format';
import type { AuditEntry } from '@/lib/types';

const listOf = (entry: AuditEntry) => String((entry.diff as { list?: unknown }).list ?? 'a list');

/** What happened, in words: `Order confirmed`, `Page of customers read`. */
export function whatHappened(entry: AuditEntry): string {
  const done = words(entry.action).toLowerCase();
  if (entry.entity === 'list') return `Page of ${listOf(entry)} ${done}`;
  if (entry.entity === 'export') return `Export of ${listOf(entry)} ${done}`;
  return `${words(entry.entity)} ${done}`;
}

export const whoDidIt = (entry: AuditEntry): string => entry.actor_name || words(entry.actor_kind);

const PAGES: Record<string, string> = { order: '/orders', customer: '/customers', product: '/products', price_list: '/price-lists' };

/** Where the object is shown; nothing for those without a page. */
export function pageOf(entry: AuditEntry): string | undefined {
  const page = PAGES[entry.entity];
  return page && `${page}/${entry.entity_id}`;
}

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '@/lib/list-search';
import { appRoute } from './app';

const staticData = { permission: 'audit.read' };

export const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/audit',
  staticData,
  validateSearch: listSearch(['entity', 'entity_id', 'actor_name.contains', 'action.contains', 'at.gte', 'at.lte', 'ip', 'request_id']),
  component: lazyRouteComponent(() => import('@/features/audit/audit-page'), 'AuditPage'),
});

export const auditEntryRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/audit/$seq',
  staticData,
  component: lazyRouteComponent(() => import('@/features/audit/audit-entry-page'), 'AuditEntryPage'),
});

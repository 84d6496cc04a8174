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

const settings = { permission: 'settings.read' };

/** Most settings are lists of small records, told apart by their place in the address; what each needs is theirs to say. */
export const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings',
  staticData: settings,
  component: lazyRouteComponent(() => import('@/features/settings/settings-page'), 'SettingsPage'),
});

export const organizationRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/organization',
  staticData: settings,
  component: lazyRouteComponent(() => import('@/features/settings/organization-page'), 'OrganizationPage'),
});

export const rolesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/roles',
  staticData: { permission: 'members.read' },
  component: lazyRouteComponent(() => import('@/features/settings/roles-page'), 'RolesPage'),
});

export const resourcesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/$resource',
  validateSearch: listSearch(['status', 'measure', 'active', 'entity', 'archived']),
  component: lazyRouteComponent(() => import('@/features/settings/resource-list-page'), 'ResourceListPage'),
});

export const newResourceRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/$resource/new',
  component: lazyRouteComponent(() => import('@/features/settings/resource-form-page'), 'NewResourcePage'),
});

export const resourceRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/$resource/$id',
  component: lazyRouteComponent(() => import('@/features/settings/resource-form-page'), 'ResourcePage'),
});

import { queryOptions } from '@tanstack/react-query';
import { api, body } from '@/lib/api';

/* What several settings choose from. */

const ALL = { params: { query: { limit: 200 } } };

export const rolesQuery = queryOptions({ queryKey: ['roles'], queryFn: () => body(api.GET('/api/v1/roles')), staleTime: 5 * 60_000 });

export const teamsQuery = queryOptions({ queryKey: ['teams'], queryFn: async () => (await body(api.GET('/api/v1/teams'))).data });

export const taxCodesQuery = queryOptions({
  queryKey: ['taxes', 'all'],
  queryFn: async () => (await body(api.GET('/api/v1/taxes', { params: { query: { limit: 200, status: 'active' } } }))).data,
});

export const classCodesQuery = queryOptions({ queryKey: ['tax-classes', 'all'], queryFn: async () => (await body(api.GET('/api/v1/tax-classes', ALL))).data });

export const categoryCodesQuery = queryOptions({ queryKey: ['categories', 'all'], queryFn: async () => (await body(api.GET('/api/v1/categories', ALL))).data });

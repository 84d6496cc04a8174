import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as v from 'valibot';
import { listSearch } from '@/lib/list-search';
import { appRoute } from './app';

export const customersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/customers',
  validateSearch: listSearch(['status', 'kind']),
  component: lazyRouteComponent(() => import('@/features/customers/customers-page'), 'CustomersPage'),
});

export const newCustomerRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/customers/new',
  staticData: { permission: 'customers.write' },
  component: lazyRouteComponent(() => import('@/features/customers/customer-form-page'), 'NewCustomerPage'),
});

export const customerRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/customers/$customerId',
  validateSearch: v.object({ tab: v.optional(v.string()) }),
  component: lazyRouteComponent(() => import('@/features/customers/customer-page'), 'CustomerPage'),
});

export const editCustomerRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/customers/$customerId/edit',
  staticData: { permission: 'customers.write' },
  component: lazyRouteComponent(() => import('@/features/customers/customer-form-page'), 'EditCustomerPage'),
});

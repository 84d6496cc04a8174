import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '@/lib/list-search';
import { appRoute } from './app';

export const priceListsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/price-lists',
  validateSearch: listSearch(['status']),
  component: lazyRouteComponent(() => import('@/features/price-lists/price-lists-page'), 'PriceListsPage'),
});

export const newPriceListRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/price-lists/new',
  staticData: { permission: 'prices.write' },
  component: lazyRouteComponent(() => import('@/features/price-lists/price-list-form-page'), 'NewPriceListPage'),
});

export const priceListRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/price-lists/$priceListId',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(() => import('@/features/price-lists/price-list-page'), 'PriceListPage'),
});

export const editPriceListRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/price-lists/$priceListId/edit',
  staticData: { permission: 'prices.write' },
  component: lazyRouteComponent(() => import('@/features/price-lists/price-list-form-page'), 'EditPriceListPage'),
});

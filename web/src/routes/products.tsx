import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '@/lib/list-search';
import { appRoute } from './app';

export const productsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/products',
  validateSearch: listSearch(['status', 'kind']),
  component: lazyRouteComponent(() => import('@/features/products/products-page'), 'ProductsPage'),
});

export const newProductRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/products/new',
  staticData: { permission: 'products.write' },
  component: lazyRouteComponent(() => import('@/features/products/product-form-page'), 'NewProductPage'),
});

export const productRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/products/$productId',
  component: lazyRouteComponent(() => import('@/features/products/product-page'), 'ProductPage'),
});

export const editProductRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/products/$productId/edit',
  staticData: { permission: 'products.write' },
  component: lazyRouteComponent(() => import('@/features/products/product-form-page'), 'EditProductPage'),
});

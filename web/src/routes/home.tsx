import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from './app';

export const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/home/home-page'), 'HomePage'),
});

export const accountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/account/account-page'), 'AccountPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/import',
  staticData: { permission: 'imports.run' },
  component: lazyRouteComponent(() => import('@/features/imports/import-page'), 'ImportPage'),
});

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from '@/components/crash';
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

/** Whatever else is asked for: said inside the app, where the way on is at hand. */
export const missingRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '$',
  component: NotFound,
});

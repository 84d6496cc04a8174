import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as v from 'valibot';
import { rootRoute } from './root';

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: v.object({ next: v.optional(v.string()) }),
  component: lazyRouteComponent(() => import('@/features/auth/sign-in-page'), 'SignInPage'),
});

/** The one-time link of the first run carries its token in the fragment, which never reaches a log. */
export const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/features/auth/setup-page'), 'SetupPage'),
});

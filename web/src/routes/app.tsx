import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { ApiError } from '@/lib/api-error';
import { csrfToken } from '@/lib/fetcher';
import { meQuery } from '@/lib/session';
import { rootRoute } from './root';

const loadShell = () => import('@/components/app-shell');

/** Everything behind the sign-in. Without a session the visitor is sent there, and back afterwards. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  component: lazyRouteComponent(loadShell, 'AppShell'),
  beforeLoad: async ({ context, location }) => {
    // With a session the frame will be needed: it comes while the server says whose session it is.
    if (csrfToken()) loadShell().catch(() => undefined);
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const next = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: { next } });
    }
  },
});

import { createRoute, redirect } from '@tanstack/react-router';
import { AppShell } from '@/components/app-shell';
import { ApiError } from '@/lib/api-error';
import { meQuery } from '@/lib/session';
import { rootRoute } from './root';

/** Everything behind the sign-in. Without a session the visitor is sent there, and back afterwards. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  component: AppShell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const next = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: { next } });
    }
  },
});

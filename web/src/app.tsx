import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { UiProvider } from './components/ui/provider';
import { onSessionLost } from './lib/fetcher';
import { meQuery } from './lib/session';
import type { makeRouter } from './router';

/** The whole app around a router: the entry and the tests mount the same thing. */
export function App({ router, client }: { router: ReturnType<typeof makeRouter>; client: QueryClient }) {
  useEffect(
    () =>
      onSessionLost(() => {
        // Only a session that was there can be lost: the check at the door would otherwise call itself.
        if (!client.getQueryData(meQuery.queryKey)) return;
        client.removeQueries({ queryKey: meQuery.queryKey });
        void router.invalidate();
      }),
    [router, client],
  );
  return (
    <QueryClientProvider client={client}>
      <UiProvider>
        <RouterProvider router={router} />
      </UiProvider>
    </QueryClientProvider>
  );
}

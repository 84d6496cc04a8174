import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { UiProvider } from './components/ui/provider';
import { onSessionLost } from './lib/fetcher';
import type { makeRouter } from './router';

/** The whole app around a router: the entry and the tests mount the same thing. */
export function App({ router, client }: { router: ReturnType<typeof makeRouter>; client: QueryClient }) {
  useEffect(
    () =>
      onSessionLost(() => {
        client.removeQueries({ queryKey: ['me'] });
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

import { render } from '@testing-library/react';
import { PointerEventsCheckLevel, userEvent } from '@testing-library/user-event';
import { createMemoryHistory } from '@tanstack/react-router';
import { App } from '@/app';
import { makeQueryClient, makeRouter } from '@/router';

/** Opens an address in the whole app: real routes, real client, mocked server. */
export function renderPage(address: string) {
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  const router = makeRouter(client, createMemoryHistory({ initialEntries: [address] }));
  // The style sheet is not loaded here, so looking it up for every click costs time and finds nothing.
  const user = userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never });
  const view = render(<App router={router} client={client} />);
  const at = () => router.state.location.href;
  return { ...view, user, router, client, at };
}

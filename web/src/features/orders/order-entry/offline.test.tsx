import 'fake-indexeddb/auto';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { counted, type EntryServer, entryServer, openEntry, quick } from '@/testing/entry';
import { mock, server } from '@/testing/server';

let entry: EntryServer;
beforeEach(() => {
  entry = entryServer();
});

const row = (number: number) => within(screen.getByRole('grid')).getAllByRole('row')[number]!;
const silence = () => Response.error();

function unplug() {
  server.use(
    mock('get', '/api/v1/products', silence),
    mock('post', '/api/v1/products/resolve', silence),
    mock('post', '/api/v1/orders/preview', silence),
    mock('post', '/api/v1/orders', silence),
  );
}

describe('without a server', () => {
  it('entry goes on with articles seen before, at provisional prices, and places the order afterwards', async () => {
    const { user, at } = await openEntry('/orders/new?customer=cus_1');
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}');
    await waitFor(() => expect(row(1)).toHaveTextContent('12.40'));
    unplug();
    await user.keyboard('hx-10{Enter}3{Enter}');
    expect(await screen.findByText('The server cannot be reached')).toBeInTheDocument();
    await waitFor(() => expect(row(2)).toHaveTextContent(/Article HX-10.*12\.40provisional price/));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByText('Not saved — kept on this device')).toBeInTheDocument();
    entry = entryServer();
    fireEvent(window, new Event('online'));
    await waitFor(() => expect(screen.queryByText('The server cannot be reached')).not.toBeInTheDocument());
    expect(row(2)).not.toHaveTextContent('provisional');
    expect(at()).toBe('/orders/new?customer=cus_1');
    await user.click(screen.getByRole('button', { name: 'Place order' }));
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(quick(entry.sent[0])).toEqual(['prd_0 2', 'prd_0 3']);
  });

  it('looks up what it could not know as soon as there is a network', async () => {
    const { user } = await openEntry('/orders/new?customer=cus_1');
    unplug();
    await user.keyboard('{Control>}l{/Control}NUT-8{Enter}4{Enter}');
    expect(await screen.findByText(/could not be looked up/, { selector: 'span.font-medium' })).toBeInTheDocument();
    entry = entryServer();
    fireEvent(window, new Event('online'));
    await waitFor(() => expect(row(1)).toHaveTextContent('Article NUT-8'));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(quick(entry.sent[0])).toEqual(['prd_3 4']));
  });

  it('tries a save that nothing answered again by itself', async () => {
    const { user } = await openEntry('/orders/new?customer=cus_1');
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}');
    unplug();
    await user.keyboard('{Control>}s{/Control}');
    expect(await screen.findByText('Not saved — kept on this device')).toBeInTheDocument();
    entry = entryServer();
    fireEvent(window, new Event('online'));
    expect(await screen.findByText(/^Saved /)).toBeInTheDocument();
    expect(quick(entry.sent[0])).toEqual(['prd_0 2']);
  });
});

describe('a slow server', () => {
  it('shows which figures are awaited', async () => {
    let answer: () => void = () => undefined;
    const late = new Promise<void>((go) => (answer = go));
    server.use(
      mock('post', '/api/v1/orders/preview', async ({ body }) => {
        await late;
        return counted(body.lines);
      }),
    );
    const { user } = await openEntry('/orders/new?customer=cus_1');
    await user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}');
    await waitFor(() => expect(within(row(1)).getAllByText('…').length).toBe(2));
    answer();
    await waitFor(() => expect(row(1)).toHaveTextContent('2,480.00'));
  });
});

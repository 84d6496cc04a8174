import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { order, orderLine } from '@/testing/builders';
import { counted, type EntryServer, entryServer, openEntry } from '@/testing/entry';
import { renderPage } from '@/testing/render-page';
import { mock, server } from '@/testing/server';

let entry: EntryServer;
beforeEach(() => {
  entry = entryServer();
});

const row = (number: number) => within(screen.getByRole('grid')).getAllByRole('row')[number]!;
const focused = () => {
  const cell = document.activeElement?.closest<HTMLElement>('[data-column]');
  return cell ? `${cell.dataset.column} ${parseInt(cell.dataset.row ?? '', 10) + 1}` : null;
};

async function keyed() {
  const page = await openEntry('/orders/new?customer=cus_1');
  await page.user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}{Escape}{ArrowUp}');
  await waitFor(() => expect(focused()).toBe('sku 1'));
  return page;
}

describe('the note of a line', () => {
  it('is written from the menu of the line by keys, printed below it, and undone', async () => {
    const { user, at } = await keyed();
    await user.keyboard('{Control>}.{/Control}');
    await waitFor(() => expect(screen.getByRole('menuitem', { name: 'Note…' })).toHaveFocus());
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Note below line 1' });
    const field = within(dialog).getByRole('textbox', { name: 'Note' });
    await waitFor(() => expect(field).toHaveFocus());
    await user.keyboard('For the workshop{Enter}Second floor{Control>}{Enter}{/Control}');
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    expect(row(1)).toHaveTextContent('For the workshop Second floor');
    await waitFor(() => expect(focused()).toBe('sku 1'));
    await user.keyboard('{Control>}z{/Control}');
    expect(row(1)).not.toHaveTextContent('For the workshop');
    await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(at()).toBe('/orders/ord_9'));
    expect(entry.sent[0]?.lines).toEqual([
      { product_id: 'prd_0', quantity: { value: '2', unit: 'pcs' } },
      { kind: 'text', description: 'For the workshop' },
      { kind: 'text', description: 'Second floor' },
    ]);
  });

  it('is refused when a row of it is longer than a printed line, and thrown away on Escape', async () => {
    const { user } = await keyed();
    await user.keyboard('{Control>}.{/Control}');
    await user.click(await screen.findByRole('menuitem', { name: 'Note…' }));
    const field = await screen.findByRole('textbox', { name: 'Note' });
    await user.click(field);
    await user.paste(`Short\n${'x'.repeat(301)}`);
    await user.click(screen.getByRole('button', { name: 'Save the note' }));
    expect(field).toHaveAccessibleDescription(/Row 2 has more than 300 characters/);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(field).not.toBeInTheDocument());
    expect(row(1)).not.toHaveTextContent('Short');
  });

  it('comes back with a saved draft, and its figures are those of the line', async () => {
    const text = (position: number, description: string) =>
      orderLine({ id: `lin_t${position}`, position, kind: 'text', product_id: null, sku: null, description, unit_price: null, net: '0.00', quantity: { value: '0', unit: null }, taxes: [] });
    const saved = order({
      id: 'ord_9', lifecycle: 'draft', confirmed_at: null, actions: [],
      lines: [text(1, 'Kitchen'), orderLine({ position: 2 }), text(3, 'Cut to length'), text(4, 'Deliver first')],
    });
    server.use(
      mock('get', '/api/v1/orders/{id}', saved),
      mock('post', '/api/v1/orders/preview', ({ body }) => {
        const answer = counted(body.lines);
        return { ...answer, lines: answer.lines.map((line, index) => ({ ...line, net: body.lines?.[index]?.kind === 'text' ? '0.00' : '2480.00' })) };
      }),
    );
    renderPage('/orders/ord_9/edit');
    await screen.findByRole('grid');
    expect(row(1)).toHaveTextContent('Kitchen');
    expect(row(2)).toHaveTextContent(/HX-1020.*Cut to length Deliver first/);
    await waitFor(() => expect(row(2)).toHaveTextContent('2,480.00'));
    // Neither a heading nor a note is a problem.
    expect(screen.queryByText(/problem/)).not.toBeInTheDocument();
  });
});

describe('what a figure says of itself', () => {
  it('shows the base quantity while a unit is typed', async () => {
    const { user } = await keyed();
    await user.keyboard('{ArrowRight}{ArrowRight}3 box');
    await waitFor(() => expect(screen.getByText('3 box = 36 pcs')).toBeInTheDocument());
    await user.keyboard('{Enter}');
    expect(row(1)).toHaveTextContent('3 box = 36 pcs');
  });

  it('explains the price from a figure being typed, and the keyboard comes back to it', async () => {
    const { user } = await keyed();
    await user.keyboard('{ArrowRight}{ArrowRight}{Enter}?');
    const dialog = await screen.findByRole('dialog', { name: 'Why this price' });
    await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    await waitFor(() => expect(focused()).toBe('quantity 1'));
  });
});

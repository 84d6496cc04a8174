import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { coded, pageOf } from '@/testing/builders';
import { type EntryServer, entryServer, openEntry, PRODUCTS, quick } from '@/testing/entry';
import { mock, refuse, server } from '@/testing/server';

let entry: EntryServer;
let asked: Record<string, string>[];

beforeEach(() => {
  entry = entryServer();
  asked = [];
  server.use(
    mock('get', '/api/v1/categories', pageOf([{ ...coded('bolts', 'Bolts'), parent: null }, { ...coded('nuts', 'Nuts'), parent: null }, { ...coded('lock', 'Lock nuts'), parent: 'nuts' }])),
    mock('get', '/api/v1/products', ({ query }) => {
      asked.push(Object.fromEntries(query));
      const found = PRODUCTS.filter(({ sku }) => sku.startsWith((query.get('q') ?? '').toUpperCase()) && sku.startsWith(query.get('category')?.startsWith('nuts') ? 'NUT' : ''));
      return pageOf(found, { has_more: query.get('q') === null });
    }),
  );
});

const focused = () => {
  const cell = document.activeElement?.closest<HTMLElement>('[data-column]');
  return cell ? `${cell.dataset.column} ${parseInt(cell.dataset.row ?? '', 10) + 1}` : null;
};

/** What the list offers; the categories are options too. */
const offered = async () => within(await screen.findByRole('listbox', { name: 'Products' })).findAllByRole('option');

async function open() {
  const page = await openEntry('/orders/new?customer=cus_1');
  await page.user.keyboard('{Control>}l{/Control}HX-10{Enter}2{Enter}');
  await waitFor(() => expect(focused()).toBe('sku 2'));
  await page.user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
  return { ...page, panel: within(await screen.findByRole('dialog', { name: 'Catalogue' })) };
}

describe('the catalogue beside the lines', () => {
  it('adds by keys alone, stays open, and gives the keyboard back to its cell', async () => {
    const { user, panel } = await open();
    const search = panel.getByRole('combobox', { name: 'Search the catalogue' });
    expect(search).toHaveFocus();
    expect(await offered()).toHaveLength(4);
    expect(panel.getByText(/There are more/)).toBeInTheDocument();
    await user.keyboard('nut');
    await waitFor(async () => expect(await offered()).toHaveLength(2));
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(panel.getByRole('option', { name: /NUT-8/ })).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{Enter}');
    expect(panel.getByRole('textbox', { name: 'Quantity' })).toHaveFocus();
    await user.keyboard('2*6{Enter}');
    expect(panel.getByRole('status')).toHaveTextContent('12 × NUT-8 added');
    expect(search).toHaveFocus();
    await user.keyboard('hx-2');
    await waitFor(async () => expect(await offered()).toHaveLength(1));
    await user.keyboard('{Enter}{Enter}{Escape}');
    expect(screen.queryByRole('dialog', { name: 'Catalogue' })).not.toBeInTheDocument();
    await waitFor(() => expect(focused()).toBe('sku 4'));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(quick(entry.sent[0])).toEqual(['prd_0 2', 'prd_3 12', 'prd_1 1']));
  });

  it('narrows by category with those below it, and adds by pointing', async () => {
    const { user, panel } = await open();
    const category = panel.getByRole('combobox', { name: 'Category' });
    await user.click(category);
    await user.keyboard('nuts');
    const choices = within(await screen.findByRole('listbox', { name: 'Category' }));
    await waitFor(() => expect(choices.getAllByRole('option').map((one) => one.textContent)).toEqual(['Lock nutsNuts', 'Nuts']));
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(category).toHaveValue('Nuts'));
    await waitFor(async () => expect(await offered()).toHaveLength(2));
    expect(asked.at(-1)).toMatchObject({ category: 'nuts,lock', status: 'active' });
    await user.click(panel.getByRole('option', { name: /NUT-5/ }));
    expect(panel.getByRole('status')).toHaveTextContent('1 × NUT-5 added');
    await user.click(panel.getByRole('button', { name: /^Close the catalogue/ }));
    await waitFor(() => expect(focused()).toBe('sku 3'));
  });

  it('closes the open categories with the first Escape, and itself with the next', async () => {
    const { user, panel } = await open();
    const category = panel.getByRole('combobox', { name: 'Category' });
    await user.click(category);
    await screen.findByRole('listbox', { name: 'Category' });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(category).toHaveAttribute('aria-expanded', 'false'));
    expect(screen.getByRole('dialog', { name: 'Catalogue' })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Catalogue' })).not.toBeInTheDocument());
  });

  it('never takes what it shows for an older text: the text is looked up instead', async () => {
    const { user, panel } = await open();
    expect(await offered()).toHaveLength(4);
    let answer: () => void = () => undefined;
    const late = new Promise<void>((go) => (answer = go));
    server.use(
      mock('get', '/api/v1/products', async () => {
        await late;
        return pageOf(PRODUCTS);
      }),
    );
    await user.keyboard('NUT-5{Enter}3{Enter}');
    expect(panel.getByRole('status')).toHaveTextContent('3 × NUT-5 added');
    answer();
    await user.keyboard('{Escape}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(quick(entry.sent[0])).toEqual(['prd_0 2', 'prd_2 3']));
  });

  it('says what is no quantity, what is not found and what went wrong, and adds nothing', async () => {
    const { user, panel } = await open();
    await offered();
    await user.keyboard('{Enter}many{Enter}');
    expect(panel.getByRole('textbox', { name: 'Quantity' })).toHaveAccessibleDescription('“many” is not a number.');
    expect(panel.getByRole('status')).toBeEmptyDOMElement();
    await user.type(panel.getByRole('combobox', { name: 'Search the catalogue' }), 'zz');
    expect(await panel.findByText(/^Nothing matches/)).toBeInTheDocument();
    server.use(mock('get', '/api/v1/products', () => refuse(500, 'internal', { title: 'No catalogue today' })));
    await user.keyboard('y');
    expect(await panel.findByRole('alert')).toHaveTextContent('No catalogue today');
  });

  it('keeps Tab within it, in both directions', async () => {
    const { user, panel } = await open();
    const stops = [panel.getByRole('textbox', { name: 'Quantity' }), panel.getByRole('combobox', { name: 'Category' }), panel.getByRole('button', { name: /^Close the catalogue/ }), panel.getByRole('combobox', { name: 'Search the catalogue' })];
    for (const stop of stops) {
      await user.tab();
      expect(stop).toHaveFocus();
    }
    await user.tab({ shift: true });
    await user.tab({ shift: true });
    expect(stops[1]).toHaveFocus();
  });

  it('is opened by its button, and goes back to a field outside the lines', async () => {
    const { user } = await openEntry();
    await user.click(screen.getByLabelText('Notes'));
    await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
    expect(await screen.findByRole('dialog', { name: 'Catalogue' })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.getByLabelText('Notes')).toHaveFocus());
    await user.click(screen.getByRole('button', { name: 'Catalogue' }));
    expect(await screen.findByRole('dialog', { name: 'Catalogue' })).toBeInTheDocument();
  });
});

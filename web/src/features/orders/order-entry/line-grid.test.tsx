import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { me, PERMISSIONS } from '@/testing/builders';
import { escape } from '@/testing/dialogs';
import { counted, type EntryServer, entryServer, openEntry, quick, resolved } from '@/testing/entry';
import { mock, refuse, server } from '@/testing/server';
import { keysEvery } from '@/testing/typist';

let entry: EntryServer;
beforeEach(() => {
  entry = entryServer();
});

const grid = () => screen.getByRole('grid', { name: 'Order lines' });
const rows = () => within(grid()).getAllByRole('row').slice(1);
/** What stands in a cell or is being typed there. */
function shown(cell: Element | null): string {
  const input = cell?.querySelector('input');
  const text = cell?.cloneNode(true) as HTMLElement;
  for (const hidden of text.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
  return input ? input.value : text.textContent;
}
/** `HX-10 2` for each line, without the empty one at the end. */
const lines = () =>
  rows()
    .map((row) => `${shown(row.querySelector('[data-column="sku"]'))} ${shown(row.querySelector('[data-column="quantity"]'))}`.trim())
    .filter(Boolean);
/** Where the focus is: `quantity 2`, and whether the cell is being edited. */
function focused() {
  const cell = document.activeElement?.closest<HTMLElement>('[data-column]');
  return cell ? `${cell.dataset.column} ${parseInt(cell.dataset.row ?? '', 10) + 1}${document.activeElement === cell ? '' : ' edited'}` : null;
}

/** Two lines, and the focus in the SKU cell below them. */
async function open() {
  const page = await openEntry();
  await page.user.keyboard('acme{Enter}{Control>}l{/Control}HX-10{Enter}2{Enter}NUT-5{Enter}3{Enter}');
  await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3']));
  await screen.findAllByText('Article NUT-5');
  return page;
}

describe('the grid by keys', () => {
  it('moves with arrows, Home and End once a cell is left with Escape', async () => {
    const { user } = await open();
    expect(focused()).toBe('sku 3 edited');
    const press = async (keys: string) => {
      await user.keyboard(keys);
      return focused();
    };
    expect(await press('{Escape}')).toBe('sku 3');
    expect(await press('{ArrowUp}')).toBe('sku 2');
    expect(await press('{ArrowRight}{ArrowRight}')).toBe('quantity 2');
    expect(await press('{End}')).toBe('discount 2');
    expect(await press('{ArrowRight}')).toBe('discount 2');
    expect(await press('{Home}{ArrowLeft}')).toBe('sku 2');
    expect(await press('{Control>}{End}{/Control}')).toBe('discount 3');
    expect(await press('{Control>}{Home}{/Control}')).toBe('sku 1');
    expect(await press('{Control>}{ArrowDown}{/Control}{Control>}{ArrowRight}{/Control}')).toBe('discount 3');
    expect(await press('{PageUp}{Control>}{ArrowLeft}{/Control}')).toBe('sku 1');
    expect(await press('{PageDown}{Control>}{ArrowUp}{/Control}{ArrowDown}')).toBe('sku 2');
  });

  it('begins to edit with Enter, F2 or the first letter, and gives the old text back on Escape', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{ArrowUp}{ArrowRight}{ArrowRight}{F2}');
    expect(focused()).toBe('quantity 2 edited');
    await user.keyboard('99{Escape}');
    expect(focused()).toBe('quantity 2');
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 3']);
    await user.keyboard('7{F2}');
    expect(focused()).toBe('quantity 2');
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 7']);
    await user.keyboard('{Enter}8{ArrowUp}');
    expect(focused()).toBe('quantity 1 edited');
    await user.keyboard('9{ArrowDown}');
    expect(lines()).toEqual(['HX-10 9', 'NUT-5 8']);
  });

  it('leaves the grid with a second Escape, and is no trap for Tab', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{Escape}');
    expect(screen.getByLabelText('Notes')).toHaveFocus();
    await user.keyboard('{Control>}l{/Control}{Tab}{Tab}');
    expect(screen.getByLabelText('Notes')).toHaveFocus();
    await user.keyboard('{Control>}l{/Control}');
    expect(focused()).toBe('sku 3 edited');
    await user.keyboard('{Shift>}{Tab}{/Shift}');
    expect(focused()).toBe('discount 2 edited');
    await user.keyboard('{Shift>}{Tab}{Tab}{Tab}{Tab}{/Shift}{Tab}{Tab}');
    expect(focused()).toBe('unit 2 edited');
    await user.keyboard('{Escape}{Control>}{Home}{/Control}{Enter}{Shift>}{Tab}{/Shift}');
    expect(screen.getByRole('combobox', { name: /Customer/ })).toHaveFocus();
  });

  it('empties a cell with Delete, a whole line at its SKU', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{Control>}{Home}{/Control}{ArrowRight}{ArrowRight}{Delete}');
    expect(await screen.findByText('1 problem: line 1 quantity is missing')).toBeInTheDocument();
    await user.keyboard('{Home}{ArrowDown}{Backspace}');
    expect(lines()).toEqual(['HX-10']);
  });

  it('inserts, copies, moves and removes lines, all of which can be undone and redone', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{Control>}{Home}{/Control}{Alt>}{ArrowDown}{/Alt}');
    expect(lines()).toEqual(['NUT-5 3', 'HX-10 2']);
    expect(focused()).toBe('sku 2');
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 3']);
    await user.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}{Control>}d{/Control}');
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 2']);
    await user.keyboard('{Home}{Control>}d{/Control}');
    expect(lines()).toEqual(['HX-10 2', 'HX-10 2']);
    await user.keyboard('{Insert}');
    expect(focused()).toBe('sku 2 edited');
    await user.keyboard('NUT-8{Enter}5{Enter}{Escape}{Control>}{Home}{/Control}{Control>}{Delete}{/Control}');
    await waitFor(() => expect(lines()).toEqual(['NUT-8 5', 'HX-10 2']));
    await user.keyboard('{Control>}z{/Control}');
    expect(lines()).toEqual(['HX-10 2', 'NUT-8 5', 'HX-10 2']);
    await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    expect(lines()).toEqual(['NUT-8 5', 'HX-10 2']);
  });

  it('opens the menu of the line with Ctrl+. and gives the focus back to the cell', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{Control>}{Home}{/Control}{Control>}.{/Control}');
    const menu = await screen.findByRole('menu');
    await user.click(within(menu).getByRole('menuitem', { name: 'Duplicate the line' }));
    expect(lines()).toEqual(['HX-10 2', 'HX-10 2', 'NUT-5 3']);
    await waitFor(() => expect(focused()).toBe('sku 2'));
    await user.keyboard('{Control>}.{/Control}');
    await user.click(await screen.findByRole('menuitem', { name: 'Free of charge' }));
    await waitFor(() => expect(focused()).toBe('sku 2'));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(entry.sent).toHaveLength(1));
    expect(entry.sent[0]!.lines!.map((line) => line.unit_price?.amount)).toEqual([undefined, '0', undefined]);
  });

  it('is reached with Tab, past the buttons in one step', async () => {
    const { user } = await openEntry();
    await user.keyboard('acme{Enter}');
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Ship to' })).toBeEnabled());
    await user.tab();
    expect(screen.getByRole('textbox', { name: 'PO number' })).toHaveFocus();
    await user.tab();
    await user.tab();
    expect(screen.getByRole('textbox', { name: 'Requested' })).toHaveFocus();
    await user.tab();
    expect(screen.getByRole('button', { name: /^Insert a line/ })).toHaveFocus();
    await user.tab();
    expect(focused()).toBe('sku 1');
    await user.keyboard('HX-10{Enter}2{Enter}');
    await waitFor(() => expect(lines()).toEqual(['HX-10 2']));
  });

  it('has the same commands as buttons', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{Control>}{Home}{/Control}');
    const bar = within(screen.getByRole('toolbar', { name: 'Line commands' }));
    await user.click(bar.getByRole('button', { name: /^Move the line down/ }));
    expect(lines()).toEqual(['NUT-5 3', 'HX-10 2']);
    await user.click(bar.getByRole('button', { name: /^Move the line up/ }));
    await user.click(bar.getByRole('button', { name: /^Remove the line/ }));
    expect(lines()).toEqual(['NUT-5 3']);
    await user.click(bar.getByRole('button', { name: /^Undo/ }));
    await user.click(bar.getByRole('button', { name: /^Redo/ }));
    expect(lines()).toEqual(['NUT-5 3']);
    await user.click(bar.getByRole('button', { name: /^Insert a line/ }));
    expect(focused()).toBe('sku 1 edited');
    await user.click(screen.getByRole('button', { name: 'Remove line 2' }));
    expect(lines()).toEqual([]);
  });
});

describe('cells', () => {
  it('shows what a sum comes to before it is taken', async () => {
    const { user } = await open();
    await user.click(screen.getByText('3', { selector: '[data-column="quantity"]' }));
    await user.keyboard('12*24');
    expect(screen.getByText('= 288')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 288']);
  });

  it('takes a unit with the quantity, a price and discounts, and sends them', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{Control>}{Home}{/Control}{ArrowRight}{ArrowRight}{Enter}3 box{Tab}{Tab}');
    expect(focused()).toBe('price 1 edited');
    expect(await screen.findByText('3 box = 36 pcs')).toBeInTheDocument();
    await user.keyboard('9.95{Tab}12.5{Tab}');
    expect(focused()).toBe('sku 2 edited');
    await user.keyboard('{Escape}{End}{Enter}=1.50{Enter}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(entry.sent).toHaveLength(1));
    const [first, second] = entry.sent[0]!.lines!;
    expect(first).toMatchObject({ product_id: 'prd_0', quantity: { value: '3', unit: 'box' }, unit_price: { amount: '9.95', currency: 'EUR' }, discounts: [{ percent: '12.5' }] });
    expect(second).toMatchObject({ product_id: 'prd_2', discounts: [{ amount: '1.50' }] });
    expect(second).not.toHaveProperty('unit_price');
  });

  it('says what is wrong with a figure, and lets nobody place the order before it is right', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{ArrowUp}{End}{Enter}150{Enter}');
    expect(await screen.findByText('1 problem: line 2 A discount is at most 100 %.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: /^Go there/ }));
    expect(focused()).toBe('discount 2 edited');
    await user.keyboard('15{Enter}{Escape}{ArrowUp}{ArrowRight}{ArrowRight}{Enter}0{Enter}');
    expect(await screen.findByText('1 problem: line 2 quantity is zero')).toBeInTheDocument();
    await user.keyboard('{Shift>}{F8}{/Shift}');
    expect(focused()).toBe('quantity 2 edited');
  });

  it('names a line without a product, which needs a price', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}{ArrowRight}{Enter}Engraving{Enter}');
    expect(await screen.findByText('1 problem: line 3 a line without a product needs a price')).toBeInTheDocument();
    await user.keyboard('{F8}45{Enter}{Control>}{Enter}{/Control}');
    await waitFor(() => expect(quick(entry.sent[0])).toEqual(['prd_0 2', 'prd_2 3', 'Engraving 1']));
    expect(entry.sent[0]!.lines![2]!.unit_price).toEqual({ amount: '45', currency: 'EUR' });
  });

  it('offers what an ambiguous text may mean, to point at or to choose by keys', async () => {
    const { user } = await open();
    entry.slowness = 50;
    await user.keyboard('HX{Enter}4{Enter}');
    expect(await screen.findByText(/^1 problem: line 3 2 products match “HX”/)).toBeInTheDocument();
    await user.click(within(grid()).getByRole('button', { name: 'HX-20' }));
    await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 4']));
    expect(focused()).toBe('quantity 3 edited');
    await user.keyboard('{Enter}NUT{Enter}1{Enter}');
    expect(await screen.findByText(/^1 problem: line 4 2 products match “NUT”/)).toBeInTheDocument();
    await user.keyboard('{F8}');
    expect(await screen.findByRole('option', { name: /Article NUT-8/ })).toBeInTheDocument();
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(lines().at(-1)).toBe('NUT-8 1'));
  });

  it('says that a text could not be looked up, and looks again when it is committed again', async () => {
    const { user } = await open();
    server.use(mock('post', '/api/v1/products/resolve', () => refuse(500, 'internal')), mock('get', '/api/v1/products', () => refuse(500, 'internal')));
    await user.keyboard('HX-20');
    expect(await screen.findByText(/The search failed/)).toBeInTheDocument();
    await user.keyboard('{Enter}1{Enter}');
    expect(await screen.findByText('1 problem: line 3 “HX-20” could not be looked up')).toBeInTheDocument();
    server.use(mock('post', '/api/v1/products/resolve', { currency: 'EUR', data: [resolved('HX-20')] }));
    await user.keyboard('{F8}{Backspace}HX-20{Enter}');
    await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 1']));
  });

  it('says why an article cannot be ordered, and takes the unit of a barcode', async () => {
    const blocked = { ...resolved('HX-20'), problem: { pointer: '#/entries/0/text', code: 'product_blocked', detail: 'HX-20 is blocked and cannot be sold.' } };
    const price = { currency: 'EUR', unit: 'box', includes_tax: false, source: 'product', steps: [], rejected: [] };
    const { user } = await open();
    server.use(mock('post', '/api/v1/products/resolve', { currency: 'EUR', data: [blocked] }), mock('get', '/api/v1/products', () => refuse(500, 'internal')));
    await user.keyboard('HX-20{Enter}4{Enter}');
    expect(await screen.findByText('1 problem: line 3 HX-20 is blocked and cannot be sold.')).toBeInTheDocument();
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 4']);
    server.use(mock('post', '/api/v1/products/resolve', { currency: 'EUR', data: [{ ...resolved('NUT-8'), price }] }));
    await user.keyboard('4006381333939{Enter}');
    await waitFor(() => expect(lines().at(-1)).toBe('NUT-8 1'));
    expect(within(rows()[3]!).getByText('box')).toBeInTheDocument();
  });

  it('picks an option by pointing, or opens the choices with Alt+Down', async () => {
    const { user } = await open();
    await user.keyboard('HX');
    await user.click(await screen.findByRole('option', { name: /Article HX-20/ }));
    expect(focused()).toBe('quantity 3 edited');
    await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 1']));
    await user.keyboard('{Escape}{Home}{Enter}{Alt>}{ArrowDown}{/Alt}');
    expect(await screen.findByRole('option', { name: /Article HX-20/ })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(focused()).toBe('sku 3');
  });

  it('multiplies what was typed or scanned with a star', async () => {
    const { user } = await open();
    await user.keyboard('12*HX-20{Enter}');
    await waitFor(() => expect(lines().at(-1)).toBe('HX-20 12'));
    await user.keyboard('{Enter}5*4');
    keysEvery(10);
    await user.keyboard('006381333933{Enter}');
    await waitFor(() => expect(lines().at(-1)).toBe('NUT-8 5'));
  });

  it('takes a scan into a quantity for the next article', async () => {
    const { user } = await open();
    await user.click(screen.getByText('3', { selector: '[data-column="quantity"]' }));
    keysEvery(10);
    await user.keyboard('4006381333931{Enter}');
    await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 1']));
  });

  it('explains a price by its steps, by pointing and with ?', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'prices.override') })));
    const steps = [{ source: 'price_list', reason: 'quantity_break', before: '14', after: '12.4', rejected: [] }];
    server.use(
      mock('post', '/api/v1/orders/preview', ({ body }) => {
        const answer = counted(body.lines);
        return { ...answer, lines: answer.lines.map((line) => ({ ...line, price_source: steps as unknown as typeof line.price_source })) };
      }),
    );
    const { user } = await open();
    await user.click((await within(grid()).findAllByRole('button', { name: /^Explain the price/ }))[0]!);
    const dialog = await screen.findByRole('dialog', { name: 'Why this price' });
    expect(dialog).toHaveTextContent(/Price list14.00.*12.40.*Quantity break/);
    await escape(user, dialog);
    const price = rows()[1]!.querySelector<HTMLElement>('[data-column="price"]')!;
    expect(price).toHaveAttribute('aria-readonly', 'true');
    await user.click(price);
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Why this price' })).toBeInTheDocument();
  });
});

describe('pasted lines', () => {
  it('are read again while the text is corrected, and their notes are kept', async () => {
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Paste lines' }));
    const sheet = await screen.findByRole('dialog', { name: 'Paste lines' });
    expect(within(sheet).getByRole('button', { name: 'Add 0 lines' })).toBeDisabled();
    const text = within(sheet).getByRole('textbox', { name: 'Pasted text' });
    await user.click(text);
    await user.paste('HX-20\tmany');
    expect(sheet).toHaveTextContent('1 row read, 1 with a problem');
    await user.clear(text);
    await user.paste('HX-20;5;9.50;red ones');
    expect(within(sheet).getByRole('row', { name: 'HX-20 5 9.50 red ones' })).toBeInTheDocument();
    await user.click(within(sheet).getByRole('button', { name: 'Add 1 line' }));
    await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 5']));
    expect(rows()[2]).toHaveTextContent('red ones');
  });

  it('can be pasted onto a cell in navigation, and thrown away', async () => {
    const { user } = await open();
    await user.keyboard('{Escape}');
    await user.paste('HX-20\t1');
    const sheet = await screen.findByRole('dialog', { name: 'Paste lines' });
    await user.click(within(sheet).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(sheet).not.toBeInTheDocument());
    expect(lines()).toEqual(['HX-10 2', 'NUT-5 3']);
  });

  it('are one word when they are one word', async () => {
    const { user } = await open();
    await user.paste('HX-20');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(lines()).toEqual(['HX-10 2', 'NUT-5 3', 'HX-20 1']));
  });

  describe('by the hundred', () => {
    const many = Array.from({ length: 620 }, (_, nth) => `${nth % 2 ? 'HX-10' : `GONE-${nth}`}\t${nth + 1}`);

    async function pasteMany(user: Awaited<ReturnType<typeof open>>['user']) {
      await user.paste(many.join('\n'));
      const sheet = await screen.findByRole('dialog', { name: 'Paste lines' });
      await user.click(within(sheet).getByRole('button', { name: 'Add 620 lines' }));
    }

    it('are looked up in few requests, each text once, and each line says what it lacks', async () => {
      const { user } = await openEntry();
      await user.keyboard('{Control>}l{/Control}');
      await pasteMany(user);
      expect(await screen.findByText('310 problems: line 1 “GONE-0” not found')).toBeInTheDocument();
      expect(entry.asked.map((texts) => texts.length)).toEqual([311]);
      expect(lines()).toHaveLength(620);
    }, 30_000);

    it('lose nothing when the request fails, and are looked up again together', async () => {
      const { user } = await openEntry();
      let refusals = 0;
      server.use(
        mock('post', '/api/v1/products/resolve', () => {
          refusals += 1;
          return refuse(500, 'internal');
        }, { status: 500 }),
      );
      await user.keyboard('{Control>}l{/Control}');
      await pasteMany(user);
      expect(await screen.findByText('620 problems: line 1 “GONE-0” could not be looked up')).toBeInTheDocument();
      expect(refusals).toBe(1);
      expect(lines().slice(0, 2)).toEqual(['GONE-0 1', 'HX-10 2']);
      server.use(mock('post', '/api/v1/products/resolve', ({ body }) => ({ currency: 'EUR', data: body.entries.map(({ text }) => resolved(text)) })));
      await user.click(screen.getByRole('button', { name: 'Look up again (620)' }));
      expect(await screen.findByText('310 problems: line 1 “GONE-0” not found')).toBeInTheDocument();
      expect(lines().slice(0, 2)).toEqual(['GONE-0 1', 'HX-10 2']);
    }, 30_000);
  });
});

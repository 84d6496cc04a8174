import { screen, waitFor } from '@testing-library/react';
import { delay } from 'msw';
import type { Schemas } from '@/lib/api';
import { customer, customerItem, order, orderLine, pageOf, product, productItem, totals } from './builders';
import { renderPage } from './render-page';
import { mock, server } from './server';
import { keysEvery } from './typist';

/* A server for order entry: four articles, one customer, figures for whatever is asked. */

export const PRODUCTS = ['HX-10', 'HX-20', 'NUT-5', 'NUT-8'].map((sku, index) =>
  productItem({ id: `prd_${index}`, sku, name: `Article ${sku}`, pack_multiple: null, barcode: `400638133393${index}` }),
);
const starting = (text: string) => PRODUCTS.filter(({ sku }) => sku.startsWith(text.toUpperCase()));

/** What one text stands for, as the server answers it. */
export function resolved(text: string): Schemas['ResolvedEntry'] {
  const exact = PRODUCTS.find(({ sku, barcode }) => sku === text.toUpperCase() || barcode === text);
  const candidates = exact ? [] : starting(text);
  const product = exact ?? (candidates.length === 1 ? candidates[0] : undefined);
  const problem = product ? undefined : { pointer: '#/entries/0/text', code: candidates.length ? 'ambiguous_product' : 'unknown_product', detail: `No product is known as ${text}.` };
  return { text, product, problem, candidates: product ? [] : candidates };
}

export function counted(lines: Schemas['PreviewOrder']['lines'] = [], change: Partial<Schemas['PreviewView']> = {}): Schemas['PreviewView'] {
  const { id: _id, ledger: _ledger, ...line } = orderLine();
  return {
    currency: 'EUR', rounding: 'half_up', tax_mode: 'document', totals: totals(), warnings: [], approvals_needed: [],
    lines: (lines ?? []).map(({ quantity }, index) => ({ ...line, position: index + 1, quantity: { value: quantity?.value ?? '1', unit: quantity?.unit ?? 'pcs' } })),
    ...change,
  };
}

export interface EntryServer {
  /** Milliseconds until a search answers. */
  slowness: number;
  /** The orders that were created. */
  sent: Schemas['NewOrder'][];
  /** The texts that were looked up, by request. */
  asked: string[][];
}

/** Installs it; what is set and what was sent is in the object returned. A person types unless a test says otherwise. */
export function entryServer(): EntryServer {
  const state: EntryServer = { slowness: 0, sent: [], asked: [] };
  keysEvery(120);
  server.use(
    mock('get', '/api/v1/customers', ({ query }) => pageOf([customerItem()].filter(({ name }) => name.toLowerCase().includes(query.get('q')?.toLowerCase() ?? '')))),
    mock('get', '/api/v1/customers/{id}', customer()),
    mock('get', '/api/v1/products', async ({ query }) => {
      await delay(state.slowness);
      return pageOf(starting(query.get('q') ?? ''));
    }),
    mock('post', '/api/v1/products/resolve', async ({ body }) => {
      state.asked.push(body.entries.map(({ text }) => text));
      await delay(state.slowness);
      return { currency: 'EUR', data: body.entries.map(({ text }) => resolved(text)) };
    }),
    mock('get', '/api/v1/products/{id}', product({ unit: 'pcs', units: [{ unit: 'box', numerator: 12, denominator: 1, barcode: null }] })),
    mock('post', '/api/v1/orders/preview', ({ body }) => counted(body.lines)),
    mock('post', '/api/v1/orders', ({ body }) => {
      state.sent.push(body);
      return order({ id: 'ord_9', version: 1, lifecycle: body.place ? 'confirmed' : 'draft', lines: [] });
    }),
    mock('get', '/api/v1/orders/{id}', () => order({ id: 'ord_9' })),
    mock('get', '/api/v1/orders/{id}/timeline', () => pageOf([])),
  );
  return state;
}

/** The lines of a sent order in short: what and how many. */
export const quick = (body: Schemas['NewOrder'] | undefined) =>
  body?.lines?.map((line) => `${line.product_id ?? line.sku ?? line.description} ${line.quantity?.value}`);

/** A new order, with the caret where the typing begins. */
export async function openEntry(address = '/orders/new') {
  const page = renderPage(address);
  const field = await screen.findByRole('combobox', { name: /Customer/ });
  await waitFor(() => {
    if (document.activeElement !== field) throw new Error('The customer has not got the focus yet');
  });
  return page;
}

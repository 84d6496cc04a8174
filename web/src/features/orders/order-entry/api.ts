import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import { isUnreachable } from '@/lib/api-error';
import type { Order } from '@/lib/types';
import { knownCustomers, knownProducts, knownResolution, rememberCustomers, rememberProducts } from './known';
import type { CustomerRef, ProductRef, Resolution } from './model';
import { rank } from './typeahead';

/** The server's answer, remembered; without a server what is known from before, unless that is nothing. */
async function orKnown<T>(ask: () => Promise<T[]>, remember: (found: T[]) => void, known: () => T[]): Promise<T[]> {
  try {
    const found = await ask();
    remember(found);
    return found;
  } catch (error) {
    const found = isUnreachable(error) ? known() : [];
    if (found.length === 0) throw error;
    return found;
  }
}

export async function searchProducts(text: string, signal?: AbortSignal): Promise<ProductRef[]> {
  const query = { q: text, limit: 20, status: 'active' };
  const ask = async () => (await body(api.GET('/api/v1/products', { params: { query }, signal }))).data;
  const data = await orKnown(ask, rememberProducts, () => knownProducts(text));
  return rank(text, data).slice(0, 8);
}

const SHOWN = 50;

/** The catalogue by words and categories, in the order of the SKUs while nothing is typed. */
export async function searchCatalogue(text: string, categories: string[], signal: AbortSignal) {
  const query = { ...(text ? { q: text } : {}), ...(categories.length ? { category: categories.join(',') } : {}), status: 'active', limit: SHOWN };
  const found = await body(api.GET('/api/v1/products', { params: { query }, signal }));
  rememberProducts(found.data);
  return found;
}

export const categoriesQuery = queryOptions({
  queryKey: ['categories', 'catalogue'],
  queryFn: async () => (await body(api.GET('/api/v1/categories', { params: { query: { limit: 200 } } }))).data,
  staleTime: 5 * 60_000,
});

/** As many texts as one question may hold. */
export const MOST_TEXTS = 500;

/** What each text stands for, in their order; nothing when it could not be asked. Found is exactly a SKU, a barcode, a reference, or a beginning that only one product has. */
export async function resolveProducts(texts: string[]): Promise<(Resolution | undefined)[]> {
  try {
    const { data } = await body(api.POST('/api/v1/products/resolve', { body: { entries: texts.map((text) => ({ text })) } }));
    rememberProducts(data.flatMap(({ product }) => product ?? []));
    return data.map(resolution);
  } catch (error) {
    if (isUnreachable(error)) return texts.map(knownResolution);
    throw error;
  }
}

/** No product, or several: the page's own words say so, with the text. Anything else is said as the server says it. */
const UNDECIDED = ['unknown_product', 'ambiguous_product'];
/** Still a product to order: the figures of the line say what is missing. */
const UNPRICED = 'no_price';

function resolution({ product, price, problem, candidates }: Schemas['ResolvedEntry']): Resolution {
  if (problem && problem.code !== UNPRICED && !UNDECIDED.includes(problem.code)) return { match: null, candidates: [], refusal: problem.detail };
  return { match: product ?? null, candidates, unit: price?.unit };
}

export async function searchCustomers(text: string, signal?: AbortSignal): Promise<CustomerRef[]> {
  const ask = async () => (await body(api.GET('/api/v1/customers', { params: { query: { q: text, limit: 8 } }, signal }))).data;
  const data = await orKnown<CustomerRef>(ask, rememberCustomers, () => knownCustomers(text));
  const wanted = text.trim().toLowerCase();
  const exact = (item: CustomerRef) => (item.code.toLowerCase() === wanted || item.name.toLowerCase() === wanted ? 0 : 1);
  return [...data].sort((a, b) => exact(a) - exact(b));
}

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', id],
    queryFn: () => body(api.GET('/api/v1/customers/{id}', { params: { path: { id } } })),
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', id],
    queryFn: () => body(api.GET('/api/v1/products/{id}', { params: { path: { id } } })),
  });

export function preview(request: Schemas['PreviewOrder'], signal: AbortSignal): Promise<Schemas['PreviewView']> {
  return body(api.POST('/api/v1/orders/preview', { body: request, signal }));
}

export function createOrder(request: Schemas['NewOrder'], key: string): Promise<Order> {
  return body(api.POST('/api/v1/orders', { params: { header: { 'Idempotency-Key': key } }, body: request }));
}

export function fetchOrder(id: string): Promise<Order> {
  return body(api.GET('/api/v1/orders/{id}', { params: { path: { id } } }));
}

type Saved = Pick<Order, 'id' | 'version'>;
const written = ({ id, version }: Saved, key: string) => ({ path: { id }, header: { 'If-Match': `"${version}"`, 'Idempotency-Key': key } });

export function patchOrder(order: Saved, patch: Schemas['OrderPatch'], key: string): Promise<Order> {
  return body(api.PATCH('/api/v1/orders/{id}', { params: written(order, key), body: patch }));
}

export function putLines(order: Saved, lines: Schemas['NewOrderLine'][], key: string): Promise<Order> {
  return body(api.PUT('/api/v1/orders/{id}/lines', { params: written(order, key), body: { lines } }));
}

export function advance(action: 'submit' | 'confirm', order: Saved, key: string): Promise<Order> {
  return body(api.POST(`/api/v1/orders/{id}/${action}`, { params: written(order, key) }));
}

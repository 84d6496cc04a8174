import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import type { Order } from '@/lib/types';
import type { CustomerRef, ProductRef, Resolution } from './model';
import { rank } from './typeahead';

export async function searchProducts(text: string, signal?: AbortSignal): Promise<ProductRef[]> {
  const query = { q: text, limit: 20, status: 'active' };
  const { data } = await body(api.GET('/api/v1/products', { params: { query }, signal }));
  return rank(text, data).slice(0, 8);
}

const SHOWN = 50;

/** The catalogue by words and categories, in the order of the SKUs while nothing is typed. */
export function searchCatalogue(text: string, categories: string[], signal: AbortSignal) {
  const query = { ...(text ? { q: text } : {}), ...(categories.length ? { category: categories.join(',') } : {}), status: 'active', limit: SHOWN };
  return body(api.GET('/api/v1/products', { params: { query }, signal }));
}

export const categoriesQuery = queryOptions({
  queryKey: ['categories', 'catalogue'],
  queryFn: async () => (await body(api.GET('/api/v1/categories', { params: { query: { limit: 200 } } }))).data,
  staleTime: 5 * 60_000,
});

/** As many texts as one question may hold. */
export const MOST_TEXTS = 500;

/** What each text stands for, in their order: exactly a SKU, a barcode, a reference, or a beginning that only one product has. */
export async function resolveProducts(texts: string[]): Promise<Resolution[]> {
  const { data } = await body(api.POST('/api/v1/products/resolve', { body: { entries: texts.map((text) => ({ text })) } }));
  return data.map(resolution);
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
  const { data } = await body(api.GET('/api/v1/customers', { params: { query: { q: text, limit: 8 } }, signal }));
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

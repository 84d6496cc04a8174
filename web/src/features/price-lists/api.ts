import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import { wordsFilter } from '@/lib/list-search';
import type { Price, PriceList } from '@/lib/types';

export function fetchPriceLists({ q, ...rest }: Record<string, string>, signal: AbortSignal) {
  const query = { ...rest, filter: wordsFilter(q, ['name', 'code']) };
  return body(api.GET('/api/v1/price-lists', { params: { query }, signal }));
}

export const priceListQuery = (id: string) =>
  queryOptions({
    queryKey: ['price-lists', id],
    queryFn: () => body(api.GET('/api/v1/price-lists/{id}', { params: { path: { id } } })),
  });

const PRICE_WORDS = ['sku', 'product_name'];

export const pricesQuery = (id: string, { q, cursor }: { q?: string; cursor?: string }) =>
  queryOptions({
    queryKey: ['price-lists', id, 'prices', { q, cursor }],
    queryFn: () => {
      const query = { filter: wordsFilter(q, PRICE_WORDS), cursor, limit: 50 };
      return body(api.GET('/api/v1/price-lists/{id}/prices', { params: { path: { id }, query } }));
    },
  });

/** How many there are; asked for only when someone wants to know. */
export async function countPrices(id: string, q: string | undefined, signal: AbortSignal) {
  const query = { filter: wordsFilter(q, PRICE_WORDS), limit: 1, count: 'exact' as const };
  return (await body(api.GET('/api/v1/price-lists/{id}/prices', { params: { path: { id }, query }, signal }))).page.count ?? null;
}

export function createPriceList(request: Schemas['NewPriceList'], key: string) {
  return body(api.POST('/api/v1/price-lists', { params: { header: { 'Idempotency-Key': key } }, body: request }));
}

export function updatePriceList(list: PriceList, patch: Schemas['PriceListPatch'], key: string) {
  const params = { path: { id: list.id }, header: { 'If-Match': `"${list.version}"`, 'Idempotency-Key': key } };
  return body(api.PATCH('/api/v1/price-lists/{id}', { params, body: patch }));
}

/** A price is small: the last word wins, and the audit log keeps both. */
export async function savePrice(list: PriceList, price: Price | null, request: Schemas['NewPrice'], key: string) {
  if (!price) {
    const params = { path: { id: list.id }, header: { 'Idempotency-Key': key } };
    return body(api.POST('/api/v1/price-lists/{id}/prices', { params, body: request }));
  }
  const params = { path: { id: list.id, price_id: price.id }, header: { 'If-Match': '*', 'Idempotency-Key': key } };
  return body(api.PATCH('/api/v1/price-lists/{id}/prices/{price_id}', { params, body: request }));
}

export async function deletePrice(list: PriceList, price: Price) {
  const params = { path: { id: list.id, price_id: price.id }, header: { 'If-Match': '*' } };
  await api.DELETE('/api/v1/price-lists/{id}/prices/{price_id}', { params });
}

export async function searchProducts(q: string, signal: AbortSignal) {
  const query = { q: q || undefined, status: 'active', limit: 12 };
  const found = await body(api.GET('/api/v1/products', { params: { query }, signal }));
  return found.data.map((product) => ({ id: product.sku, label: product.name, detail: product.sku }));
}

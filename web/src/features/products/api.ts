import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import type { Product } from '@/lib/types';

export function fetchProducts(query: Record<string, string>, signal: AbortSignal) {
  return body(api.GET('/api/v1/products', { params: { query }, signal }));
}

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', id],
    queryFn: () => body(api.GET('/api/v1/products/{id}', { params: { path: { id } } })),
  });

const ALL = { params: { query: { limit: 200 } } };

export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: () => body(api.GET('/api/v1/categories', ALL)),
  staleTime: 5 * 60_000,
});

export const unitsQuery = queryOptions({ queryKey: ['units'], queryFn: () => body(api.GET('/api/v1/units', ALL)), staleTime: 5 * 60_000 });

export const taxClassesQuery = queryOptions({
  queryKey: ['tax-classes'],
  queryFn: () => body(api.GET('/api/v1/tax-classes', ALL)),
  staleTime: 5 * 60_000,
});

function written(product: Pick<Product, 'id' | 'version'>, key: string) {
  return { path: { id: product.id }, header: { 'If-Match': `"${product.version}"`, 'Idempotency-Key': key } };
}

export function createProduct(request: Schemas['NewProduct'], key: string) {
  return body(api.POST('/api/v1/products', { params: { header: { 'Idempotency-Key': key } }, body: request }));
}

export function updateProduct(product: Product, patch: Schemas['ProductPatch'], key: string) {
  return body(api.PATCH('/api/v1/products/{id}', { params: written(product, key), body: patch }));
}

export type StatusChange = 'archive' | 'block' | 'activate';

export function changeStatus(product: Product, change: StatusChange, key: string) {
  return body(api.POST(`/api/v1/products/{id}/${change}`, { params: written(product, key) }));
}

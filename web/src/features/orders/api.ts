import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import type { Order } from '@/lib/types';

type Query = Record<string, string>;

export function fetchOrders(query: Query, signal: AbortSignal) {
  return body(api.GET('/api/v1/orders', { params: { query }, signal }));
}

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id],
    queryFn: () => body(api.GET('/api/v1/orders/{id}', { params: { path: { id } } })),
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id, 'timeline'],
    queryFn: () => body(api.GET('/api/v1/orders/{id}/timeline', { params: { path: { id }, query: { limit: 100 } } })),
  });

export const deliveriesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['orders', id, 'deliveries'],
    queryFn: ({ pageParam }) => body(api.GET('/api/v1/orders/{id}/deliveries', { params: { path: { id }, query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ page }) => page.next ?? undefined,
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id, 'versions'],
    queryFn: () => body(api.GET('/api/v1/orders/{id}/versions', { params: { path: { id } } })),
  });

export const diffQuery = (id: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['orders', id, 'diff', from, to],
    queryFn: () => body(api.GET('/api/v1/orders/{id}/diff', { params: { path: { id }, query: { from, to } } })),
  });

/** What a change needs: which order, in which version one has seen it, and the key of this one intention. */
export interface Target {
  order: Pick<Order, 'id' | 'version'>;
  key: string;
}

function written({ order, key }: Target) {
  return { path: { id: order.id }, header: { 'If-Match': `"${order.version}"`, 'Idempotency-Key': key } };
}

/** The actions that need nothing but the order. */
export type PlainAction = 'submit' | 'approve' | 'confirm' | 'reopen' | 'duplicate';
export type ReasonedAction = 'reject' | 'cancel' | 'short-close';

export function act(action: PlainAction, target: Target): Promise<Order> {
  return body(api.POST(`/api/v1/orders/{id}/${action}`, { params: written(target) }));
}

export function actWithReason(action: ReasonedAction, target: Target, reason: string): Promise<Order> {
  return body(api.POST(`/api/v1/orders/{id}/${action}`, { params: written(target), body: { reason } }));
}

export function placeHold(target: Target, hold: Schemas['NewHold']): Promise<Order> {
  return body(api.POST('/api/v1/orders/{id}/holds', { params: written(target), body: hold }));
}

export function releaseHold(target: Target, holdId: string, reason: string): Promise<Order> {
  const { path, header } = written(target);
  const params = { path: { ...path, hold_id: holdId }, header };
  return body(api.POST('/api/v1/orders/{id}/holds/{hold_id}/release', { params, body: { reason } }));
}

export function deliver(target: Target, delivery: Schemas['NewDelivery']): Promise<Order> {
  return body(api.POST('/api/v1/orders/{id}/deliveries', { params: written(target), body: delivery }));
}

export function reverseDelivery(target: Target, deliveryId: string, reason: string): Promise<Order> {
  const { path, header } = written(target);
  const params = { path: { ...path, delivery_id: deliveryId }, header };
  return body(api.POST('/api/v1/orders/{id}/deliveries/{delivery_id}/reverse', { params, body: { reason } }));
}

export function cancelQuantity(target: Target, lineId: string, quantity: string, reason: string): Promise<Order> {
  const { path, header } = written(target);
  const params = { path: { ...path, line_id: lineId }, header };
  return body(api.POST('/api/v1/orders/{id}/lines/{line_id}/cancel-quantity', { params, body: { quantity: { value: quantity }, reason } }));
}

export function comment(id: string, text: string, key: string) {
  const params = { path: { id }, header: { 'Idempotency-Key': key } };
  return body(api.POST('/api/v1/orders/{id}/comments', { params, body: { body: text } }));
}

import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import type { Customer } from '@/lib/types';

export function fetchCustomers(query: Record<string, string>, signal: AbortSignal) {
  return body(api.GET('/api/v1/customers', { params: { query }, signal }));
}

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', id],
    queryFn: () => body(api.GET('/api/v1/customers/{id}', { params: { path: { id } } })),
  });

export const customerTimelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', id, 'timeline'],
    queryFn: () => body(api.GET('/api/v1/customers/{id}/timeline', { params: { path: { id } } })),
  });

export const customerOrdersQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'list', { customer_id: id }],
    queryFn: () => body(api.GET('/api/v1/orders', { params: { query: { customer_id: id, limit: 20, sort: '-created_at' } } })),
  });

export const termsQuery = queryOptions({
  queryKey: ['payment-terms'],
  queryFn: () => body(api.GET('/api/v1/payment-terms', { params: { query: { limit: 200 } } })),
  staleTime: 5 * 60_000,
});

export const groupsQuery = queryOptions({
  queryKey: ['customer-groups'],
  queryFn: () => body(api.GET('/api/v1/customer-groups', { params: { query: { limit: 200 } } })),
  staleTime: 5 * 60_000,
});

export const priceListsQuery = queryOptions({
  queryKey: ['price-lists', 'choices'],
  queryFn: () => body(api.GET('/api/v1/price-lists', { params: { query: { limit: 200 } } })),
  staleTime: 5 * 60_000,
});

function written(customer: Pick<Customer, 'id' | 'version'>, key: string) {
  return { path: { id: customer.id }, header: { 'If-Match': `"${customer.version}"`, 'Idempotency-Key': key } };
}

export function createCustomer(request: Schemas['NewCustomer'], key: string) {
  return body(api.POST('/api/v1/customers', { params: { header: { 'Idempotency-Key': key } }, body: request }));
}

export function updateCustomer(customer: Customer, patch: Schemas['CustomerPatch'], key: string) {
  return body(api.PATCH('/api/v1/customers/{id}', { params: written(customer, key), body: patch }));
}

export type StatusChange = 'archive' | 'block' | 'activate';

export function changeStatus(customer: Customer, change: StatusChange, key: string) {
  return body(api.POST(`/api/v1/customers/{id}/${change}`, { params: written(customer, key) }));
}

export async function saveContact(customer: Customer, contactId: string | null, contact: Schemas['NewContact'], key: string) {
  const params = written(customer, key);
  if (contactId === null) await api.POST('/api/v1/customers/{id}/contacts', { params, body: contact });
  else {
    const path = { id: customer.id, contact_id: contactId };
    await api.PATCH('/api/v1/customers/{id}/contacts/{contact_id}', { params: { ...params, path }, body: contact });
  }
}

export async function deleteContact(customer: Customer, contactId: string, key: string) {
  const path = { id: customer.id, contact_id: contactId };
  await api.DELETE('/api/v1/customers/{id}/contacts/{contact_id}', { params: { ...written(customer, key), path } });
}

export async function saveAddress(customer: Customer, addressId: string | null, address: Schemas['NewAddress'], key: string) {
  const params = written(customer, key);
  if (addressId === null) await api.POST('/api/v1/customers/{id}/addresses', { params, body: address });
  else {
    const path = { id: customer.id, address_id: addressId };
    await api.PATCH('/api/v1/customers/{id}/addresses/{address_id}', { params: { ...params, path }, body: address });
  }
}

export async function deleteAddress(customer: Customer, addressId: string, key: string) {
  const path = { id: customer.id, address_id: addressId };
  await api.DELETE('/api/v1/customers/{id}/addresses/{address_id}', { params: { ...written(customer, key), path } });
}

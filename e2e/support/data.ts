/** What the journeys sell and to whom: made through the API, whatever else the demo holds. */
import type { APIRequestContext } from '@playwright/test';
import { get, post } from './api.ts';

export const CUSTOMER = 'Juniper Harbour Supplies';
export const SKUS = ['JH-100', 'JH-200', 'JH-210'] as const;

interface Listed {
  data: { id: string }[];
}

interface Made {
  id: string;
}

export interface MadeOrder extends Made {
  number: string;
  lifecycle: string;
  fulfilment_status: string;
}

export async function makeData(request: APIRequestContext): Promise<void> {
  await makeTaxes(request);
  const names = ['Harbour lamp, brass', 'Mooring line 12 mm', 'Mooring line 16 mm'];
  const prices = ['48.50', '3.20', '4.75'];
  for (const [index, sku] of SKUS.entries()) {
    await post(request, '/products', { sku, name: names[index], list_price: prices[index], cost: '1.90' });
  }
  const address = { lines: ['Kaistraße 4'], city: 'Hamburg', postal_code: '20457', country: 'DE', is_default: true };
  const contact = { name: 'Ines Kai', role: 'Purchasing', email: 'ines@juniper.example', is_primary: true };
  const customer = { name: CUSTOMER, addresses: [address], contacts: [contact] };
  const { id } = await post<Made>(request, '/customers', customer);
  const list = await post<Made>(request, '/price-lists', { code: 'harbour', name: 'Harbour trade', currency: 'EUR' });
  await post(request, `/price-lists/${list.id}/prices`, { sku: SKUS[0], unit_price: '45.00', min_quantity: '10' });
  await makeOrder(request, id, 'HB-1', false);
  await makeOrder(request, id, 'HB-2', true);
}

async function makeTaxes(request: APIRequestContext): Promise<void> {
  if ((await get<Listed>(request, '/taxes?limit=1')).data.length > 0) return;
  await post(request, '/taxes', { code: 'VAT19', name: 'VAT 19 %', rate: '19' });
  await post(request, '/tax-rules', { tax_class: 'standard', country: 'DE', taxes: ['VAT19'] });
}

export function makeOrder(request: APIRequestContext, customerId: string, po: string, place: boolean): Promise<MadeOrder> {
  const lines = SKUS.map((sku, index) => ({ sku, quantity: { value: String(index + 2) } }));
  return post<MadeOrder>(request, '/orders', { customer_id: customerId, customer_po: po, lines, place });
}

export async function customerId(request: APIRequestContext): Promise<string> {
  const { data } = await get<Listed>(request, `/customers?q=${encodeURIComponent(CUSTOMER)}`);
  return data[0]?.id ?? '';
}

/** A customer and products of a journey's own, made by the API: no journey depends on another one's data. */
import type { APIRequestContext } from '@playwright/test';
import { post } from './api.ts';

interface Made {
  id: string;
}

export interface Shop {
  customer: string;
  skus: [string, string];
}

let count = 0;

export async function openShop(request: APIRequestContext): Promise<Shop> {
  count += 1;
  // Letters only: names are typed in full and must be unlike any other.
  const mark = `${process.env.E2E_RUN}${count}`.replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
  const customer = `Kbd ${mark} GmbH`;
  const { id } = await post<Made>(request, '/customers', { name: customer });
  await post<Made>(request, `/customers/${id}/addresses`, {
    label: 'Main',
    kind: 'both',
    recipient: customer,
    lines: ['Hafenstr. 1'],
    city: 'Hamburg',
    postal_code: '20457',
    country: 'DE',
    is_default: true,
  });
  const skus: [string, string] = [`K${mark}-A`.toUpperCase(), `K${mark}-B`.toUpperCase()];
  for (const sku of skus) {
    await post<Made>(request, '/products', { sku, name: `Article ${sku}`, kind: 'goods', unit: 'pcs', list_price: '12.50' });
  }
  return { customer, skus };
}

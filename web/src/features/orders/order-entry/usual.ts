import { api, body } from '@/lib/api';
import type { Order } from '@/lib/types';
import { fetchOrder } from './api';

/* What a customer usually orders, from their latest orders. */

export interface UsualItem {
  sku: string;
  name: string;
  /** As it was ordered last. */
  quantity: string;
  unit: string | null;
  price: { amount: string; currency: string } | null;
  /** In how many of the orders looked at. */
  times: number;
  ordered: string;
}

const LOOKED_AT = 8;
const MOST_ITEMS = 60;

/** The newest order comes first: what it says about an article is the last word. */
export function usualOf(orders: Order[]): UsualItem[] {
  const items = new Map<string, UsualItem>();
  for (const order of orders) {
    for (const sku of new Set(order.lines.map((line) => line.sku))) {
      const line = order.lines.find((other) => other.sku === sku);
      if (!sku || !line?.product_id) continue;
      const known = items.get(sku);
      if (known) known.times += 1;
      else {
        const { quantity, unit_price: price } = line;
        items.set(sku, { sku, name: line.description, quantity: quantity.value, unit: quantity.unit ?? null, price: price ?? null, times: 1, ordered: order.order_date });
      }
    }
  }
  return [...items.values()].sort((a, b) => b.times - a.times || b.ordered.localeCompare(a.ordered)).slice(0, MOST_ITEMS);
}

export async function fetchUsual(customerId: string): Promise<UsualItem[]> {
  const query = { customer_id: customerId, lifecycle: 'confirmed,completed,closed', sort: '-created_at', limit: LOOKED_AT };
  const { data } = await body(api.GET('/api/v1/orders', { params: { query } }));
  return usualOf(await Promise.all(data.map(({ id }) => fetchOrder(id))));
}

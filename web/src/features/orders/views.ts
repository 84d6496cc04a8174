import type { Filter } from '@/components/list-filters';
import type { View } from '@/components/list-frame';
import { today, words } from '@/lib/format';

/** The saved views everyone starts with. Home's tiles lead to them by id. */
export function orderViews(): View[] {
  return [
    { id: 'open', label: 'Open', search: { lifecycle: 'draft,pending_approval,confirmed' } },
    { id: 'drafts', label: 'Drafts', search: { lifecycle: 'draft' } },
    { id: 'approve', label: 'To approve', search: { lifecycle: 'pending_approval' } },
    { id: 'hold', label: 'On hold', search: { on_hold: 'true' } },
    { id: 'deliver', label: 'To deliver', search: { lifecycle: 'confirmed', fulfilment_status: 'unfulfilled,partial' } },
    {
      id: 'late',
      label: 'Late',
      search: { lifecycle: 'confirmed', fulfilment_status: 'unfulfilled,partial', 'requested_date.lt': today() },
    },
    { id: 'all', label: 'All', search: {} },
  ];
}

const choices = (...codes: string[]) => codes.map((code) => ({ value: code, label: words(code) }));

export const ORDER_FILTERS: Filter[] = [
  { key: 'lifecycle', label: 'State', options: choices('draft', 'pending_approval', 'confirmed', 'completed', 'closed', 'cancelled') },
  { key: 'fulfilment_status', label: 'Delivery', options: choices('unfulfilled', 'partial', 'shipped', 'delivered') },
  { key: 'on_hold', label: 'On hold', options: [{ value: 'true', label: 'Yes' }, { value: 'false', label: 'No' }] },
  { key: 'customer_po', label: 'Customer’s order no.' },
  { key: 'sku', label: 'SKU on a line' },
  { key: 'currency', label: 'Currency' },
  { key: 'order_date.gte', label: 'Ordered from', kind: 'date' },
  { key: 'order_date.lte', label: 'Ordered until', kind: 'date' },
  { key: 'requested_date.gte', label: 'Requested from', kind: 'date' },
  { key: 'requested_date.lte', label: 'Requested until', kind: 'date' },
  { key: 'total.gte', label: 'Total at least' },
  { key: 'total.lte', label: 'Total at most' },
];

import type { Schemas } from '@/lib/api';
import type { AuditEntry, Customer, CustomerItem, Dashboard, Delivery, Me, Order, OrderItem, OrderLine, PageOf, Price, PriceList, Product, ProductItem, Totals } from '@/lib/types';

/* Whole, believable objects; a test names only what it is about. */

export const PERMISSIONS = [
  'orders.read', 'orders.write', 'orders.approve', 'orders.confirm', 'orders.cancel', 'orders.hold', 'orders.release', 'orders.deliver',
  'orders.close', 'orders.comment', 'prices.override', 'customers.read', 'customers.write', 'products.read', 'products.write',
  'prices.read', 'prices.write', 'taxes.read', 'taxes.write', 'settings.read', 'settings.write', 'members.read', 'members.write', 'imports.run', 'exports.run', 'cost.read', 'audit.read',
];

const AT = '2026-11-20T09:30:00Z';
const eur = (amount: string) => ({ amount, currency: 'EUR' });

export function me(change: Partial<Me> = {}): Me {
  return {
    user: { id: 'usr_1', name: 'Ada Admin', email: 'ada@example.com' },
    organization: {
      id: 'org_1', name: 'Northwind Supplies', currency: 'EUR', country: 'DE', time_zone: 'Europe/Berlin', locale: 'en',
      rounding_mode: 'half_up', tax_mode: 'document', prices_include_tax: false,
    },
    membership: { id: 'mem_1', role: 'admin', role_name: 'admin', row_scope: 'organization', team_id: null },
    permissions: PERMISSIONS,
    session: { id: 'ses_1', expires_at: '2026-12-01T00:00:00Z' },
    second_factor: { set_up: false, required: false },
    organizations: [{ id: 'org_1', name: 'Northwind Supplies', role: 'admin' }],
    ...change,
  };
}

export function pageOf<T>(data: T[], page: Partial<PageOf<T>['page']> = {}) {
  return { data, page: { next: null, prev: null, has_more: false, count: null, ...page } } as PageOf<T> & { page: Schemas['PageInfo'] };
}

export function orderItem(change: Partial<OrderItem> = {}): OrderItem {
  return {
    id: 'ord_1', number: 'SO-2026-000042', lifecycle: 'confirmed', fulfilment_status: 'unfulfilled', invoice_status: 'to_invoice',
    payment_status: 'not_due', return_status: 'none', has_backorder: false, hold_count: 0,
    customer: { id: 'cus_1', code: 'C-000001', name: 'Acme GmbH' }, customer_po: 'PO-77', owner: { id: 'usr_1', name: 'Ada Admin' },
    team_id: null, currency: 'EUR', payment_term_id: null, order_date: '2026-11-20',
    requested_date: '2026-11-30', total: eur('2951.20'), net: eur('2480.00'), line_count: 1, created_at: AT,
    updated_at: AT, etag: '"3"', ...change,
  };
}

export function orderLine(change: Partial<OrderLine> = {}): OrderLine {
  return {
    id: 'lin_1', position: 1, kind: 'goods', product_id: 'prd_1', sku: 'HX-1020', description: 'Hex bolt M10×20 A2',
    quantity: { value: '200', unit: 'box' }, unit_price: eur('12.40'), price_includes_tax: false, system_price: eur('12.40'), price_locked: false,
    price_source: null, discounts: [], gross: '2480.00', discount: '0.00', net: '2480.00', order_discount_share: '0.00', base: '2480.00',
    tax: '471.20', taxes: [{ code: 'VAT19', rate: '19', compound: false, amount: '471.20' }], discountable: true, exemption_reason: null,
    invoice_policy: 'delivered', shippable: true, requested_date: null,
    ledger: {
      ordered: '200', cancelled: '0', reserved: '0', picked: '0', shipped: '0', delivered: '0', returned: '0', invoiced: '0', credited: '0',
      open: '200', backordered: '0',
    },
    ...change,
  };
}

export function totals(change: Partial<Totals> = {}): Totals {
  return {
    subtotal: eur('2480.00'), line_discount_total: eur('0.00'), order_discount: eur('0.00'), net: eur('2480.00'), tax: eur('471.20'),
    total: eur('2951.20'), rounding_adjustment: eur('0.00'), payable: eur('2951.20'),
    taxes: [{ code: 'VAT19', rate: '19', base: eur('2480.00'), tax: eur('471.20') }],
    cost: eur('1500.00'), margin: eur('980.00'), margin_percent: '39.5', ...change,
  };
}

export function order(change: Partial<Order> = {}): Order {
  const { total: _total, net: _net, line_count: _count, etag: _etag, ...head } = orderItem();
  return {
    ...head, version: 3, price_list_id: null, valid_until: null, bill_to: null,
    ship_to: { recipient: 'Acme GmbH', lines: ['Hauptstraße 1'], city: 'Berlin', region: '', postal_code: '10115', country: 'DE' },
    rounding: 'half_up', tax_mode: 'document', cash_rounding: null, discount: null, totals: totals(), lines: [orderLine()], holds: [],
    approvals: [], notes: '', custom: {}, external_refs: {}, warnings: [], cancel_reason: null, submitted_at: AT, confirmed_at: AT,
    completed_at: null, closed_at: null, cancelled_at: null,
    actions: [
      { action: 'confirm', allowed: false, reason: 'invalid_transition', detail: 'The order is already confirmed.' },
      { action: 'deliver', allowed: true, reason: null, detail: null },
      { action: 'cancel', allowed: true, reason: null, detail: null },
      { action: 'hold', allowed: true, reason: null, detail: null },
    ],
    ...change,
  };
}

export function delivery(change: Partial<Delivery> = {}): Delivery {
  return {
    id: 'dlv_1', delivered_date: '2026-11-21', note: 'Left at gate 4', reverses: null, reversed_by: null, created_at: AT, created_by: { id: 'usr_1', name: 'Ada Admin' },
    lines: [{ line_id: 'lin_1', position: 1, sku: 'HX-1020', description: 'Hex bolt M10×20 A2', quantity: { value: '50', unit: 'box' } }], ...change,
  };
}

export function customer(change: Partial<Customer> = {}): Customer {
  return {
    id: 'cus_1', code: 'C-000001', name: 'Acme GmbH', kind: 'company', status: 'active', group_id: null, price_list_id: null,
    payment_term_id: null, currency: 'EUR', tax_status: 'taxable', tax_number: 'DE123456789', email: 'orders@acme.example',
    phone: '+49 30 1234', credit_limit: '20000.00', owner_id: null, team_id: null, notes: '', custom: {}, external_refs: {},
    contacts: [{ id: 'con_1', name: 'Rita Buyer', role: 'Purchasing', email: 'rita@acme.example', phone: null, is_primary: true }],
    addresses: [{
      id: 'adr_1', label: 'Main', kind: 'both', recipient: 'Acme GmbH', lines: ['Hauptstraße 1'], city: 'Berlin', region: '',
      postal_code: '10115', country: 'DE', is_default: true, valid_from: null, valid_to: null,
    }],
    version: 1, created_at: AT, updated_at: AT, ...change,
  };
}

export function customerItem(change: Partial<CustomerItem> = {}): CustomerItem {
  const { id, code, name, kind, status, currency, tax_status, email, phone, credit_limit, created_at, updated_at } = customer();
  return { id, code, name, kind, status, currency, tax_status, email, phone, credit_limit, created_at, updated_at, etag: '"1"', ...change };
}

export function product(change: Partial<Product> = {}): Product {
  return {
    id: 'prd_1', sku: 'HX-1020', name: 'Hex bolt M10×20 A2', barcode: '4006381333931', category: { id: 'cat_1', code: 'bolts', name: 'Bolts' },
    kind: 'goods', unit: 'pcs', pack_multiple: '12', tax_class: 'standard', invoice_policy: 'delivered', list_price: '12.40', cost: '7.50',
    status: 'active', description: '', custom: {}, external_refs: {}, units: [{ unit: 'box', numerator: 12, denominator: 1, barcode: null }],
    version: 1, created_at: AT, updated_at: AT, ...change,
  };
}

export function productItem(change: Partial<ProductItem> = {}): ProductItem {
  const { id, sku, name, barcode, kind, unit, status, list_price, pack_multiple, updated_at, created_at } = product();
  return { id, sku, name, barcode, kind, unit, status, list_price, category: 'bolts', pack_multiple, updated_at, created_at, etag: '"1"', ...change };
}

export function priceList(change: Partial<PriceList> = {}): PriceList {
  return {
    id: 'pls_1', code: 'EU-B', name: 'Europe B', currency: 'EUR', status: 'active', includes_tax: false, scope: 'organization', priority: 0, valid_from: null,
    valid_to: null, external_refs: {}, version: 1, created_at: AT, updated_at: AT, etag: '"1"', ...change,
  };
}

export function price(change: Partial<Price> = {}): Price {
  return {
    id: 'prc_1', price_list_id: 'pls_1', product_id: 'prd_1', sku: 'HX-1020', product_name: 'Hex bolt M10×20 A2', category: null, unit: null, min_quantity: '0',
    tier_mode: 'volume', unit_price: '11.90', discount_percent: null, valid_from: null, valid_to: null, version: 1, created_at: AT, updated_at: AT, etag: '"1"', ...change,
  };
}

/** What units, classes, groups, terms and categories have in common. */
export function coded(code: string, name: string) {
  return { id: `id_${code}`, code, name, version: 1, created_at: AT, updated_at: AT, etag: '"1"' };
}

export function dashboard(change: Partial<Dashboard> = {}): Dashboard {
  return {
    currency: 'EUR',
    work: { drafts: 3, to_approve: 2, on_hold: 1, to_deliver: 14, late: 4 },
    figures: {
      bookings_month: eur('48250.00'), bookings_previous_month: eur('40000.00'), orders_month: 57, open_value: eur('120400.50'),
      average_order: eur('846.49'),
    },
    weeks: Array.from({ length: 13 }, (_, index) => ({
      week_start_date: new Date(Date.UTC(2026, 7, 31 + index * 7)).toISOString().slice(0, 10), count: index + 3, total: `${4000 + index * 350}.00`,
    })),
    top_customers: [{ customer_id: 'cus_1', name: 'Acme GmbH', total: eur('18200.00') }],
    recent: [orderItem()],
    ...change,
  };
}

export function auditEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: 'aud_1', seq: 42, at: AT, actor_id: 'usr_1', actor_kind: 'user', actor_name: 'Ada Admin', request_id: 'req_1', ip: '192.0.2.17', entity: 'order',
    entity_id: 'ord_1', entity_name: 'SO-2026-00042', entity_version: 4, action: 'cancelled', reason: 'Ordered twice', position: 40,
    diff: { lifecycle: { from: 'confirmed', to: 'cancelled' }, lines: 3, reason: 'Ordered twice' } as never, ...change,
  };
}

import type { Schemas } from './api';

/* The names the screens use for what the API's description calls by its own names: one place to follow a rename. */

export type Me = Schemas['Me'];
export type Money = Schemas['Money'];
export type Totals = Schemas['TotalsView'];
export type Order = Schemas['OrderView'];
export type OrderItem = Schemas['OrderListItem'];
export type OrderLine = Schemas['OrderLineView'];
export type Delivery = Schemas['DeliveryView'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type Customer = Schemas['CustomerView'];
export type CustomerItem = Schemas['CustomerListItem'];
export type Contact = Schemas['ContactView'];
export type Address = Schemas['AddressView'];
export type Product = Schemas['ProductView'];
export type ProductItem = Schemas['ProductListItem'];
export type PriceList = Schemas['PriceListView'];
export type PriceListItem = Schemas['PriceListView'];
export type Price = Schemas['PriceView'];
export type Dashboard = Schemas['Dashboard'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuditChain = Schemas['AuditChain'];
export type SessionItem = Schemas['SessionView'];

export interface PageInfo {
  next?: string | null;
  prev?: string | null;
  has_more: boolean;
  count?: { value: number; relation: string } | null;
}

export interface PageOf<T> {
  data: T[];
  page: PageInfo;
}

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as v from 'valibot';
import { listSearch } from '@/lib/list-search';
import { appRoute } from './app';

export const ordersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/orders',
  validateSearch: listSearch([
    'lifecycle', 'fulfilment_status', 'on_hold', 'customer_id', 'customer_po', 'sku', 'currency', 'order_date.gte', 'order_date.lte',
    'requested_date.gte', 'requested_date.lte', 'total.gte', 'total.lte',
  ]),
  component: lazyRouteComponent(() => import('@/features/orders/orders-page'), 'OrdersPage'),
});

/** A new order; `customer` and `from` (an order to copy) prefill it. */
export const newOrderRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/orders/new',
  staticData: { permission: 'orders.write' },
  validateSearch: v.object({ customer: v.optional(v.string()), from: v.optional(v.string()) }),
  component: lazyRouteComponent(() => import('@/features/orders/order-entry/order-entry-page'), 'NewOrderPage'),
});

export const editOrderRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/orders/$orderId/edit',
  staticData: { permission: 'orders.write' },
  component: lazyRouteComponent(() => import('@/features/orders/order-entry/order-entry-page'), 'EditOrderPage'),
});

export const orderRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/orders/$orderId',
  validateSearch: v.object({ tab: v.optional(v.string()) }),
  component: lazyRouteComponent(() => import('@/features/orders/order-page'), 'OrderPage'),
});

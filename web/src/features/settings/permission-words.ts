import { words } from '@/lib/format';

/* What permissions are called on the screen: `orders.deliver` belongs to the orders, and is called deliver. */

const AREAS: Record<string, string> = {
  cost: 'Cost and margin', secrets: 'Secret fields', audit: 'Audit log', jobs: 'Background jobs',
};

export const areaOf = (permission: string): string => permission.split('.')[0] ?? permission;

export const areaName = (area: string): string => AREAS[area] ?? words(area);

export const actionName = (permission: string): string => words(permission.slice(areaOf(permission).length + 1));

/** `Deliver orders`: what a screen reader says of a box. */
export const permissionName = (permission: string): string => `${actionName(permission)} ${areaName(areaOf(permission)).toLowerCase()}`;

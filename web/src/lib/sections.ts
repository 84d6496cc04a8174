import { FileUp, House, type LucideIcon, Package, ScrollText, Settings, ShoppingCart, Tags, Users } from 'lucide-react';

export interface Section {
  to: string;
  label: string;
  icon: LucideIcon;
  /** The letter after `g`. */
  letter: string;
  /** Hidden from those who may never use it. */
  permission?: string;
  group: string;
}

/** The places of the app: rail, bottom bar, palette and `g` keys are made from this list. */
export const SECTIONS: Section[] = [
  { to: '/', label: 'Home', icon: House, letter: 'h', group: '' },
  { to: '/orders', label: 'Orders', icon: ShoppingCart, letter: 'o', permission: 'orders.read', group: 'Sell' },
  { to: '/customers', label: 'Customers', icon: Users, letter: 'c', permission: 'customers.read', group: 'Sell' },
  { to: '/products', label: 'Products', icon: Package, letter: 'p', permission: 'products.read', group: 'Catalogue' },
  { to: '/price-lists', label: 'Price lists', icon: Tags, letter: 'l', permission: 'prices.read', group: 'Catalogue' },
  { to: '/import', label: 'Import', icon: FileUp, letter: 'x', permission: 'imports.run', group: 'Data' },
  { to: '/settings', label: 'Settings', icon: Settings, letter: 'a', permission: 'settings.read', group: 'Admin' },
  { to: '/settings/audit', label: 'Audit log', icon: ScrollText, letter: 'd', permission: 'audit.read', group: 'Admin' },
];

export interface Creation {
  to: string;
  label: string;
  letter: string;
  permission: string;
}

/** What `+ New` and `c` then a letter create. */
export const CREATIONS: Creation[] = [
  { to: '/orders/new', label: 'Order', letter: 'o', permission: 'orders.write' },
  { to: '/customers/new', label: 'Customer', letter: 'u', permission: 'customers.write' },
  { to: '/products/new', label: 'Product', letter: 'p', permission: 'products.write' },
  { to: '/price-lists/new', label: 'Price list', letter: 'l', permission: 'prices.write' },
];

/** The section a path belongs to: the longest address wins, as that of the audit log lies below that of the settings. */
export function sectionOf(path: string): Section | undefined {
  const at = ({ to }: Section) => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`));
  return SECTIONS.filter(at).sort((a, b) => b.to.length - a.to.length)[0];
}

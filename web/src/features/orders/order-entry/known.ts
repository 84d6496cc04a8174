import type { CustomerRef, ProductRef, Resolution } from './model';

/*
 * Products and customers this page has seen. When the server cannot be reached, entry goes on with them; what they cost is provisional
 * until the server has counted it. Kept in memory only: the page is what is open, and a device may be shared.
 */

const MOST = 2000;

class Known<T extends { id: string }> {
  private readonly seen = new Map<string, T>();

  remember(found: T[]): void {
    for (const one of found) {
      this.seen.delete(one.id);
      this.seen.set(one.id, one);
    }
    for (const id of this.seen.keys()) {
      if (this.seen.size <= MOST) break;
      this.seen.delete(id);
    }
  }

  matching(test: (one: T) => boolean): T[] {
    return [...this.seen.values()].filter(test);
  }
}

const products = new Known<ProductRef>();
const customers = new Known<CustomerRef>();

export const rememberProducts = (found: ProductRef[]): void => products.remember(found);
export const rememberCustomers = (found: CustomerRef[]): void => customers.remember(found);

const holds = (words: string, ...texts: (string | null | undefined)[]) => {
  const whole = texts.join(' ').toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => whole.includes(word));
};

export const knownProducts = (text: string): ProductRef[] => products.matching(({ sku, name, barcode }) => holds(text, sku, name, barcode));
export const knownCustomers = (text: string): CustomerRef[] => customers.matching(({ code, name }) => holds(text, code, name));

/** Only what is certain without the server: the very SKU or barcode. */
export function knownResolution(text: string): Resolution | undefined {
  const wanted = text.trim().toLowerCase();
  const [match, another] = products.matching(({ sku, barcode }) => sku.toLowerCase() === wanted || barcode?.toLowerCase() === wanted);
  return match && !another ? { match, candidates: [] } : undefined;
}

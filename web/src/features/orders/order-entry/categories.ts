import type { Choice } from '@/components/ui/combobox';
import type { Schemas } from '@/lib/api';
import { currentLocale } from '@/lib/format';

/* The categories of the catalogue as a tree: narrowed by what is typed, and each with those below it. */

type Category = Pick<Schemas['CategoryView'], 'code' | 'name' | 'parent'>;

/** As many as one filter may name. */
const MOST = 100;

/** The category and all below it, so that the upper one holds what its parts hold. */
export function below(categories: Category[], code: string): string[] {
  const found = [code];
  for (const above of found) {
    for (const { code: own, parent } of categories) if (parent === above && !found.includes(own)) found.push(own);
  }
  return found.slice(0, MOST);
}

/** Those whose name or code holds every word typed, by name, each with the name of the one above. */
export function offered(categories: Category[], typed: string): Choice[] {
  const words = typed.toLowerCase().split(/\s+/);
  const nameOf = (code: string | null | undefined) => categories.find((one) => one.code === code)?.name;
  const holds = ({ code, name }: Category) => words.every((word) => name.toLowerCase().includes(word) || code.toLowerCase().includes(word));
  const byName = (a: Category, b: Category) => a.name.localeCompare(b.name, currentLocale());
  return categories.filter(holds).sort(byName).map((one) => ({ id: one.code, label: one.name, detail: nameOf(one.parent) }));
}

/** What differs: a save sends no field that somebody else may have changed meanwhile. */
export function changed<T extends object>(next: T, before: T): Partial<T> {
  const differs = (key: string) => JSON.stringify(next[key as keyof T]) !== JSON.stringify(before[key as keyof T]);
  return Object.fromEntries(Object.entries(next).filter(([key]) => differs(key))) as Partial<T>;
}

/* The records of the list one came from, so that `[` and `]` walk through it. Kept for the tab only. */

const key = (list: string) => `som.list.${list}`;

export function rememberList(list: string, ids: string[]): void {
  sessionStorage.setItem(key(list), ids.join(' '));
}

export function neighbours(list: string, id: string): { previous?: string; next?: string } {
  const ids = (sessionStorage.getItem(key(list)) ?? '').split(' ').filter(Boolean);
  const at = ids.indexOf(id);
  if (at < 0) return {};
  return { previous: ids[at - 1], next: ids[at + 1] };
}

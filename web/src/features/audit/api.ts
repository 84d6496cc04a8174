import { queryOptions } from '@tanstack/react-query';
import { api, body } from '@/lib/api';
import { wordsFilter } from '@/lib/list-search';

const WORDS = ['actor_name', 'entity', 'action'];

/** What the server is asked: its log has filters only, so a search is one. */
export function auditQuery({ q, ...rest }: Record<string, string>): Record<string, string> {
  const filter = wordsFilter(q, WORDS);
  return filter ? { ...rest, filter } : rest;
}

export function fetchAudit(query: Record<string, string>, signal: AbortSignal) {
  return body(api.GET('/api/v1/audit', { params: { query: auditQuery(query) }, signal }));
}

export const auditEntryQuery = (seq: string) =>
  queryOptions({
    queryKey: ['audit', 'entry', seq],
    queryFn: async () => {
      const found = await body(api.GET('/api/v1/audit', { params: { query: { seq, limit: 1 } } }));
      return found.data[0] ?? null;
    },
  });

export const auditChainQuery = queryOptions({
  queryKey: ['audit', 'chain'],
  queryFn: () => body(api.GET('/api/v1/audit/chain')),
});

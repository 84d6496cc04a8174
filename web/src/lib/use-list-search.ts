import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { ListSearch } from './list-search';

/** The address of a list as its state. Every change but paging starts again at the first page. */
export function useListSearch(): [ListSearch, (change: ListSearch, replace?: boolean) => void] {
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const change = useCallback(
    (part: ListSearch, replace = false) => {
      // From the address as it is then: a search that waits for a pause must not undo what was chosen meanwhile.
      const next = (now: ListSearch) => ({ ...now, ...('cursor' in part ? {} : { cursor: undefined }), ...part });
      void navigate({ to: '.', search: next as never, replace });
    },
    [navigate],
  );
  return [search, change];
}

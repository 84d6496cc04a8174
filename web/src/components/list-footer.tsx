import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { integer } from '@/lib/format';
import type { PageInfo } from '@/lib/types';
import { Button } from './ui/button';

interface ListFooterProps {
  page: PageInfo;
  shown: number;
  noun: string;
  first: boolean;
  onPage: (cursor: string | undefined) => void;
  count: (signal: AbortSignal) => Promise<PageInfo['count']>;
  countKey: unknown[];
}

/** Keyset paging: next and previous, never page 17 of 400. Counting is asked for, since it costs. */
export function ListFooter({ page, shown, noun, first, onPage, count, countKey }: ListFooterProps) {
  const [asked, setAsked] = useState(false);
  const counted = useQuery({ queryKey: countKey, queryFn: ({ signal }) => count(signal), enabled: asked });
  const named = shown === 1 ? noun.replace(/s$/, '') : noun;
  const whole = first && !page.next;
  return (
    <footer className="relative -mt-px flex flex-wrap border-t border-line items-center justify-between gap-2 px-4 py-2 text-sm text-muted">
      <p className="num m-0 flex items-center gap-2" role="status">
        {whole ? `${integer(shown)} ${named}` : `${integer(shown)} ${named} on this page`}
        {counted.data ? <span>· {counted.data.relation === 'gte' ? 'more than ' : ''}{integer(counted.data.value)} in all</span> : null}
        {!whole && !asked ? (
          <button type="button" className="h-6 text-accent-text underline underline-offset-2" onClick={() => setAsked(true)}>
            Count all
          </button>
        ) : null}
      </p>
      {whole ? null : (
        <nav aria-label="Pages" className="flex gap-2">
          {first ? null : (
            <Button size="sm" onClick={() => onPage(undefined)}>
              First
            </Button>
          )}
          <Button size="sm" disabled={!page.prev} icon={<ChevronLeft size={14} aria-hidden="true" />} onClick={() => onPage(page.prev ?? undefined)}>
            Previous
          </Button>
          <Button size="sm" disabled={!page.next} onClick={() => onPage(page.next ?? undefined)}>
            Next
            <ChevronRight size={14} aria-hidden="true" />
          </Button>
        </nav>
      )}
    </footer>
  );
}

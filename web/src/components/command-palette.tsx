import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Package, ShoppingCart, Terminal, Users } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useId, useState } from 'react';
import { api, body } from '@/lib/api';
import { cx } from '@/lib/cx';
import { money, words } from '@/lib/format';
import { type Command, keyLabels, useCommandList } from '@/lib/shortcuts';
import { Dialog } from './ui/dialog';
import { Kbd } from './ui/kbd';

interface Hit {
  id: string;
  label: string;
  detail?: string;
  /** Left out where there is little room. */
  extra?: string;
  keys?: string;
  icon: ReactNode;
  run: () => void;
}

const HIDDEN = new Set(['palette', 'search', 'list.next', 'list.previous']);
const MOST_COMMANDS = 8;

/** One box for everything: records of the server first, then the commands of this page. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const wanted = useDeferredValue(text.trim());
  const records = useRecords(wanted);
  const commands = useCommandList();
  const hits = [...records.hits, ...matching(commands, wanted)];
  const current = Math.min(at, hits.length - 1);
  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    hit.run();
  };
  useEffect(() => {
    document.getElementById(`${list}-${current}`)?.scrollIntoView({ block: 'nearest' });
  }, [current, list]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((current + 1) % Math.max(1, hits.length));
    else if (event.key === 'ArrowUp') setAt((current - 1 + hits.length) % Math.max(1, hits.length));
    else if (event.key === 'Enter') choose(hits[current]);
    else return;
    event.preventDefault();
  };
  const status = records.failed ? 'The search failed; commands still work.' : hits.length ? '' : records.busy ? 'Searching…' : `Nothing matches “${wanted}”.`;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title="Search and commands">
      <input
        role="combobox"
        aria-label="Search orders, customers, products and commands"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={hits.length ? `${list}-${current}` : undefined}
        autoFocus
        className="control"
        placeholder="Number, name, SKU, or what you want to do"
        value={text}
        maxLength={200}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <p role="status" className="m-0 px-1 py-1.5 text-sm text-subtle empty:hidden">
        {status}
      </p>
      <ul id={list} role="listbox" aria-label="Results" className="m-0 mt-2 max-h-[min(26rem,55dvh)] list-none overflow-y-auto p-0">
        {hits.map((hit, index) => (
          // The keyboard is handled by the box, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={hit.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === current}
            onClick={() => choose(hit)}
            onMouseMove={() => setAt(index)}
            className={cx('option', index === current && 'bg-selected')}
          >
            <span className="text-subtle">{hit.icon}</span>
            <span className="min-w-0 flex-1 truncate">{hit.label}</span>
            {hit.detail ? <span className="num shrink-0 text-sm text-muted">{hit.detail}{hit.extra ? <span className="max-sm:hidden"> · {hit.extra}</span> : null}</span> : null}
            {hit.keys ? keyLabels(hit.keys).map((label, nth) => <Kbd key={`${label}${nth}`}>{label}</Kbd>) : null}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function matching(commands: Command[], wanted: string): Hit[] {
  const parts = wanted.toLowerCase().split(/\s+/);
  return commands
    .filter((command) => command.run && !HIDDEN.has(command.id) && parts.every((part) => command.name.toLowerCase().includes(part)))
    .slice(0, wanted ? MOST_COMMANDS : undefined)
    .map((command) => ({
      id: command.id,
      label: command.name,
      keys: command.keys,
      icon: <Terminal size={15} aria-hidden="true" />,
      run: () => command.run?.(),
    }));
}

function useRecords(wanted: string) {
  const navigate = useNavigate();
  const found = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) => body(api.GET('/api/v1/search', { params: { query: { q: wanted } }, signal })),
    enabled: wanted.length > 1,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const data = wanted.length > 1 ? found.data : undefined;
  const open = (to: string) => () => void navigate({ to });
  const hits: Hit[] = [
    ...(data?.orders ?? []).map((order) => ({
      id: order.id,
      label: `${order.number} · ${order.customer_name}`,
      detail: money(order.total),
      extra: words(order.lifecycle),
      icon: <ShoppingCart size={15} aria-hidden="true" />,
      run: open(`/orders/${order.id}`),
    })),
    ...(data?.customers ?? []).map((customer) => ({
      id: customer.id,
      label: customer.name,
      detail: customer.code,
      icon: <Users size={15} aria-hidden="true" />,
      run: open(`/customers/${customer.id}`),
    })),
    ...(data?.products ?? []).map((product) => ({
      id: product.id,
      label: product.name,
      detail: product.sku,
      icon: <Package size={15} aria-hidden="true" />,
      run: open(`/products/${product.id}`),
    })),
  ];
  return { hits, busy: found.isFetching, failed: found.isError };
}

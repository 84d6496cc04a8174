import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { ProblemBanner } from '@/components/problem-banner';
import { IconButton } from '@/components/ui/button';
import { type Choice, Combobox } from '@/components/ui/combobox';
import { cx } from '@/lib/cx';
import { currentLocale, money } from '@/lib/format';
import { useMe } from '@/lib/session';
import { categoriesQuery, searchCatalogue } from './api';
import { below, offered } from './categories';
import type { ProductRef } from './model';
import { readQuantity } from './numbers';

interface CataloguePanelProps {
  /** A product with its quantity; `null` and the text when it was keyed faster than it was found. */
  onAdd: (product: ProductRef | null, text: string, quantity: string) => void;
  onClose: () => void;
}

const LIST = 'catalogue-list';

/** Tab goes round in the panel; Esc leads out of it. */
function keepInside(event: KeyboardEvent<HTMLElement>): void {
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('button, input')].filter((one) => one.tabIndex >= 0);
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (event.target !== from) return;
  event.preventDefault();
  to?.focus();
}

/**
 * The catalogue beside the lines: search, arrows, Enter, quantity, Enter adds; it stays open for the next. What is shown for an older
 * text is never taken: then the text itself is added and looked up.
 */
export function CataloguePanel({ onAdd, onClose }: CataloguePanelProps) {
  const { organization } = useMe();
  const [text, setText] = useState('');
  const [category, setCategory] = useState<Choice | null>(null);
  const [quantity, setQuantity] = useState('1');
  const [at, setAt] = useState(0);
  const [said, setSaid] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const amount = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const client = useQueryClient();
  const categories = useQuery(categoriesQuery);
  const asked = text.trim();
  const codes = category ? below(categories.data ?? [], category.id) : [];
  const found = useQuery({
    queryKey: ['products', 'catalogue', asked, codes],
    queryFn: ({ signal }) => searchCatalogue(asked, codes, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const products = found.data?.data ?? [];
  const fresh = found.isSuccess && !found.isPlaceholderData;
  const chosen = fresh ? (products[at] ?? null) : null;
  const read = readQuantity(quantity, currentLocale());

  useEffect(() => search.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: 'nearest' });
  }, [at]);

  const narrow = (next: { text?: string; category?: Choice | null }) => {
    if (next.text !== undefined) setText(next.text);
    if (next.category !== undefined) setCategory(next.category);
    setAt(0);
  };
  const add = (product: ProductRef | null) => {
    if (!read.ok || (!product && !asked)) return;
    const value = `${read.value.value || '1'}${read.value.unit ? ` ${read.value.unit}` : ''}`;
    onAdd(product, asked, value);
    setSaid(`${value} × ${product?.sku ?? asked} added`);
    setQuantity('1');
    search.current?.focus();
    search.current?.select();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Tab') return keepInside(event);
    const { target } = event;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const field = target === search.current || target === amount.current;
    // The first Esc closes the categories, the next one the panel.
    if (!field && target instanceof Element && target.getAttribute('aria-expanded') === 'true') return;
    if (event.key === 'Escape') onClose();
    else if (step !== 0 && field) setAt(Math.max(0, Math.min(products.length - 1, at + step)));
    else if (event.key === 'Enter' && target === search.current) {
      amount.current?.focus();
      amount.current?.select();
    } else if (event.key === 'Enter' && target === amount.current) add(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // The fields inside take the keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      role="dialog"
      aria-label="Catalogue"
      className="popup fixed inset-y-0 end-0 z-30 flex w-full flex-col rounded-none! max-sm:pb-15 sm:w-96 sm:max-w-[45vw]"
      onKeyDown={onKeyDown}
    >
      <header className="flex items-center justify-between gap-2 px-4 pt-3 pb-2">
        <h2 className="m-0 text-lg font-semibold">Catalogue</h2>
        <IconButton label="Close the catalogue (Esc)" size="sm" onClick={onClose}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)_5.5rem] gap-2 px-4 pb-2">
        <input
          ref={search}
          role="combobox"
          aria-label="Search the catalogue"
          aria-expanded="true"
          aria-controls={LIST}
          aria-autocomplete="list"
          aria-activedescendant={products[at] ? `${LIST}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Name, SKU, barcode"
          className="control"
          value={text}
          onChange={(event) => narrow({ text: event.target.value })}
        />
        <input
          ref={amount}
          aria-label="Quantity"
          aria-invalid={!read.ok || undefined}
          aria-describedby={read.ok ? undefined : `${LIST}-amount`}
          inputMode="decimal"
          autoComplete="off"
          className="control num text-end"
          value={quantity}
          onChange={(event) => setQuantity(event.target.value)}
        />
        <Combobox
          label="Category"
          name="category"
          hideLabel
          className="col-span-2"
          queryKey="categories"
          search={async (typed) => offered(await client.ensureQueryData(categoriesQuery), typed)}
          value={category}
          onValueChange={(next) => narrow({ category: next })}
          placeholder="All categories"
        />
        {read.ok ? null : (
          <p id={`${LIST}-amount`} className="col-span-2 m-0 text-sm text-red">
            {read.error}
          </p>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2" tabIndex={-1}>
        {found.isError ? <ProblemBanner error={found.error} onRetry={() => void found.refetch()} /> : null}
        <ul ref={list} id={LIST} role="listbox" aria-label="Products" aria-busy={!fresh} className={cx('m-0 list-none p-0', !fresh && 'opacity-55')}>
          {products.map((product, index) => (
            // Enter in the field above is its key.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <li
              key={product.id}
              id={`${LIST}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              data-highlighted={index === at ? '' : undefined}
              className="option hover:bg-hover"
              onClick={() => {
                setAt(index);
                add(product);
              }}
            >
              <span className="flex min-w-0 flex-1 flex-col leading-tight">
                <span className="num font-medium">{product.sku}</span>
                <span className="truncate text-sm text-muted">{product.name}</span>
              </span>
              <span className="num shrink-0 text-end text-sm">
                {product.list_price ? money({ amount: product.list_price, currency: organization.currency }) : ''}
                <span className="block text-subtle">{product.unit}</span>
              </span>
            </li>
          ))}
        </ul>
        {fresh && products.length === 0 ? <p className="m-0 px-2.5 py-2 text-muted">Nothing matches. Try fewer letters or another category.</p> : null}
        {found.data?.page.has_more ? <p className="m-0 px-2.5 py-2 text-sm text-subtle">There are more; type to narrow the list.</p> : null}
      </div>
      <p role="status" className="m-0 min-h-9 border-t border-line px-4 py-2 text-sm text-muted">
        {said}
      </p>
    </section>
  );
}

import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { ProblemBanner } from '@/components/problem-banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import { currentLocale, date, decimal, money } from '@/lib/format';
import type { CustomerRef } from './model';
import { readQuantity } from './numbers';
import type { PastedRow } from './paste';
import { fetchUsual, type UsualItem } from './usual';

interface UsualSheetProps {
  customer: CustomerRef;
  onAdd: (rows: PastedRow[]) => void;
  onClose: () => void;
}

/** The repeat order: what the customer usually buys, where only quantities are typed. */
export function UsualSheet({ customer, onAdd, onClose }: UsualSheetProps) {
  const found = useQuery({ queryKey: ['orders', 'usual', customer.id], queryFn: () => fetchUsual(customer.id), staleTime: 60_000 });
  const [typed, setTyped] = useState<Record<string, string>>({});
  const wanted = (found.data ?? []).filter((item) => typed[item.sku]?.trim());
  const add = () => {
    if (wanted.length) onAdd(wanted.map((item) => rowOf(item, typed[item.sku] ?? '')));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing || !(event.target instanceof HTMLInputElement)) return;
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' || event.key === 'Enter' ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return add();
    const fields = [...event.currentTarget.querySelectorAll('input')];
    fields[fields.indexOf(event.target) + step]?.focus();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Usual items"
      description={`From the latest orders of ${customer.name}. Type quantities; Enter goes to the next.`}
      wide
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={wanted.length === 0} onClick={add}>
            Add {wanted.length} {wanted.length === 1 ? 'line' : 'lines'}
          </Button>
        </>
      }
    >
      <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton className="h-40 w-full" /> : null}
      {found.data?.length === 0 ? <p className="m-0 text-muted">There is no order of this customer yet.</p> : null}
      {found.data?.length ? (
        // The fields inside take the keys.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
        <table className="w-full border-collapse text-start" onKeyDown={onKeyDown}>
          <thead className="text-sm text-muted">
            <tr className="border-b border-line">
              <th scope="col" className="py-1.5 pe-2 text-start font-medium">Product</th>
              <th scope="col" className="px-2 py-1.5 text-end font-medium max-sm:hidden">Last</th>
              <th scope="col" className="px-2 py-1.5 text-end font-medium max-sm:hidden">Price then</th>
              <th scope="col" className="py-1.5 ps-2 text-end font-medium">Quantity</th>
            </tr>
          </thead>
          <tbody>
            {found.data.map((item, index) => (
              <UsualRow key={item.sku} item={item} first={index === 0} value={typed[item.sku] ?? ''} onChange={(text) => setTyped((old) => ({ ...old, [item.sku]: text }))} />
            ))}
          </tbody>
        </table>
      ) : null}
    </Dialog>
  );
}

function rowOf(item: UsualItem, text: string): PastedRow {
  const read = readQuantity(text, currentLocale());
  const row = { raw: text, sku: item.sku, price: '', note: '' };
  if (!read.ok) return { ...row, quantity: text, unit: item.unit, error: `Quantity: ${read.error}` };
  return { ...row, quantity: read.value.value, unit: read.value.unit ?? item.unit, error: null };
}

function UsualRow({ item, first, value, onChange }: { item: UsualItem; first: boolean; value: string; onChange: (text: string) => void }) {
  const read = readQuantity(value, currentLocale());
  const last = `${decimal(item.quantity)} ${item.unit ?? ''}`;
  return (
    <tr className="border-b border-line">
      <th scope="row" className="py-1.5 pe-2 text-start font-normal">
        <span className="num block font-medium">{item.sku}</span>
        <span className="block text-sm text-muted">{item.name}</span>
        {read.ok ? <span className="num block text-sm text-subtle sm:hidden">Last {last}</span> : <span className="block text-sm text-red">{read.error}</span>}
      </th>
      <td className="num px-2 text-end whitespace-nowrap max-sm:hidden">
        {last}
        <span className="block text-sm text-subtle">{date(item.ordered)}</span>
      </td>
      <td className="num px-2 text-end whitespace-nowrap text-muted max-sm:hidden">{item.price ? money(item.price) : null}</td>
      <td className="w-28 py-1.5 ps-2">
        <input
          aria-label={`Quantity of ${item.sku}, last ${last}`}
          autoFocus={first}
          aria-invalid={!read.ok || undefined}
          inputMode="decimal"
          autoComplete="off"
          className="control num text-end"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </td>
    </tr>
  );
}

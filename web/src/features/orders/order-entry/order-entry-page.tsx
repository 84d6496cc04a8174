import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { DetailPending } from '@/components/detail-frame';
import { Banner } from '@/components/ui/banner';
import { buttonClass } from '@/components/ui/button';
import { useMe } from '@/lib/session';
import { orderQuery } from '../api';
import { customerQuery } from './api';
import { draftOf } from './draft';
import { EntryForm } from './entry-form';
import { type Draft, emptyHead, emptyLine } from './model';

const LIST = { label: 'Orders', to: '/orders', noun: 'orders' };

/** Order entry: the keyboard grid, for a new order; `customer` and `from` prefill it. */
export function NewOrderPage() {
  const { customer, from } = useSearch({ from: '/app/orders/new' });
  const { organization } = useMe();
  const source = useQuery({ ...orderQuery(from ?? ''), enabled: from !== undefined });
  const buyer = useQuery({ ...customerQuery(customer ?? ''), enabled: customer !== undefined });
  const failed = source.error ?? buyer.error;
  if (failed || (from && !source.data) || (customer && !buyer.data)) return <DetailPending list={LIST} error={failed} />;
  const empty: Draft = { head: emptyHead(organization.currency), lines: [emptyLine('n0')] };
  const start = source.data ? copyOf(draftOf(source.data)) : empty;
  const { data: known } = buyer;
  const head = known ? { ...start.head, customer: { id: known.id, code: known.code, name: known.name }, customerText: known.name } : start.head;
  return <EntryForm key={`${from} ${customer}`} start={{ ...start, head }} order={null} />;
}

/** What belongs to the one order only is not copied. */
function copyOf({ head, lines }: Draft): Draft {
  return { head: { ...head, po: '', requested: '' }, lines };
}

export function EditOrderPage() {
  const { orderId } = useParams({ from: '/app/orders/$orderId/edit' });
  const found = useQuery({ ...orderQuery(orderId), staleTime: Infinity });
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data.lifecycle !== 'draft') {
    return (
      <div className="mx-auto w-full max-w-3xl px-3 py-6 sm:px-6">
        <h1 className="mt-0 text-xl font-semibold">Order {found.data.number}</h1>
        <Banner
          title="Only a draft can be edited"
          actions={
            <Link to="/orders/$orderId" params={{ orderId }} className={buttonClass('secondary', 'sm')}>
              Open the order
            </Link>
          }
        >
          Cancel quantities on the order, or reopen it as a draft, to change what it holds.
        </Banner>
      </div>
    );
  }
  return <EntryForm key={orderId} start={draftOf(found.data)} order={found.data} />;
}

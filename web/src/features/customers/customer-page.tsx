import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Ellipsis, Plus } from 'lucide-react';
import { Card, DetailFrame, DetailPending, Facts } from '@/components/detail-frame';
import { PriceTester } from '@/components/price-tester';
import { StateBadge } from '@/components/state-badge';
import { Banner } from '@/components/ui/banner';
import { buttonClass, IconButton } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { Tabs } from '@/components/ui/tabs';
import { toast } from '@/components/ui/toast';
import { newKey } from '@/lib/api';
import { isStale, toProblem } from '@/lib/api-error';
import { money, words } from '@/lib/format';
import { useCan } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Customer } from '@/lib/types';
import { changeStatus, customerQuery, groupsQuery, priceListsQuery, type StatusChange, termsQuery } from './api';
import { CustomerAddresses } from './customer-addresses';
import { CustomerContacts } from './customer-contacts';
import { CustomerOrders } from './customer-orders';
import { CustomerTimeline } from './customer-timeline';

const LIST = { label: 'Customers', to: '/customers', noun: 'customers' };

export function CustomerPage() {
  const { customerId } = useParams({ from: '/app/customers/$customerId' });
  const found = useQuery(customerQuery(customerId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <Loaded customer={found.data} />;
}

function Loaded({ customer }: { customer: Customer }) {
  const { tab = 'orders' } = useSearch({ from: '/app/customers/$customerId' });
  const navigate = useNavigate();
  const can = useCan();
  return (
    <DetailFrame
      list={LIST}
      id={customer.id}
      title={customer.name}
      name={customer.name}
      badges={<StateBadge state={customer.status} />}
      subtitle={
        <span className="flex flex-wrap gap-x-3">
          <span className="num">{customer.code}</span>
          {customer.email ? <a className="inline-block min-h-6 leading-6 text-accent-text" href={`mailto:${customer.email}`}>{customer.email}</a> : null}
          {customer.phone ? <a className="num inline-block min-h-6 leading-6 text-accent-text" href={`tel:${customer.phone}`}>{customer.phone}</a> : null}
        </span>
      }
      actions={<Actions customer={customer} />}
      banner={
        customer.status === 'blocked' ? (
          <Banner kind="warning" title="This customer is blocked">
            New orders are refused until the customer is activated again.
          </Banner>
        ) : null
      }
      side={
        <>
          <About customer={customer} />
          <CustomerTimeline customerId={customer.id} />
        </>
      }
    >
      <Tabs
        label="Parts of the customer"
        value={tab}
        onValueChange={(next) => void navigate({ to: '.', search: { tab: next === 'orders' ? undefined : next }, replace: true })}
        tabs={[
          { value: 'orders', label: 'Orders', content: <CustomerOrders customer={customer} /> },
          { value: 'contacts', label: 'Contacts', count: customer.contacts.length, content: <CustomerContacts customer={customer} /> },
          { value: 'addresses', label: 'Addresses', count: customer.addresses.length, content: <CustomerAddresses customer={customer} /> },
          ...(can('prices.read')
            ? [
                {
                  value: 'prices',
                  label: 'Prices',
                  content: (
                    <Card title="What does this customer pay?">
                      <PriceTester customerId={customer.id} />
                    </Card>
                  ),
                },
              ]
            : []),
        ]}
      />
    </DetailFrame>
  );
}

function Actions({ customer }: { customer: Customer }) {
  const can = useCan();
  const navigate = useNavigate();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (to: StatusChange) => changeStatus(customer, to, newKey()),
    onSuccess: (next) => {
      client.setQueryData(customerQuery(next.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ['customers', 'list'] });
      toast(`${next.name} is ${next.status}`);
    },
    onError: (error) => {
      toast('That was refused', { description: toProblem(error).detail ?? toProblem(error).title, error: true });
      if (isStale(error)) void client.invalidateQueries({ queryKey: customerQuery(customer.id).queryKey, exact: true });
    },
  });
  const edit = () => void navigate({ to: '/customers/$customerId/edit', params: { customerId: customer.id } });
  const may = can('customers.write');
  useCommands(may ? [{ id: 'customer.edit', name: 'Edit this customer', keys: 'e', group: 'Customer', run: edit }] : []);
  if (!may && !can('orders.write')) return null;
  return (
    <>
      {may ? (
        <Link to="/customers/$customerId/edit" params={{ customerId: customer.id }} className={buttonClass()}>
          Edit
        </Link>
      ) : null}
      {can('orders.write') && customer.status === 'active' ? (
        <Link to="/orders/new" search={{ customer: customer.id }} className={buttonClass('primary')}>
          <Plus size={16} aria-hidden="true" />
          New order
        </Link>
      ) : null}
      {may ? (
        <Menu
          trigger={
            <IconButton label="More actions" className="border border-line-strong bg-surface">
              <Ellipsis size={17} aria-hidden="true" />
            </IconButton>
          }
          entries={[
            ...(customer.status === 'active' ? [] : [{ label: 'Activate', onSelect: () => change.mutate('activate') }]),
            ...(customer.status === 'blocked' ? [] : [{ label: 'Block', detail: 'No new orders', danger: true, onSelect: () => change.mutate('block') }]),
            ...(customer.status === 'archived' ? [] : [{ label: 'Archive', detail: 'Hidden from choices', danger: true, onSelect: () => change.mutate('archive') }]),
          ]}
        />
      ) : null}
    </>
  );
}

function About({ customer }: { customer: Customer }) {
  const terms = useQuery({ ...termsQuery, enabled: Boolean(customer.payment_term_id) });
  const groups = useQuery({ ...groupsQuery, enabled: Boolean(customer.group_id) });
  const lists = useQuery({ ...priceListsQuery, enabled: Boolean(customer.price_list_id) });
  const nameIn = (data: { id: string; name: string }[] | undefined, id: string | null | undefined) => data?.find((one) => one.id === id)?.name;
  return (
    <Card title="About">
      <Facts
        items={[
          ['Kind', words(customer.kind)],
          ['Tax', words(customer.tax_status)],
          ['Tax number', customer.tax_number],
          ['Currency', customer.currency],
          ['Credit limit', customer.credit_limit ? money({ amount: customer.credit_limit, currency: customer.currency }) : 'none'],
          ['Payment', nameIn(terms.data?.data, customer.payment_term_id)],
          ['Group', nameIn(groups.data?.data, customer.group_id)],
          ['Price list', nameIn(lists.data?.data, customer.price_list_id)],
        ]}
      />
      {customer.notes ? <p className="mt-3 mb-0 whitespace-pre-wrap">{customer.notes}</p> : null}
    </Card>
  );
}

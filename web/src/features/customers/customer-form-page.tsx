import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { BackLink, DetailPending } from '@/components/detail-frame';
import { Form, FormSection, useForm } from '@/components/form';
import { Button, buttonClass } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { TextArea, TextField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { newKey, type Schemas } from '@/lib/api';
import { isStale, undecided } from '@/lib/api-error';
import { changed } from '@/lib/changes';
import { words } from '@/lib/format';
import { currencyOptions } from '@/lib/places';
import { useCan, useMe } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Customer } from '@/lib/types';
import { useTitle } from '@/lib/use-title';
import { AddressFields, type AddressValue, addressRequest, emptyAddress } from './address-fields';
import { createCustomer, customerQuery, groupsQuery, priceListsQuery, termsQuery, updateCustomer } from './api';

const LIST = { label: 'Customers', to: '/customers', noun: 'customers' };
const choices = (...codes: string[]) => codes.map((value) => ({ value, label: words(value) }));

export function NewCustomerPage() {
  return <CustomerForm />;
}

export function EditCustomerPage() {
  const { customerId } = useParams({ from: '/app/customers/$customerId/edit' });
  const found = useQuery(customerQuery(customerId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <CustomerForm customer={found.data} />;
}

function initial(customer: Customer | undefined, currency: string) {
  return {
    name: customer?.name ?? '',
    code: customer?.code ?? '',
    kind: customer?.kind ?? 'company',
    currency: customer?.currency ?? currency,
    tax_status: customer?.tax_status ?? 'taxable',
    tax_number: customer?.tax_number ?? '',
    email: customer?.email ?? '',
    phone: customer?.phone ?? '',
    credit_limit: customer?.credit_limit ?? '',
    payment_term_id: customer?.payment_term_id ?? '',
    group_id: customer?.group_id ?? '',
    price_list_id: customer?.price_list_id ?? '',
    notes: customer?.notes ?? '',
  };
}

type Value = ReturnType<typeof initial>;

type Terms = Omit<Schemas['CustomerPatch'], 'external_refs' | 'custom'> & { name: string };

function request(value: Value): Terms {
  const given = (text: string) => text.trim() || null;
  return {
    name: value.name.trim(),
    ...(value.code.trim() ? { code: value.code.trim() } : {}),
    kind: value.kind as Schemas['CustomerPatch']['kind'],
    currency: value.currency,
    tax_status: value.tax_status as Schemas['CustomerPatch']['tax_status'],
    tax_number: given(value.tax_number),
    email: given(value.email),
    phone: given(value.phone),
    credit_limit: given(value.credit_limit),
    payment_term_id: given(value.payment_term_id),
    group_id: given(value.group_id),
    price_list_id: given(value.price_list_id),
    notes: given(value.notes),
  };
}

function CustomerForm({ customer }: { customer?: Customer }) {
  const { organization } = useMe();
  const navigate = useNavigate();
  const title = customer ? `Edit ${customer.name}` : 'New customer';
  useTitle(title);
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const [start] = useState(() => initial(customer, organization.currency));
  const form = useForm(start);
  const address = useForm<AddressValue & { with: boolean }>({ ...emptyAddress(organization.country), with: true });
  const save = useMutation({
    mutationFn: () => {
      if (customer) return updateCustomer(customer, changed(request(form.value), request(start)), key);
      const { with: withAddress, ...value } = address.value;
      const addresses = withAddress && value.lines.trim() ? [addressRequest({ ...value, recipient: value.recipient || form.value.name })] : [];
      return createCustomer({ ...request(form.value), addresses }, key);
    },
    onSuccess: async (next) => {
      client.setQueryData(customerQuery(next.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ['customers', 'list'] });
      toast(customer ? 'Customer saved' : `Customer ${next.code} created`);
      await navigate({ to: '/customers/$customerId', params: { customerId: next.id } });
    },
    onError: async (error) => {
      if (!undecided(error)) setKey(newKey());
      if (customer && isStale(error)) await client.invalidateQueries({ queryKey: customerQuery(customer.id).queryKey, exact: true });
    },
  });
  useCommands([{ id: 'form.save', name: 'Save', keys: 'mod+s', group: 'Form', inFields: true, run: () => save.mutate() }]);
  return (
    <div className="mx-auto w-full max-w-4xl px-3 py-4 sm:px-6">
      <BackLink label={customer ? customer.name : LIST.label} to={customer ? `/customers/${customer.id}` : LIST.to} />
      <h1 className="m-0 mb-4 text-xl font-semibold">{title}</h1>
      <Form onSubmit={() => save.mutate()} error={save.error} label={customer ? 'Edit customer' : 'New customer'}>
        <FormSection title="Who">
          <TextField label="Name" name="name" required autoComplete="off" className="sm:col-span-2" {...form.bind('name')} />
          <TextField label="Code" name="code" hint={customer ? undefined : 'Left empty, the next number is given.'} {...form.bind('code')} />
          <SelectField label="Kind" name="kind" options={choices('company', 'person')} {...form.bind('kind')} />
          <TextField label="E-mail" name="email" type="email" {...form.bind('email')} />
          <TextField label="Phone" name="phone" type="tel" {...form.bind('phone')} />
        </FormSection>
        <Terms form={form} />
        {customer ? null : (
          <FormSection title="Address">
            <AddressFields value={address.value} onChange={address.change} prefix="addresses/0/" />
            <Checkbox label="Create with this address" checked={address.value.with} onCheckedChange={(next) => address.change({ with: next })} />
          </FormSection>
        )}
        <FormSection title="Notes">
          <TextArea label="Notes" hideLabel name="notes" className="sm:col-span-2" {...form.bind('notes')} />
        </FormSection>
        <div className="flex justify-end gap-2">
          <Link to={customer ? `/customers/${customer.id}` : LIST.to} className={buttonClass()}>
            Cancel
          </Link>
          <Button type="submit" kind="primary" busy={save.isPending}>
            {customer ? 'Save' : 'Create customer'}
          </Button>
        </div>
      </Form>
    </div>
  );
}

function Terms({ form }: { form: ReturnType<typeof useForm<Value>> }) {
  const can = useCan();
  const terms = useQuery(termsQuery);
  const groups = useQuery(groupsQuery);
  const lists = useQuery({ ...priceListsQuery, enabled: can('prices.read') });
  const named = (data: { id: string; name: string }[] | undefined) => [
    { value: '', label: 'None' },
    ...(data ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <FormSection title="Terms" hint="What an order of this customer starts from.">
      <SelectField label="Currency" name="currency" options={currencyOptions()} {...form.bind('currency')} />
      <DecimalField label="Credit limit" name="credit_limit" suffix={form.value.currency} hint="Empty means no limit." {...form.bind('credit_limit')} />
      <SelectField label="Tax status" name="tax_status" options={choices('taxable', 'exempt', 'reverse_charge')} {...form.bind('tax_status')} />
      <TextField label="Tax number" name="tax_number" {...form.bind('tax_number')} />
      <SelectField label="Payment terms" name="payment_term_id" placeholder="None" options={named(terms.data?.data)} {...form.bind('payment_term_id')} />
      <SelectField label="Group" name="group_id" placeholder="None" options={named(groups.data?.data)} {...form.bind('group_id')} />
      <SelectField label="Price list" name="price_list_id" placeholder="None" options={named(lists.data?.data)} {...form.bind('price_list_id')} />
    </FormSection>
  );
}

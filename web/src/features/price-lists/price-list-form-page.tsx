import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { BackLink, DetailPending } from '@/components/detail-frame';
import { Form, FormSection, useForm } from '@/components/form';
import { Button, buttonClass } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { SelectField } from '@/components/ui/select';
import { DateField, TextField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { newKey, type Schemas } from '@/lib/api';
import { isStale, undecided } from '@/lib/api-error';
import { changed } from '@/lib/changes';
import { words } from '@/lib/format';
import { currencyOptions } from '@/lib/places';
import { useMe } from '@/lib/session';
import type { PriceList } from '@/lib/types';
import { useTitle } from '@/lib/use-title';
import { createPriceList, priceListQuery, updatePriceList } from './api';

const LIST = { label: 'Price lists', to: '/price-lists', noun: 'price lists' };

const STATES = ['draft', 'active', 'archived'].map((value) => ({ value, label: words(value) }));

export function NewPriceListPage() {
  return <PriceListForm />;
}

export function EditPriceListPage() {
  const { priceListId } = useParams({ from: '/app/price-lists/$priceListId/edit' });
  const found = useQuery(priceListQuery(priceListId));
  if (!found.data) return <DetailPending list={LIST} error={found.error} onRetry={() => void found.refetch()} />;
  return <PriceListForm list={found.data} />;
}

interface Value {
  name: string;
  code: string;
  valid_from: string;
  valid_to: string;
  status: string;
}

function common({ name, code, valid_from, valid_to }: Value) {
  return { name: name.trim(), code: code.trim(), valid_from: valid_from || null, valid_to: valid_to || null };
}

function patch(value: Value): Schemas['PriceListPatch'] {
  return { ...common(value), status: value.status as Schemas['PriceListPatch']['status'] };
}

function PriceListForm({ list }: { list?: PriceList }) {
  const { organization } = useMe();
  const navigate = useNavigate();
  const title = list ? `Edit ${list.name}` : 'New price list';
  useTitle(title);
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const [start] = useState(() => ({
    name: list?.name ?? '',
    code: list?.code ?? '',
    currency: list?.currency ?? organization.currency,
    includes_tax: list?.includes_tax ?? organization.prices_include_tax,
    status: list?.status ?? 'active',
    valid_from: list?.valid_from ?? '',
    valid_to: list?.valid_to ?? '',
  }));
  const form = useForm(start);
  const { value } = form;
  const save = useMutation({
    mutationFn: () => {
      if (list) return updatePriceList(list, changed(patch(value), patch(start)), key);
      return createPriceList({ ...common(value), currency: value.currency, includes_tax: value.includes_tax }, key);
    },
    onSuccess: async (next) => {
      client.setQueryData(priceListQuery(next.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ['price-lists', 'list'] });
      toast(list ? 'Price list saved' : `Price list ${next.code} created`);
      await navigate({ to: '/price-lists/$priceListId', params: { priceListId: next.id } });
    },
    onError: async (error) => {
      if (!undecided(error)) setKey(newKey());
      if (list && isStale(error)) await client.invalidateQueries({ queryKey: priceListQuery(list.id).queryKey, exact: true });
    },
  });
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-4 sm:px-6">
      <BackLink label={list ? list.name : LIST.label} to={list ? `/price-lists/${list.id}` : LIST.to} />
      <h1 className="m-0 mb-4 text-xl font-semibold">{title}</h1>
      <Form onSubmit={() => save.mutate()} error={save.error} label={list ? 'Edit price list' : 'New price list'}>
        <FormSection title="List" hint={list ? 'Currency and tax are fixed once prices stand on them.' : undefined}>
          <TextField label="Name" name="name" required {...form.bind('name')} />
          <TextField label="Code" name="code" required {...form.bind('code')} />
          <SelectField label="Currency" name="currency" options={currencyOptions()} disabled={Boolean(list)} {...form.bind('currency')} />
          <div className="flex items-end pb-1.5">
            <Checkbox
              label="Prices include tax"
              disabled={Boolean(list)}
              checked={value.includes_tax}
              onCheckedChange={(includes_tax) => form.change({ includes_tax })}
            />
          </div>
          <DateField label="Valid from" name="valid_from" {...form.bind('valid_from')} />
          <DateField label="Valid to" name="valid_to" hint="The last day it counts." {...form.bind('valid_to')} />
          {list ? <SelectField label="Status" name="status" options={STATES} {...form.bind('status')} /> : null}
        </FormSection>
        <div className="flex justify-end gap-2">
          <Link to={list ? `/price-lists/${list.id}` : LIST.to} className={buttonClass()}>
            Cancel
          </Link>
          <Button type="submit" kind="primary" busy={save.isPending}>
            {list ? 'Save' : 'Create price list'}
          </Button>
        </div>
      </Form>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Badge } from '@/components/ui/badge';
import { Checkbox } from '@/components/ui/checkbox';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { DateField, TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { countryName, percent, period, words } from '@/lib/format';
import { countryOptions } from '@/lib/places';
import { Choices } from './choices';
import { classCodesQuery, taxCodesQuery } from './queries';
import { type FieldsProps, made, orNull, resource, worded, written } from './resource';

type Tax = Schemas['TaxView'];
type TaxClass = Schemas['TaxClassView'];
type TaxRule = Schemas['TaxRuleView'];

interface TaxValue {
  code: string;
  name: string;
  rate: string;
  compound: boolean;
  valid_from: string;
  valid_to: string;
}

const taxBody = ({ code, name, valid_from, valid_to, ...value }: TaxValue) => ({
  ...value, code: code.trim(), name: name.trim(), valid_from: valid_from || null, valid_to: valid_to || null,
});

function changeTax(row: Tax, request: Schemas['TaxPatch'], key: string) {
  return body(api.PATCH('/api/v1/taxes/{id}', { params: written(row, key), body: request }));
}

export const taxes = resource<Tax, TaxValue>({
  page: 'taxes',
  title: 'Taxes',
  one: 'tax',
  about: 'Rates with the days they hold.',
  read: 'taxes.read',
  write: 'taxes.write',
  columns: [
    { id: 'code', header: 'Code', sort: 'code', card: 'title', className: 'num whitespace-nowrap', cell: (row) => row.code },
    { id: 'name', header: 'Name', grow: true, cell: (row) => row.name },
    { id: 'rate', header: 'Rate', align: 'end', card: 'end', className: 'num', cell: (row) => percent(row.rate) },
    { id: 'valid', header: 'Valid', from: 'xl', className: 'num whitespace-nowrap text-muted', cell: (row) => period(row.valid_from, row.valid_to) },
    { id: 'state', header: 'State', cell: (row) => <TaxState row={row} /> },
  ],
  filters: [{ key: 'status', label: 'State', options: [{ value: 'active', label: 'In use' }, { value: 'archived', label: 'Archived' }] }],
  searchLabel: 'Code or name',
  sort: 'code',
  list: (query, signal) => body(api.GET('/api/v1/taxes', { params: { query: worded(query, ['code', 'name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/taxes/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/taxes', { params: made(key), body: taxBody(form) })),
  update: (row, form, before, key) => changeTax(row, changed(taxBody(form), taxBody(before)), key),
  nameOf: (row) => row.name,
  badge: (row) => <TaxState row={row} />,
  start: (row) => ({ code: row?.code ?? '', name: row?.name ?? '', rate: row?.rate ?? '', compound: row?.compound ?? false, valid_from: row?.valid_from ?? '', valid_to: row?.valid_to ?? '' }),
  Fields: TaxFields,
  ending: {
    inUse: (row) => row.status === 'active',
    end: 'Archive',
    resume: 'Use again',
    means: 'New orders can no longer use it. Orders that have it keep it.',
    set: (row, active, key) => changeTax(row, { status: active ? 'active' : 'archived' }, key),
  },
});

function TaxState({ row }: { row: Tax }) {
  return row.status === 'active' ? <Badge tone="green">In use</Badge> : <Badge>Archived</Badge>;
}

function TaxFields({ form }: FieldsProps<Tax, TaxValue>) {
  return (
    <>
      <TextField label="Code" name="code" required {...form.bind('code')} />
      <TextField label="Name" name="name" required hint="What documents print." {...form.bind('name')} />
      <DecimalField label="Rate" name="rate" required suffix="%" {...form.bind('rate')} />
      <div className="flex items-end pb-1.5">
        <Checkbox label="Also levied on the taxes before it" checked={form.value.compound} onCheckedChange={(compound) => form.change({ compound })} />
      </div>
      <DateField label="Valid from" name="valid_from" {...form.bind('valid_from')} />
      <DateField label="Valid to" name="valid_to" hint="The last day it may be used." {...form.bind('valid_to')} />
    </>
  );
}

interface ClassValue {
  code: string;
  name: string;
  is_default: boolean;
}

const classBody = ({ code, name, is_default }: ClassValue) => ({ code: code.trim(), name: name.trim(), is_default });

export const taxClasses = resource<TaxClass, ClassValue>({
  page: 'tax-classes',
  title: 'Tax classes',
  one: 'tax class',
  about: 'What products have in common for the tax office.',
  read: 'taxes.read',
  write: 'taxes.write',
  columns: [
    { id: 'code', header: 'Code', sort: 'code', card: 'title', className: 'num whitespace-nowrap', cell: (row) => row.code },
    { id: 'name', header: 'Name', grow: true, cell: (row) => row.name },
    { id: 'default', header: 'Usual', card: 'end', cell: (row) => (row.is_default ? <Badge tone="blue">Usual</Badge> : null) },
  ],
  searchLabel: 'Code or name',
  sort: 'code',
  list: (query, signal) => body(api.GET('/api/v1/tax-classes', { params: { query: worded(query, ['code', 'name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/tax-classes/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/tax-classes', { params: made(key), body: classBody(form) })),
  update: (row, form, before, key) => body(api.PATCH('/api/v1/tax-classes/{id}', { params: written(row, key), body: changed(classBody(form), classBody(before)) })),
  nameOf: (row) => row.name,
  start: (row) => ({ code: row?.code ?? '', name: row?.name ?? '', is_default: row?.is_default ?? false }),
  Fields: ClassFields,
});

function ClassFields({ form }: FieldsProps<TaxClass, ClassValue>) {
  return (
    <>
      <TextField label="Code" name="code" required {...form.bind('code')} />
      <TextField label="Name" name="name" required {...form.bind('name')} />
      <div className="sm:col-span-2">
        <Checkbox label="Products without a class belong to it" checked={form.value.is_default} onCheckedChange={(is_default) => form.change({ is_default })} />
      </div>
    </>
  );
}

interface RuleValue {
  tax_class: string;
  country: string;
  region: string;
  customer_tax_status: string;
  taxes: string[];
  exemption_reason: string;
}

const EVERYWHERE = 'everywhere';
const STATUSES: Schemas['TaxStatus'][] = ['taxable', 'exempt', 'reverse_charge'];

const ruleBody = (value: RuleValue) => ({
  tax_class: value.tax_class, country: value.country === EVERYWHERE ? null : value.country, region: orNull(value.region),
  customer_tax_status: value.customer_tax_status as Schemas['TaxStatus'], taxes: value.taxes, exemption_reason: orNull(value.exemption_reason),
});

const placeOf = ({ country, region }: TaxRule): string => [country ? countryName(country) : 'Everywhere', region].filter(Boolean).join(', ');

export const taxRules = resource<TaxRule, RuleValue>({
  page: 'tax-rules',
  title: 'Tax rules',
  one: 'tax rule',
  about: 'Which taxes are due where, for which products and customers.',
  read: 'taxes.read',
  write: 'taxes.write',
  columns: [
    { id: 'class', header: 'Tax class', sort: 'tax_class', card: 'title', className: 'num', cell: (row) => row.tax_class },
    { id: 'place', header: 'Delivered to', grow: true, cell: placeOf },
    { id: 'customers', header: 'Customers', className: 'whitespace-nowrap', cell: (row) => words(row.customer_tax_status) },
    { id: 'taxes', header: 'Taxes', card: 'end', className: 'num', cell: (row) => row.taxes.join(', ') || 'None' },
  ],
  searchLabel: 'Tax class',
  sort: 'tax_class',
  list: (query, signal) => body(api.GET('/api/v1/tax-rules', { params: { query: worded(query, ['tax_class']) }, signal })),
  get: (id) => body(api.GET('/api/v1/tax-rules/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/tax-rules', { params: made(key), body: ruleBody(form) })),
  update: (row, form, before, key) => body(api.PATCH('/api/v1/tax-rules/{id}', { params: written(row, key), body: changed(ruleBody(form), ruleBody(before)) })),
  remove: async (row, key) => {
    await api.DELETE('/api/v1/tax-rules/{id}', { params: written(row, key) });
  },
  nameOf: (row) => `${row.tax_class}: ${placeOf(row)}`,
  start: (row, me) => ({
    tax_class: row?.tax_class ?? '', country: row ? (row.country ?? EVERYWHERE) : me.organization.country, region: row?.region ?? '',
    customer_tax_status: row?.customer_tax_status ?? 'taxable', taxes: row?.taxes ?? [], exemption_reason: row?.exemption_reason ?? '',
  }),
  Fields: RuleFields,
});

function RuleFields({ form }: FieldsProps<TaxRule, RuleValue>) {
  const classes = useQuery(classCodesQuery);
  const codes = useQuery(taxCodesQuery);
  const known = new Map((codes.data ?? []).map(({ code, name, rate }) => [code, name.includes(percent(rate).slice(0, -1)) ? name : `${name}, ${percent(rate)}`]));
  return (
    <>
      <SelectField label="Tax class" name="tax_class" required options={(classes.data ?? []).map(({ code, name }) => ({ value: code, label: name }))} {...form.bind('tax_class')} />
      <SelectField label="Customers" name="customer_tax_status" options={STATUSES.map((value) => ({ value, label: words(value) }))} {...form.bind('customer_tax_status')} />
      <SelectField label="Delivered to" name="country" options={[{ value: EVERYWHERE, label: 'Everywhere' }, ...countryOptions()]} {...form.bind('country')} />
      <TextField label="Region" name="region" hint="As addresses write it; empty: all of the country." {...form.bind('region')} />
      <Choices
        label="Taxes"
        name="taxes"
        ordered
        hint="In the order in which they are levied. None: nothing is due, and the reason below is printed."
        options={[...new Set([...known.keys(), ...form.value.taxes])].map((value) => ({ value, label: known.get(value) ?? value }))}
        {...form.bind('taxes')}
      />
      <TextField label="Why no tax is due" name="exemption_reason" className="sm:col-span-2" {...form.bind('exemption_reason')} />
    </>
  );
}

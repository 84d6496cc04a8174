import { useQuery } from '@tanstack/react-query';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { decimal, integer } from '@/lib/format';
import { categoryCodesQuery } from './queries';
import { type FieldsProps, type FormOf, made, resource, worded, written } from './resource';

/* The small lists that are a code, a name and at most one thing more. */

interface Coded {
  code: string;
  name: string;
}

const CODED = { searchLabel: 'Code or name', sort: 'code', nameOf: (row: Coded) => row.name };
const start = (row: Coded | null): Coded => ({ code: row?.code ?? '', name: row?.name ?? '' });
const both = ({ code, name }: Coded) => ({ code: code.trim(), name: name.trim() });
const columns = [
  { id: 'code', header: 'Code', sort: 'code', card: 'title' as const, className: 'num whitespace-nowrap', cell: (row: Coded) => row.code },
  { id: 'name', header: 'Name', grow: true, cell: (row: Coded) => row.name },
];

function CodeAndName<F extends Coded>({ form }: { form: FormOf<F> }) {
  const set = (part: Partial<Coded>) => form.change(part as Partial<F>);
  return (
    <>
      <TextField label="Code" name="code" required value={form.value.code} onValueChange={(code) => set({ code })} />
      <TextField label="Name" name="name" required value={form.value.name} onValueChange={(name) => set({ name })} />
    </>
  );
}

type Term = Schemas['PaymentTermView'];
type TermValue = Coded & { due_days: string };

/** Text that is no figure goes to the server as it is, which says so. */
const days = (text: string) => (/^\d{1,5}$/.test(text.trim()) ? parseInt(text, 10) : (text.trim() as unknown as number));
const termBody = (value: TermValue) => ({ ...both(value), due_days: days(value.due_days) });

export const paymentTerms = resource<Term, TermValue>({
  ...CODED,
  page: 'payment-terms',
  title: 'Payment terms',
  one: 'payment term',
  about: 'How long customers have to pay.',
  read: 'customers.read',
  write: 'settings.write',
  columns: [...columns, { id: 'days', header: 'Days', sort: 'due_days', align: 'end', card: 'end', className: 'num', cell: (row) => integer(row.due_days) }],
  list: (query, signal) => body(api.GET('/api/v1/payment-terms', { params: { query: worded(query, ['code', 'name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/payment-terms/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/payment-terms', { params: made(key), body: termBody(form) })),
  update: (row, form, before, key) => body(api.PATCH('/api/v1/payment-terms/{id}', { params: written(row, key), body: changed(termBody(form), termBody(before)) })),
  start: (row) => ({ ...start(row), due_days: row ? String(row.due_days) : '' }),
  Fields: ({ form }: FieldsProps<Term, TermValue>) => (
    <>
      <CodeAndName form={form} />
      <TextField label="Days until it is due" name="due_days" required inputMode="numeric" inputClassName="num text-end" {...form.bind('due_days')} />
    </>
  ),
});

type Group = Schemas['CustomerGroupView'];

export const customerGroups = resource<Group, Coded>({
  ...CODED,
  page: 'customer-groups',
  title: 'Customer groups',
  one: 'customer group',
  about: 'Customers that share prices and reports.',
  read: 'customers.read',
  write: 'settings.write',
  columns,
  list: (query, signal) => body(api.GET('/api/v1/customer-groups', { params: { query: worded(query, ['code', 'name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/customer-groups/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/customer-groups', { params: made(key), body: both(form) })),
  update: (row, form, before, key) => body(api.PATCH('/api/v1/customer-groups/{id}', { params: written(row, key), body: changed(both(form), both(before)) })),
  start,
  Fields: CodeAndName,
});

type Unit = Schemas['UnitView'];
type UnitValue = Coded & { step: string };
const unitBody = (value: UnitValue) => ({ ...both(value), step: value.step || '1' });

export const units = resource<Unit, UnitValue>({
  ...CODED,
  page: 'units',
  title: 'Units',
  one: 'unit',
  about: 'What quantities are counted in.',
  read: 'products.read',
  write: 'products.write',
  columns: [...columns, { id: 'step', header: 'Step', align: 'end', card: 'end', className: 'num', cell: (row) => decimal(row.step) }],
  list: (query, signal) => body(api.GET('/api/v1/units', { params: { query: worded(query, ['code', 'name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/units/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/units', { params: made(key), body: unitBody(form) })),
  update: (row, form, before, key) => body(api.PATCH('/api/v1/units/{id}', { params: written(row, key), body: changed(unitBody(form), unitBody(before)) })),
  start: (row) => ({ ...start(row), step: row?.step ?? '1' }),
  Fields: ({ form }: FieldsProps<Unit, UnitValue>) => (
    <>
      <CodeAndName form={form} />
      <DecimalField label="Step" name="step" hint="Quantities are multiples of it." {...form.bind('step')} />
    </>
  ),
});

type Category = Schemas['CategoryView'];
type CategoryValue = Coded & { parent: string };
const TOP = 'none';
const categoryBody = (value: CategoryValue) => ({ ...both(value), parent: value.parent === TOP ? null : value.parent });

export const categories = resource<Category, CategoryValue>({
  ...CODED,
  page: 'categories',
  title: 'Categories',
  one: 'category',
  about: 'The tree of the catalogue; a price of a category holds for those below it.',
  read: 'products.read',
  write: 'products.write',
  columns: [...columns, { id: 'parent', header: 'Below', card: 'end', className: 'num text-muted', cell: (row) => row.parent }],
  list: (query, signal) => body(api.GET('/api/v1/categories', { params: { query: worded(query, ['code', 'name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/categories/{id}', { params: { path: { id } } })),
  create: (form, key) => body(api.POST('/api/v1/categories', { params: made(key), body: categoryBody(form) })),
  update: (row, form, before, key) => body(api.PATCH('/api/v1/categories/{id}', { params: written(row, key), body: changed(categoryBody(form), categoryBody(before)) })),
  start: (row) => ({ ...start(row), parent: row?.parent ?? TOP }),
  Fields: CategoryFields,
});

function CategoryFields({ form, row }: FieldsProps<Category, CategoryValue>) {
  const all = useQuery(categoryCodesQuery);
  const others = (all.data ?? []).filter(({ code }) => code !== row?.code);
  return (
    <>
      <CodeAndName form={form} />
      <SelectField label="Below" name="parent" options={[{ value: TOP, label: 'Nothing: it is at the top' }, ...others.map(({ code, name }) => ({ value: code, label: name }))]} {...form.bind('parent')} />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Badge } from '@/components/ui/badge';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { money, percent, words } from '@/lib/format';
import { currencyOptions } from '@/lib/places';
import { useCan } from '@/lib/session';
import { Choices } from './choices';
import { rolesQuery } from './queries';
import { type FieldsProps, made, resource, worded, written } from './resource';

type Policy = Schemas['ApprovalPolicyView'];
type Measure = Schemas['ApprovalMeasure'];

interface Value {
  name: string;
  measure: string;
  threshold: string;
  currency: string;
  approver_roles: string[];
}

const MEASURES: Record<Measure, string> = { total: 'Total of the order', discount_percent: 'Discount', margin_percent: 'Margin' };
const TOLD: Record<Measure, string> = { total: 'Total above', discount_percent: 'Discount above', margin_percent: 'Margin below' };

function asks({ measure, threshold, currency }: Policy): string {
  const value = measure === 'total' && currency ? money({ amount: threshold, currency }) : percent(threshold);
  return `${TOLD[measure as Measure] ?? measure} ${value}`;
}

const patch = ({ name, threshold, approver_roles }: Value): Schemas['ApprovalPolicyPatch'] => ({ name: name.trim(), threshold, approver_roles });

function change(row: Policy, request: Schemas['ApprovalPolicyPatch'], key: string) {
  return body(api.PATCH('/api/v1/approval-policies/{id}', { params: written(row, key), body: request }));
}

export const policies = resource<Policy, Value>({
  page: 'approval-policies',
  title: 'Approval policies',
  one: 'approval policy',
  about: 'Which orders wait for a second pair of eyes: by total, discount or margin.',
  read: 'settings.read',
  write: 'settings.write',
  columns: [
    { id: 'name', header: 'Name', sort: 'name', card: 'title', grow: true, cell: (row) => row.name },
    { id: 'asks', header: 'Asks for approval', className: 'num whitespace-nowrap', cell: asks },
    { id: 'roles', header: 'May decide', className: 'max-w-64 truncate text-muted', cell: (row) => row.approver_roles.map(words).join(', ') },
    { id: 'state', header: 'State', card: 'end', cell: (row) => <State row={row} /> },
  ],
  filters: [
    { key: 'measure', label: 'Looks at', options: Object.entries(MEASURES).map(([value, label]) => ({ value, label })) },
    { key: 'active', label: 'In force', options: [{ value: 'true', label: 'Yes' }, { value: 'false', label: 'No' }] },
  ],
  searchLabel: 'Name',
  sort: 'name',
  list: (query, signal) => body(api.GET('/api/v1/approval-policies', { params: { query: worded(query, ['name']) }, signal })),
  get: (id) => body(api.GET('/api/v1/approval-policies/{id}', { params: { path: { id } } })),
  create: ({ measure, currency, ...value }, key) =>
    body(
      api.POST('/api/v1/approval-policies', {
        params: made(key),
        body: { ...value, name: value.name.trim(), measure: measure as Measure, ...(measure === 'total' ? { currency } : {}) },
      }),
    ),
  update: (row, form, before, key) => change(row, changed(patch(form), patch(before)), key),
  nameOf: (row) => row.name,
  badge: (row) => <State row={row} />,
  start: (row, me) => ({
    name: row?.name ?? '', measure: row?.measure ?? 'total', threshold: row?.threshold ?? '', currency: row?.currency ?? me.organization.currency,
    approver_roles: row?.approver_roles ?? ['owner', 'admin', 'manager'],
  }),
  Fields,
  ending: {
    inUse: (row) => row.active,
    end: 'End',
    resume: 'Put in force',
    means: 'Orders are no longer held for it. Approvals it asked for already stay to be decided.',
    set: (row, active, key) => change(row, { active }, key),
  },
});

function State({ row }: { row: Policy }) {
  return row.active ? <Badge tone="green">In force</Badge> : <Badge>Ended</Badge>;
}

function Fields({ form, row }: FieldsProps<Policy, Value>) {
  const can = useCan();
  const { value } = form;
  const roles = useQuery({ ...rolesQuery, enabled: can('members.read') });
  const deciding = roles.data?.data.filter(({ built_in, permissions }) => built_in && permissions.includes('orders.approve')).map(({ name }) => name) ?? value.approver_roles;
  const total = value.measure === 'total';
  return (
    <>
      <TextField label="Name" name="name" required className="sm:col-span-2" hint="What people read on an order that waits." {...form.bind('name')} />
      <SelectField
        label="Looks at"
        name="measure"
        disabled={row !== null}
        options={Object.entries(MEASURES).map(([id, label]) => ({ value: id, label }))}
        {...form.bind('measure')}
      />
      <DecimalField
        label={TOLD[value.measure as Measure] ?? 'Threshold'}
        name="threshold"
        required
        suffix={total ? value.currency : '%'}
        {...form.bind('threshold')}
      />
      {total ? <SelectField label="Orders in" name="currency" disabled={row !== null} hint="A policy by total is about orders of one currency." options={currencyOptions()} {...form.bind('currency')} /> : null}
      <Choices
        label="May decide"
        name="approver_roles"
        options={[...new Set([...deciding, ...value.approver_roles])].map((id) => ({ value: id, label: words(id) }))}
        {...form.bind('approver_roles')}
      />
    </>
  );
}

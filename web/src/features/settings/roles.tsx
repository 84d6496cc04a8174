import { useQuery } from '@tanstack/react-query';
import { DecimalField } from '@/components/ui/decimal-field';
import { SelectField } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { integer, words } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import { PermissionGrid } from './permission-grid';
import { rolesQuery } from './queries';
import { type FieldsProps, made, orNull, resource, written } from './resource';
import { SIGHTS } from './sights';

/** One of the organization's own: those that are built in have no identity. */
type Role = Schemas['RoleView'] & { id: string };

interface Value {
  name: string;
  base: string;
  permissions: string[];
  row_scope: string;
  discount_limit: string;
  approval_limit: string;
}

const own = (answer: Promise<Schemas['RoleView']>) => answer as Promise<Role>;

const patch = ({ name, permissions, row_scope, discount_limit, approval_limit }: Value) => ({
  name: name.trim(),
  permissions,
  row_scope: row_scope as Schemas['RoleScope'],
  discount_limit: orNull(discount_limit),
  approval_limit: orNull(approval_limit),
});

/** How many have it, in words. */
const have = (members: number): string => (members === 0 ? 'nobody has it' : members === 1 ? '1 member has it' : `${integer(members)} members have it`);

export const roles = resource<Role, Value>({
  page: 'roles',
  title: 'Roles',
  one: 'role',
  about: 'What each role may do, and roles of your own.',
  read: 'members.read',
  write: 'members.write',
  columns: [],
  searchLabel: 'Name',
  sort: 'name',
  // All roles, the built-in ones too, are one page of their own.
  list: async (_query, signal) => {
    const { data } = await body(api.GET('/api/v1/roles', { signal }));
    return { data: data.filter((role): role is Role => Boolean(role.id)), page: { has_more: false } };
  },
  get: (id) => own(body(api.GET('/api/v1/roles/{id}', { params: { path: { id } } }))),
  create: (form, key) => own(body(api.POST('/api/v1/roles', { params: made(key), body: { ...patch(form), base: form.base as Schemas['BaseRole'] } }))),
  update: (row, form, before, key) => own(body(api.PATCH('/api/v1/roles/{id}', { params: written(row, key), body: changed(patch(form), patch(before)) }))),
  remove: async (row, key) => {
    await api.DELETE('/api/v1/roles/{id}', { params: written(row, key) });
  },
  removing: (row) => (row.members > 0 ? `${have(row.members)}. Give them another role first: a role that somebody has cannot be removed.` : 'Nobody has it. It is gone for good.'),
  affects: ['members', 'me'],
  nameOf: (row) => row.name,
  detailOf: (row) => `made from ${words(row.base)} · ${have(row.members)}`,
  start: (row) => ({
    name: row?.name ?? '', base: row?.base ?? '', permissions: row?.permissions ?? [], row_scope: row?.row_scope ?? 'own', discount_limit: row?.discount_limit ?? '',
    approval_limit: row?.approval_limit ?? '',
  }),
  Fields,
});

function Fields({ form, row }: FieldsProps<Role, Value>) {
  const { organization, permissions: mine } = useMe();
  const can = useCan();
  const found = useQuery(rolesQuery);
  const { value } = form;
  const offered = new Set([...mine, ...(row?.permissions ?? [])]);
  const bases = (found.data?.data ?? []).filter(({ built_in, name }) => built_in && name !== 'owner');
  const from = (name: string) => {
    const base = bases.find((one) => one.name === name);
    if (!base) return;
    form.change({
      base: name,
      permissions: base.permissions.filter((permission) => offered.has(permission)),
      row_scope: base.row_scope,
      discount_limit: base.discount_limit ?? '',
      approval_limit: base.approval_limit ?? '',
    });
  };
  return (
    <>
      <TextField label="Name" name="name" required autoComplete="off" {...form.bind('name')} />
      <SelectField
        label="Made from"
        name="base"
        required
        disabled={row !== null}
        placeholder="Choose a built-in role"
        options={row ? [{ value: row.base, label: words(row.base) }] : bases.map(({ name }) => ({ value: name, label: words(name) }))}
        hint={row ? 'It decides how long sessions last and which approvals are asked of it.' : 'Fills in what follows. How long sessions last and which approvals are asked of it stay as there.'}
        value={value.base}
        onValueChange={from}
      />
      {value.base === '' ? null : (
        <>
          <SelectField label="Sees" name="row_scope" options={Object.entries(SIGHTS).map(([id, label]) => ({ value: id, label }))} {...form.bind('row_scope')} />
          <div className="grid grid-cols-2 gap-x-4">
            <DecimalField label="Gives at most" name="discount_limit" suffix="%" hint="By hand. Empty: any discount." {...form.bind('discount_limit')} />
            <DecimalField label="Approves at most" name="approval_limit" suffix={organization.currency} hint="A total. Empty: any." {...form.bind('approval_limit')} />
          </div>
          {found.data ? (
            <PermissionGrid all={found.data.permissions} offered={offered} readOnly={!can('members.write')} {...form.bind('permissions')} />
          ) : (
            <Skeleton className="col-span-full h-96" />
          )}
        </>
      )}
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { NewPasswordField } from '@/components/new-password-field';
import { Badge } from '@/components/ui/badge';
import { SelectField } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { date, words } from '@/lib/format';
import { useMe } from '@/lib/session';
import { rolesQuery, teamsQuery } from './queries';
import { type FieldsProps, made, resource, written } from './resource';
import { SIGHTS } from './sights';

type Member = Schemas['MemberView'];

interface Value {
  name: string;
  email: string;
  password: string;
  role: string;
  row_scope: string;
  team_id: string;
}

/** The scope that belongs to the role, and changes with it. */
const BY_ROLE = 'role';
const NO_TEAM = 'none';

const place = ({ row_scope, team_id }: Value) => ({
  row_scope: row_scope === BY_ROLE ? null : (row_scope as Schemas['RowScopeName']),
  team_id: team_id === NO_TEAM ? null : team_id,
});

/** A built-in role goes by its name, one of the organization's own by its identity. */
const roleOf = (role: string) => (role.startsWith('role_') ? { role_id: role } : { role: role as Schemas['RoleName'] });

const patch = (value: Value): Schemas['MemberPatch'] => ({ ...roleOf(value.role), ...place(value) });

/** The list is complete, so the words are looked for here. */
async function list({ q }: Record<string, string>, signal: AbortSignal) {
  const found = await body(api.GET('/api/v1/members', { signal }));
  const wanted = (q ?? '').toLowerCase().split(/\s+/);
  const holds = ({ name, email, role_name }: Member) => wanted.every((word) => `${name} ${email} ${role_name}`.toLowerCase().includes(word));
  return { data: found.data.filter(holds), page: { has_more: false } };
}

function change(row: Member, request: Schemas['MemberPatch'], key: string) {
  return body(api.PATCH('/api/v1/members/{id}', { params: written(row, key), body: request }));
}

export const members = resource<Member, Value>({
  page: 'members',
  title: 'Members',
  one: 'member',
  about: 'Who works here, what each may do and how far each sees.',
  read: 'members.read',
  write: 'members.write',
  columns: [
    { id: 'name', header: 'Name', card: 'title', grow: true, cell: (row) => row.name },
    { id: 'email', header: 'E-mail', className: 'max-w-64 truncate text-muted', cell: (row) => row.email },
    { id: 'role', header: 'Role', cell: roleName },
    { id: 'sees', header: 'Sees', className: 'whitespace-nowrap', card: 'none', cell: (row) => SIGHTS[row.row_scope] ?? row.row_scope },
    { id: 'state', header: 'State', card: 'end', cell: (row) => <State row={row} /> },
    { id: 'factor', header: 'Second factor', from: 'xl', card: 'none', className: 'num whitespace-nowrap text-muted', cell: (row) => (row.second_factor_since ? `since ${date(row.second_factor_since)}` : 'none') },
    { id: 'since', header: 'Since', from: 'xl', card: 'none', className: 'num whitespace-nowrap text-muted', cell: (row) => date(row.created_at) },
  ],
  searchLabel: 'Name, e-mail, role',
  sort: 'name',
  list,
  get: (id) => body(api.GET('/api/v1/members/{id}', { params: { path: { id } } })),
  create: ({ name, email, password, ...value }, key) =>
    body(api.POST('/api/v1/members', { params: made(key), body: { name: name.trim(), email: email.trim(), password, ...roleOf(value.role), ...place({ ...value, name, email, password }) } })),
  update: (row, form, before, key) => change(row, changed(patch(form), patch(before)), key),
  nameOf: (row) => row.name,
  detailOf: (row) => `${row.email} · ${row.second_factor_since ? `second factor since ${date(row.second_factor_since)}` : 'no second factor'}`,
  affects: ['me', 'roles'],
  badge: (row) => <State row={row} />,
  start: (row) => ({
    name: row?.name ?? '', email: row?.email ?? '', password: '', role: row?.role_id ?? row?.role ?? 'rep', row_scope: row?.row_scope ?? BY_ROLE, team_id: row?.team_id ?? NO_TEAM,
  }),
  Fields,
  ending: {
    inUse: (row) => row.state === 'active',
    end: 'Deactivate',
    resume: 'Activate',
    means: 'Every session ends at once, and signing in is no longer possible. What the member did stays, and the member can be activated again.',
    set: (row, active, key) => change(row, { state: active ? 'active' : 'suspended' }, key),
  },
});

/** Built-in roles are codes, the organization's own are names. */
function roleName({ role, role_id, role_name }: Member): string {
  return role_id ? role_name : words(role);
}

function State({ row }: { row: Member }) {
  return row.state === 'active' ? <Badge tone="green">Active</Badge> : <Badge tone="red">Deactivated</Badge>;
}

/** The server lets nobody lift others above themselves; owners are made by owners. */
function useMayGive() {
  const { permissions, membership } = useMe();
  const owns = membership.role === 'owner' && !membership.role_id;
  return (role: Schemas['RoleView']) => role.permissions.every((permission) => permissions.includes(permission)) && (owns || role.name !== 'owner' || !role.built_in);
}

function Fields({ form, row }: FieldsProps<Member, Value>) {
  const roles = useQuery(rolesQuery);
  const teams = useQuery(teamsQuery);
  const mayGive = useMayGive();
  // What the member has stays to be seen, whoever looks.
  const held = row?.role_id ?? row?.role;
  const offered = (roles.data?.data ?? []).filter((role) => mayGive(role) || (role.id ?? role.name) === held);
  const known = offered.map(({ id, name, row_scope }) => ({ value: id ?? name, label: id ? name : words(name), row_scope }));
  const scope = known.find(({ value }) => value === form.value.role)?.row_scope;
  const options = known.length ? known : [{ value: form.value.role, label: row ? roleName(row) : words(form.value.role) }];
  return (
    <>
      {row ? null : (
        <>
          <TextField label="Name" name="name" required autoComplete="off" {...form.bind('name')} />
          <TextField label="E-mail" name="email" type="email" required autoComplete="off" {...form.bind('email')} />
          <NewPasswordField label="First password" {...form.bind('password')} />
        </>
      )}
      <SelectField label="Role" name="role" options={options} hint={offered.length < (roles.data?.data.length ?? 0) ? 'Roles that allow more than yours are not offered.' : 'The page of roles says what each may do.'} {...form.bind('role')} />
      <SelectField
        label="Sees"
        name="row_scope"
        options={[{ value: BY_ROLE, label: `As the role${scope ? `: ${SIGHTS[scope]?.toLowerCase()}` : ''}` }, ...Object.entries(SIGHTS).map(([value, label]) => ({ value, label }))]}
        {...form.bind('row_scope')}
      />
      <SelectField
        label="Team"
        name="team_id"
        options={[{ value: NO_TEAM, label: 'No team' }, ...(teams.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        {...form.bind('team_id')}
      />
    </>
  );
}


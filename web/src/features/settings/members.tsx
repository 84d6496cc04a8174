import { NewPasswordField } from '@/components/new-password-field';
import { Badge } from '@/components/ui/badge';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { date, words } from '@/lib/format';
import { BY_ROLE, NO_TEAM, type Place, PlaceFields, placeBody, roleBody } from './member-place';
import { type FieldsProps, made, resource, written } from './resource';
import { SIGHTS } from './sights';

type Member = Schemas['MemberView'];

interface Value extends Place {
  name: string;
  email: string;
  password: string;
}

const patch = (value: Value): Schemas['MemberPatch'] => ({ ...roleBody(value.role), ...placeBody(value) });

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
  beside: { page: 'invitations', label: 'Invitations' },
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
    body(api.POST('/api/v1/members', { params: made(key), body: { name: name.trim(), email: email.trim(), password, ...roleBody(value.role), ...placeBody(value) } })),
  update: (row, form, before, key) => change(row, changed(patch(form), patch(before)), key),
  nameOf: (row) => row.name,
  detailOf: (row) => `${row.email} · ${row.second_factor_since ? `second factor since ${date(row.second_factor_since)}` : 'no second factor'}`,
  affects: ['me', 'roles'],
  badge: (row) => <State row={row} />,
  start: (row) => ({
    name: row?.name ?? '', email: row?.email ?? '', password: '', role: row?.role_id ?? row?.role ?? 'rep', row_scope: row?.row_scope ?? BY_ROLE, team_id: row?.team_id ?? NO_TEAM,
  }),
  Fields,
  deeds: [
    {
      verb: 'End sessions',
      means: 'Whatever the member has open here asks for the sign-in again, with the next thing they do.',
      done: 'Every session is ended',
      offered: (row) => row.state === 'active',
      run: (row, key) => body(api.POST('/api/v1/members/{id}/end-sessions', { params: written(row, key), body: {} })),
    },
    {
      verb: 'Reset second factor',
      means: 'Passkeys, authenticator app and recovery codes are gone, and every session ends: signing in takes the password alone until another is set up. Make sure that it is the member who asks for it. A mail tells them.',
      done: 'The second factor is reset',
      offered: (row) => Boolean(row.second_factor_since),
      run: (row, key) => body(api.POST('/api/v1/members/{id}/reset-second-factors', { params: written(row, key), body: {} })),
    },
  ],
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

function Fields({ form, row }: FieldsProps<Member, Value>) {
  return (
    <>
      {row ? null : (
        <>
          <TextField label="Name" name="name" required autoComplete="off" {...form.bind('name')} />
          <TextField label="E-mail" name="email" type="email" required autoComplete="off" {...form.bind('email')} />
          <NewPasswordField label="First password" {...form.bind('password')} />
        </>
      )}
      <PlaceFields form={form} held={row ? { value: row.role_id ?? row.role, label: roleName(row) } : null} />
    </>
  );
}

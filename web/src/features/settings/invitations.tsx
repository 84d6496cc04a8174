import { Badge } from '@/components/ui/badge';
import { SelectField } from '@/components/ui/select';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { dateTime, integer, words } from '@/lib/format';
import { BY_ROLE, NO_TEAM, PlaceFields, type Place, placeBody, roleBody } from './member-place';
import { type FieldsProps, made, orNull, resource, written } from './resource';

type Invitation = Schemas['InvitationView'];

interface Value extends Place {
  email: string;
  name: string;
  expires_in_days: string;
}

const DAYS = [1, 2, 3, 5, 7].map((days) => ({ value: String(days), label: days === 1 ? '1 day' : `${days} days` }));
const TONES = { open: 'blue', expired: 'amber', accepted: 'green', revoked: 'grey' } as const;
const STATES: Record<string, string> = { open: 'Waits', expired: 'Expired', accepted: 'Accepted', revoked: 'Taken back' };
/** Five letters are the most that one invitation is. */
const MOST_SENDS = 5;

const waits = ({ state }: Invitation) => state === 'open' || state === 'expired';

async function list({ q }: Record<string, string>, signal: AbortSignal) {
  const found = await body(api.GET('/api/v1/invitations', { signal }));
  const wanted = (q ?? '').toLowerCase().split(/\s+/);
  const holds = ({ name, email, role_name }: Invitation) => wanted.every((word) => `${name ?? ''} ${email} ${role_name}`.toLowerCase().includes(word));
  return { data: found.data.filter(holds), page: { has_more: false } };
}

export const invitations = resource<Invitation, Value>({
  page: 'invitations',
  title: 'Invitations',
  one: 'invitation',
  about: 'Colleagues who get a link by mail and choose their own password.',
  read: 'members.read',
  write: 'members.write',
  columns: [
    { id: 'email', header: 'E-mail', card: 'title', grow: true, cell: (row) => row.email },
    { id: 'name', header: 'Name', className: 'max-w-48 truncate text-muted', cell: (row) => row.name ?? '' },
    { id: 'role', header: 'Role', cell: roleName },
    { id: 'by', header: 'Invited by', card: 'none', className: 'max-w-48 truncate text-muted', cell: (row) => row.invited_by_name },
    { id: 'until', header: 'Link works until', from: 'xl', card: 'none', className: 'num whitespace-nowrap text-muted', cell: (row) => dateTime(row.expires_at) },
    { id: 'state', header: 'State', card: 'end', cell: (row) => <State row={row} /> },
  ],
  searchLabel: 'E-mail, name, role',
  sort: 'email',
  list,
  get: (id) => body(api.GET('/api/v1/invitations/{id}', { params: { path: { id } } })),
  create: ({ email, name, expires_in_days, ...value }, key) =>
    body(
      api.POST('/api/v1/invitations', {
        params: made(key),
        body: { email: email.trim(), name: orNull(name), expires_in_days: parseInt(expires_in_days, 10), ...roleBody(value.role), ...placeBody(value) },
      }),
    ),
  deeds: [
    {
      verb: 'Send again',
      means: 'A new link is sent, and works as long as the first one did. The one before no longer works.',
      done: 'The invitation is on its way again',
      offered: (row) => waits(row) && row.sends < MOST_SENDS,
      run: (row, key) => body(api.POST('/api/v1/invitations/{id}/resend', { params: written(row, key), body: {} })),
    },
  ],
  remove: async (row, key) => {
    await api.DELETE('/api/v1/invitations/{id}', { params: written(row, key) });
  },
  removing: () => 'The link no longer works, and nobody is told.',
  removal: { verb: 'Take back', done: 'Taken back', offered: waits },
  nameOf: (row) => row.email,
  detailOf: (row) => `${row.invited_by_name} · sent ${row.sends === 1 ? 'once' : `${integer(row.sends)} times`} · the link works until ${dateTime(row.expires_at)}`,
  badge: (row) => <State row={row} />,
  start: (row) => ({
    email: row?.email ?? '', name: row?.name ?? '', role: row?.role_id ?? row?.role ?? 'rep', row_scope: row?.row_scope ?? BY_ROLE, team_id: row?.team_id ?? NO_TEAM, expires_in_days: '3',
  }),
  Fields,
});

function roleName({ role_id, role_name }: Invitation): string {
  return role_id ? role_name : words(role_name);
}

function State({ row }: { row: Invitation }) {
  return <Badge tone={TONES[row.state as keyof typeof TONES] ?? 'grey'}>{STATES[row.state] ?? row.state}</Badge>;
}

function Fields({ form, row }: FieldsProps<Invitation, Value>) {
  return (
    <>
      <TextField label="E-mail" name="email" type="email" required autoComplete="off" readOnly={row !== null} {...form.bind('email')} />
      <TextField label="Name" name="name" autoComplete="off" readOnly={row !== null} hint={row ? undefined : 'As a suggestion.'} {...form.bind('name')} />
      <PlaceFields form={form} held={row ? { value: row.role_id ?? row.role, label: roleName(row) } : null} disabled={row !== null} />
      {row ? null : <SelectField label="The link works for" name="expires_in_days" options={DAYS} {...form.bind('expires_in_days')} />}
    </>
  );
}

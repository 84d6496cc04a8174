import { useQuery } from '@tanstack/react-query';
import type { useForm } from '@/components/form';
import { SelectField } from '@/components/ui/select';
import type { Schemas } from '@/lib/api';
import { words } from '@/lib/format';
import { useMe } from '@/lib/session';
import { rolesQuery, teamsQuery } from './queries';
import { SIGHTS } from './sights';

/* Where somebody stands in the organization: role, sight, team. Members have it, and whoever is invited. */

export interface Place {
  role: string;
  row_scope: string;
  team_id: string;
}

/** The scope that belongs to the role, and changes with it. */
export const BY_ROLE = 'role';
export const NO_TEAM = 'none';

export const placeBody = ({ row_scope, team_id }: Place) => ({
  row_scope: row_scope === BY_ROLE ? null : (row_scope as Schemas['RowScopeName']),
  team_id: team_id === NO_TEAM ? null : team_id,
});

/** A built-in role goes by its name, one of the organization's own by its identity. */
export const roleBody = (role: string) => (role.startsWith('role_') ? { role_id: role } : { role: role as Schemas['RoleName'] });

/** The server lets nobody lift others above themselves; owners are made by owners. */
function useMayGive() {
  const { permissions, membership } = useMe();
  const owns = membership.role === 'owner' && !membership.role_id;
  return (role: Schemas['RoleView']) => role.permissions.every((permission) => permissions.includes(permission)) && (owns || role.name !== 'owner' || !role.built_in);
}

interface PlaceFieldsProps {
  form: Pick<ReturnType<typeof useForm<Place>>, 'value' | 'change' | 'bind'>;
  /** The role that is there already: it stays to be seen, whoever looks. */
  held: { value: string; label: string } | null;
  disabled?: boolean;
}

export function PlaceFields({ form, held, disabled }: PlaceFieldsProps) {
  const roles = useQuery(rolesQuery);
  const teams = useQuery(teamsQuery);
  const mayGive = useMayGive();
  const all = roles.data?.data ?? [];
  const offered = all.filter((role) => mayGive(role) || (role.id ?? role.name) === held?.value);
  const known = offered.map(({ id, name, row_scope }) => ({ value: id ?? name, label: id ? name : words(name), row_scope }));
  const scope = known.find(({ value }) => value === form.value.role)?.row_scope;
  const options = known.length ? known : [held ?? { value: form.value.role, label: words(form.value.role) }];
  const hint = offered.length < all.length ? 'Roles that allow more than yours are not offered.' : 'The page of roles says what each may do.';
  return (
    <>
      <SelectField label="Role" name="role" options={options} hint={disabled ? undefined : hint} disabled={disabled} {...form.bind('role')} />
      <SelectField
        label="Sees"
        name="row_scope"
        disabled={disabled}
        options={[{ value: BY_ROLE, label: `As the role${scope ? `: ${SIGHTS[scope]?.toLowerCase()}` : ''}` }, ...Object.entries(SIGHTS).map(([value, label]) => ({ value, label }))]}
        {...form.bind('row_scope')}
      />
      <SelectField
        label="Team"
        name="team_id"
        disabled={disabled}
        options={[{ value: NO_TEAM, label: 'No team' }, ...(teams.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        {...form.bind('team_id')}
      />
    </>
  );
}

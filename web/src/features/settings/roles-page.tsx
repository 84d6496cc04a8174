import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, Plus } from 'lucide-react';
import { Fragment } from 'react';
import { BackLink } from '@/components/detail-frame';
import { ProblemBanner } from '@/components/problem-banner';
import { buttonClass } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import type { Schemas } from '@/lib/api';
import { integer, money, percent, words } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import { useTitle } from '@/lib/use-title';
import { actionName, areaName, areaOf } from './permission-words';
import { rolesQuery } from './queries';
import { SIGHTS } from './sights';

/** What each role may do, as the server applies it. */
export function RolesPage() {
  useTitle('Roles');
  const can = useCan();
  const found = useQuery(rolesQuery);
  return (
    <div className="mx-auto w-full max-w-5xl px-3 py-4 sm:px-6">
      <BackLink label="Settings" to="/settings" />
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="m-0 text-xl font-semibold">Roles</h1>
        {can('members.write') ? (
          <Link to="/settings/$resource/new" params={{ resource: 'roles' }} className={buttonClass('primary')}>
            <Plus size={16} aria-hidden="true" />
            New role
          </Link>
        ) : null}
      </header>
      <p className="mt-1 mb-4 text-muted">
        A member has one of these, and sees as much as it says unless the member is told otherwise. Roles of your own are made from a built-in one; their names lead to them.
      </p>
      <ProblemBanner error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton className="h-96 w-full" /> : null}
      {found.data ? <Matrix roles={found.data.data} permissions={found.data.permissions} /> : null}
    </div>
  );
}

const HEAD = 'sticky top-0 z-10 border-b border-line bg-sunken px-2 py-2 text-xs font-semibold text-muted';
const CELL = 'border-b border-line px-2 py-1.5 text-center';

function Matrix({ roles, permissions }: { roles: Schemas['RoleView'][]; permissions: string[] }) {
  const { organization } = useMe();
  const areas = [...new Set(permissions.map(areaOf))];
  return (
    // A scroll region must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="card relative max-h-[calc(100dvh-12rem)] overflow-auto max-sm:max-h-none" role="region" aria-label="What each role may do" tabIndex={0}>
      <table className="w-full border-separate border-spacing-0">
        <thead>
          <tr>
            <th scope="col" className={`${HEAD} start-0 z-20 ps-4 text-start`}>
              Permission
            </th>
            {roles.map(({ id, name, base }) => (
              <th key={id ?? name} scope="col" className={`${HEAD} text-center`}>
                {id ? <OwnRole id={id} name={name} base={base} /> : words(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Limits label="Sees" roles={roles} of={({ row_scope }) => SIGHTS[row_scope] ?? row_scope} />
          <Limits label="Members" roles={roles} of={({ members }) => integer(members)} />
          <Limits label="Gives at most" roles={roles} of={({ discount_limit }) => (discount_limit ? percent(discount_limit) : 'any discount')} />
          <Limits label="Approves at most" roles={roles} of={({ approval_limit, permissions: may }) => approves(may, approval_limit ?? null, organization.currency)} />
          {areas.map((area) => (
            <Fragment key={area}>
              <tr>
                <th scope="rowgroup" colSpan={roles.length + 1} className="border-b border-line bg-sunken px-4 py-1.5 text-start text-sm font-semibold">
                  <span className="sticky start-4">{areaName(area)}</span>
                </th>
              </tr>
              {permissions
                .filter((permission) => areaOf(permission) === area)
                .map((permission) => (
                  <tr key={permission} className="hover:bg-hover">
                    <th scope="row" className={`${CELL} sticky start-0 bg-surface ps-4 text-start! font-normal whitespace-nowrap`}>
                      {actionName(permission)}
                    </th>
                    {roles.map((role) => (
                      <td key={role.id ?? role.name} className={CELL}>
                        <Mark allowed={role.permissions.includes(permission)} />
                      </td>
                    ))}
                  </tr>
                ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OwnRole({ id, name, base }: { id: string; name: string; base: string }) {
  return (
    <>
      <Link to="/settings/$resource/$id" params={{ resource: 'roles', id }} className="inline-block min-h-6 max-w-40 truncate leading-6 text-accent-text underline underline-offset-2">
        {name}
      </Link>
      <span className="block font-normal">from {words(base)}</span>
    </>
  );
}

function approves(permissions: string[], limit: string | null, currency: string): string {
  if (!permissions.includes('orders.approve')) return '—';
  return limit ? money({ amount: limit, currency }) : 'any total';
}

type Role = Schemas['RoleView'];

function Limits({ label, roles, of }: { label: string; roles: Role[]; of: (role: Role) => string }) {
  return (
    <tr>
      <th scope="row" className={`${CELL} sticky start-0 bg-surface ps-4 text-start! font-medium whitespace-nowrap`}>
        {label}
      </th>
      {roles.map((role) => (
        <td key={role.id ?? role.name} className={`${CELL} num text-sm text-muted`}>
          {of(role)}
        </td>
      ))}
    </tr>
  );
}

function Mark({ allowed }: { allowed: boolean }) {
  if (!allowed) return <span className="sr-only">no</span>;
  return (
    <>
      <Check size={16} className="mx-auto text-green" aria-hidden="true" />
      <span className="sr-only">yes</span>
    </>
  );
}

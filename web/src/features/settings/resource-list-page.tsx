import { Link, useParams } from '@tanstack/react-router';
import { Plus, Settings } from 'lucide-react';
import { NotFound } from '@/components/crash';
import { BackLink } from '@/components/detail-frame';
import { EmptyState } from '@/components/empty-state';
import { Forbidden } from '@/components/forbidden';
import { ListFrame } from '@/components/list-frame';
import { buttonClass } from '@/components/ui/button';
import { useCan } from '@/lib/session';
import { resourceAt } from './registry';
import type { AnyResource } from './resource';

export function ResourceListPage() {
  const { resource } = useParams({ strict: false });
  const can = useCan();
  const found = resourceAt(resource);
  if (!found) return <NotFound />;
  if (!can(found.read)) return <Forbidden permission={found.read} />;
  return <List key={found.page} of={found} />;
}

const ALWAYS = ['q', 'sort', 'cursor', 'limit', 'count'];

function List({ of }: { of: AnyResource }) {
  const can = useCan();
  const known = new Set([...ALWAYS, ...(of.filters ?? []).map(({ key }) => key)]);
  const create =
    of.create && can(of.write) ? (
      <Link to="/settings/$resource/new" params={{ resource: of.page }} className={buttonClass('primary')}>
        <Plus size={16} aria-hidden="true" />
        New {of.one}
      </Link>
    ) : null;
  const beside = of.beside ? (
    <Link to="/settings/$resource" params={{ resource: of.beside.page }} className={buttonClass()}>
      {of.beside.label}
    </Link>
  ) : null;
  return (
    <>
      <div className="mx-auto -mb-3 w-full max-w-[1600px] px-3 pt-3 sm:px-6">
        <BackLink label="Settings" to="/settings" />
      </div>
      <ListFrame
        title={of.title}
        noun={of.title.toLowerCase()}
        queryKey={of.page}
        // A filter of another list in the address is none of this one.
        fetch={(query, signal) => of.list(Object.fromEntries(Object.entries(query).filter(([key]) => known.has(key))), signal)}
        columns={of.columns}
        rowKey={(row) => row.id}
        href={(row) => `/settings/${of.page}/${row.id}`}
        filters={of.filters}
        searchLabel={of.searchLabel}
        defaultSort={of.sort}
        actions={
          <>
            {beside}
            {create}
          </>
        }
        empty={
          <EmptyState icon={Settings} title={`No ${of.title.toLowerCase()} yet`} actions={create}>
            {of.about}
          </EmptyState>
        }
      />
    </>
  );
}

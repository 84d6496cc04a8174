import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { NotFound } from '@/components/crash';
import { BackLink, DetailFrame, DetailPending } from '@/components/detail-frame';
import { Forbidden } from '@/components/forbidden';
import { Form, FormSection, useForm } from '@/components/form';
import { useProof } from '@/components/proof';
import { Button, buttonClass } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { newKey } from '@/lib/api';
import { isStale, undecided } from '@/lib/api-error';
import { dateTime } from '@/lib/format';
import { useCan, useMe } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import { useTitle } from '@/lib/use-title';
import { resourceAt } from './registry';
import type { AnyResource, Deed, Row } from './resource';

const listOf = ({ title, page }: AnyResource) => ({ label: title, to: `/settings/${page}`, noun: title.toLowerCase() });

export function NewResourcePage() {
  const { resource } = useParams({ strict: false });
  const can = useCan();
  const of = resourceAt(resource);
  if (!of?.create) return <NotFound />;
  if (!can(of.write)) return <Forbidden permission={of.write} />;
  return <NewRecord key={of.page} of={of} />;
}

function NewRecord({ of }: { of: AnyResource }) {
  const title = `New ${of.one}`;
  useTitle(title);
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-4 sm:px-6">
      <BackLink label={of.title} to={`/settings/${of.page}`} />
      <h1 className="m-0 mb-4 text-xl font-semibold">{title}</h1>
      <RecordForm of={of} row={null} />
    </div>
  );
}

export function ResourcePage() {
  const { resource, id } = useParams({ strict: false });
  const can = useCan();
  const of = resourceAt(resource);
  if (!of || !id) return <NotFound />;
  if (!can(of.read)) return <Forbidden permission={of.read} />;
  return <Loaded key={`${of.page} ${id}`} of={of} id={id} />;
}

function Loaded({ of, id }: { of: AnyResource; id: string }) {
  const found = useQuery({ queryKey: [of.page, id], queryFn: () => of.get(id) });
  if (!found.data) return <DetailPending list={listOf(of)} error={found.error} onRetry={() => void found.refetch()} />;
  return <Record of={of} row={found.data} />;
}

function changedAt(row: Row): string | null {
  return 'updated_at' in row && typeof row.updated_at === 'string' ? `Last changed ${dateTime(row.updated_at)}` : null;
}

function Record({ of, row }: { of: AnyResource; row: Row }) {
  const can = useCan();
  const writes = can(of.write);
  return (
    <div className="mx-auto w-full max-w-4xl">
      <DetailFrame
        list={listOf(of)}
        id={row.id}
        title={of.nameOf(row)}
        name={of.nameOf(row)}
        subtitle={[of.detailOf?.(row), changedAt(row)].filter(Boolean).join(' · ')}
        badges={of.badge?.(row)}
        actions={writes ? <Actions of={of} row={row} /> : null}
      >
        <RecordForm of={of} row={row} readOnly={!writes || !of.update} />
      </DetailFrame>
    </div>
  );
}

const REMOVAL = { verb: 'Remove', done: 'Removed', offered: () => true };

/** Taking a record out of use or away, after asking; putting it back needs no question. */
function Actions({ of, row }: { of: AnyResource; row: Row }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'end' | 'remove' | null>(null);
  const refresh = () => Promise.all([of.page, ...(of.affects ?? [])].map((page) => client.invalidateQueries({ queryKey: [page] })));
  const { ending, removal = REMOVAL } = of;
  const proof = useProof();
  const set = useMutation({
    mutationFn: async (inUse: boolean) => {
      await proof.prove();
      return ending?.set(row, inUse, newKey()) ?? row;
    },
    onError: (error) => {
      proof.refused(error);
      // What needs no question may need the password.
      setAsking('end');
    },
    onSuccess: (next) => {
      client.setQueryData([of.page, row.id], next);
      setAsking(null);
      toast(`${of.nameOf(next)}: done`);
    },
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: async () => {
      await proof.prove();
      await of.remove?.(row, newKey());
    },
    onError: async (error) => {
      proof.refused(error);
      if (isStale(error)) await client.invalidateQueries({ queryKey: [of.page, row.id], exact: true });
    },
    onSuccess: async () => {
      await navigate({ to: `/settings/${of.page}` });
      client.removeQueries({ queryKey: [of.page, row.id] });
      toast(removal.done);
      await refresh();
    },
  });
  const name = of.nameOf(row);
  return (
    <>
      {of.deeds?.map((deed) => (deed.offered(row) ? <DeedButton key={deed.verb} of={of} row={row} deed={deed} /> : null))}
      {ending?.inUse(row) ? <Button onClick={() => setAsking('end')}>{ending.end}…</Button> : null}
      {ending && !ending.inUse(row) ? (
        <Button busy={set.isPending} onClick={() => set.mutate(true)}>
          {ending.resume}
        </Button>
      ) : null}
      {of.remove && removal.offered(row) ? <Button onClick={() => setAsking('remove')}>{removal.verb}…</Button> : null}
      {ending && asking === 'end' ? (
        <ConfirmDialog
          title={`${ending.inUse(row) ? ending.end : ending.resume} “${name}”`}
          action={ending.inUse(row) ? ending.end : ending.resume}
          busy={set.isPending}
          error={set.error}
          onConfirm={() => set.mutate(!ending.inUse(row))}
          onClose={() => setAsking(null)}
        >
          {ending.inUse(row) ? ending.means : null}
          {proof.fields(() => set.mutate(!ending.inUse(row)))}
        </ConfirmDialog>
      ) : null}
      {asking === 'remove' ? (
        <ConfirmDialog title={`${removal.verb} “${name}”`} action={removal.verb} busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={() => setAsking(null)}>
          <p className="m-0">{of.removing?.(row) ?? 'It is gone for good. Orders that it was used for keep what they have.'}</p>
          {proof.fields(() => remove.mutate())}
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function DeedButton({ of, row, deed }: { of: AnyResource; row: Row; deed: Deed<Row> }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const proof = useProof();
  const run = useMutation({
    mutationFn: async () => {
      await proof.prove();
      return deed.run(row, newKey());
    },
    onError: proof.refused,
    onSuccess: (next) => {
      client.setQueryData([of.page, row.id], next);
      setAsking(false);
      toast(deed.done);
    },
    // After a refusal too: the record may have changed meanwhile.
    onSettled: () => client.invalidateQueries({ queryKey: [of.page] }),
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>{deed.verb}…</Button>
      {asking ? (
        <ConfirmDialog title={`${deed.verb}: “${of.nameOf(row)}”`} action={deed.verb} busy={run.isPending} error={run.error} onConfirm={() => run.mutate()} onClose={() => setAsking(false)}>
          <p className="m-0">{deed.means}</p>
          {proof.fields(() => run.mutate())}
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function RecordForm({ of, row, readOnly = false }: { of: AnyResource; row: Row | null; readOnly?: boolean }) {
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key, setKey] = useState(newKey);
  const [start, setStart] = useState(() => of.start(row, me));
  const form = useForm(start);
  const proof = useProof();
  const save = useMutation({
    mutationFn: async () => {
      await proof.prove();
      if (row && of.update) return of.update(row, form.value, start, key);
      return of.create ? of.create(form.value, key) : Promise.reject(new Error('Nothing to make'));
    },
    onSuccess: async (next) => {
      client.setQueryData([of.page, next.id], next);
      // Another page may choose from these, too.
      void client.invalidateQueries({ queryKey: [of.page], predicate: (query) => query.queryKey[1] !== next.id });
      for (const page of of.affects ?? []) void client.invalidateQueries({ queryKey: [page] });
      toast(row ? `${of.nameOf(next)} saved` : `${of.nameOf(next)} created`);
      setKey(newKey());
      if (row) {
        const now = of.start(next, me);
        setStart(now);
        form.reset(now);
      } else await navigate({ to: `/settings/${of.page}/${next.id}` });
    },
    onError: async (error) => {
      proof.refused(error);
      if (!undecided(error)) setKey(newKey());
      // The version that somebody else made is read, so that the next attempt is about it.
      if (row && isStale(error)) await client.invalidateQueries({ queryKey: [of.page, row.id], exact: true });
    },
  });
  const submit = () => {
    if (!readOnly && !save.isPending) save.mutate();
  };
  useCommands(readOnly ? [] : [{ id: 'settings.save', name: 'Save', keys: 'mod+s', group: 'Settings', inFields: true, run: submit }]);
  const { Fields } = of;
  const shown = proof.fields(submit);
  return (
    <Form onSubmit={submit} error={save.error} label={row ? of.nameOf(row) : `New ${of.one}`}>
      <fieldset disabled={readOnly} className="m-0 min-w-0 border-0 p-0">
        <FormSection title={of.one.charAt(0).toUpperCase() + of.one.slice(1)} hint={readOnly && of.update ? 'You may look at it, not change it.' : undefined}>
          <Fields form={form} row={row} />
        </FormSection>
        {shown ? <FormSection title="Show that it is you">{shown}</FormSection> : null}
      </fieldset>
      {readOnly ? null : (
        <div className="flex justify-end gap-2">
          <Link to="/settings/$resource" params={{ resource: of.page }} className={buttonClass()}>
            {row && !form.dirty ? 'Back' : 'Cancel'}
          </Link>
          <Button type="submit" kind="primary" busy={save.isPending} disabled={row !== null && !form.dirty}>
            {row ? 'Save' : `Create ${of.one}`}
          </Button>
        </div>
      )}
    </Form>
  );
}

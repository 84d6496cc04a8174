import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, use, useState } from 'react';
import { Form, useForm } from '@/components/form';
import { useProof } from '@/components/proof';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { SelectField } from '@/components/ui/select';
import { TextArea, TextField } from '@/components/ui/text-field';
import { FieldProblems, messageAt } from '@/lib/problems';
import { useMe } from '@/lib/session';
import { type ApiKey, apiKeysQuery, createKey, type FreshKey, rotateKey } from './api';

/** The server gives keys no part in managing members. */
const NOT_FOR_KEYS = 'members.write';
const days = (values: number[]) => values.map((value) => ({ value: String(value), label: value === 1 ? '1 day' : `${value} days` }));
const hours = [
  { value: '0', label: 'At once' },
  { value: '1', label: 'After an hour' },
  { value: '24', label: 'After a day' },
  { value: '168', label: 'After a week' },
];
const sights = [
  { value: 'all', label: 'What you see' },
  { value: 'team', label: 'What your team sells' },
  { value: 'own', label: 'What is yours' },
];

/** A mutation that hands out a key, showing who asks for it when the server wants that. */
function useFreshKey(make: () => Promise<FreshKey>) {
  const client = useQueryClient();
  const proof = useProof();
  const send = useMutation({
    mutationFn: async () => {
      await proof.prove();
      return make();
    },
    onError: proof.refused,
    onSuccess: () => void client.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  });
  return { send, proof: proof.fields(() => send.mutate()) };
}

export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { permissions } = useMe();
  const form = useForm({ name: '', scopes: [] as string[], days: '90', networks: '', row_scope: 'all' });
  const { value } = form;
  const { send, proof } = useFreshKey(() =>
    createKey({
      name: value.name,
      scopes: value.scopes,
      expires_in_days: parseInt(value.days, 10),
      networks: value.networks.split(/[\s,]+/).filter(Boolean),
      row_scope: value.row_scope === 'own' || value.row_scope === 'team' ? value.row_scope : undefined,
    }),
  );
  if (send.data) return <KeyShown fresh={send.data} onClose={onClose} />;
  return (
    <KeyDialog title="New API key" description="For a program that works with your rights." action="Make the key" busy={send.isPending} onClose={onClose}>
      <Form id="key" label="New API key" onSubmit={() => send.mutate()} error={send.error}>
        <div className="grid gap-4">
          <TextField label="What it is for" name="name" required {...form.bind('name')} />
          <Scopes
            offered={permissions.filter((permission) => permission !== NOT_FOR_KEYS)}
            chosen={value.scopes}
            onChange={(scopes) => form.change({ scopes })}
          />
          <SelectField label="Works for" name="expires_in_days" options={days([1, 7, 30, 90, 180, 365])} {...form.bind('days')} />
          <SelectField label="It sees" name="row_scope" options={sights} {...form.bind('row_scope')} />
          <TextArea
            label="Only from these addresses"
            name="networks"
            rows={2}
            hint="Such as 203.0.113.0/24, one per line. Empty: from anywhere."
            {...form.bind('networks')}
          />
          {proof}
        </div>
      </Form>
    </KeyDialog>
  );
}

export function RotateKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const [overlap, setOverlap] = useState('24');
  const { send, proof } = useFreshKey(() => rotateKey(apiKey.id, parseInt(overlap, 10)));
  if (send.data) return <KeyShown fresh={send.data} onClose={onClose} />;
  return (
    <KeyDialog
      title={`Replace “${apiKey.name}”`}
      description="The new key may do the same and lives as long. Both work until the old one ends."
      action="Replace the key"
      busy={send.isPending}
      onClose={onClose}
    >
      <Form id="key" label="Replace the key" onSubmit={() => send.mutate()} error={send.error}>
        <div className="grid gap-4">
          <SelectField label="The old key ends" name="overlap_hours" options={hours} value={overlap} onValueChange={setOverlap} />
          {proof}
        </div>
      </Form>
    </KeyDialog>
  );
}

function KeyDialog(props: { title: string; description: string; action: string; busy: boolean; onClose: () => void; children: ReactNode }) {
  const { title, description, action, busy, onClose, children } = props;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="key" kind="primary" busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}

function Scopes({ offered, chosen, onChange }: { offered: string[]; chosen: string[]; onChange: (scopes: string[]) => void }) {
  const message = messageAt(use(FieldProblems), 'scopes');
  const toggle = (scope: string, on: boolean) => onChange(on ? [...chosen, scope] : chosen.filter((other) => other !== scope));
  return (
    <fieldset className="m-0 min-w-0 border-0 p-0" data-field="scopes" aria-describedby={message ? 'scopes-problem' : undefined}>
      <legend className="mb-1 p-0 text-sm font-medium text-muted">It may</legend>
      <div className="grid max-h-52 gap-x-4 gap-y-1 overflow-y-auto sm:grid-cols-2">
        {offered.map((scope) => (
          <Checkbox key={scope} label={scope} checked={chosen.includes(scope)} onCheckedChange={(on) => toggle(scope, on)} />
        ))}
      </div>
      {message ? (
        <p id="scopes-problem" className="m-0 mt-1 text-sm text-red">
          {message}
        </p>
      ) : null}
    </fieldset>
  );
}

/** The one time the text of a key is seen. */
function KeyShown({ fresh, onClose }: { fresh: FreshKey; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(fresh.key);
    setCopied(true);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="The key is made"
      footer={
        <>
          <Button onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</Button>
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Banner kind="warning" title="It is shown once">
          Put it where the program reads its secrets. Nobody can look it up again.
        </Banner>
        <TextArea label="Key" name="key" rows={2} readOnly inputClassName="font-mono break-all" value={fresh.key} onValueChange={() => undefined} />
      </div>
    </Dialog>
  );
}

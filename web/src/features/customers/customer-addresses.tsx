import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card } from '@/components/detail-frame';
import { Form, useForm } from '@/components/form';
import { Badge } from '@/components/ui/badge';
import { Button, IconButton } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { countryName, period, words } from '@/lib/format';
import { useCan } from '@/lib/session';
import type { Address, Customer } from '@/lib/types';
import { AddressFields, addressRequest, emptyAddress, fromAddress } from './address-fields';
import { deleteAddress, saveAddress } from './api';
import { usePart } from './use-part';

const KINDS: Record<string, string> = { both: 'Billing and shipping' };

const called = (address: Address): string => address.label ?? address.city ?? address.lines[0] ?? '';

export function CustomerAddresses({ customer }: { customer: Customer }) {
  const can = useCan();
  const may = can('customers.write');
  const [editing, setEditing] = useState<Address | 'new' | null>(null);
  const [removing, setRemoving] = useState<Address | null>(null);
  const remove = usePart(customer, (id: string, key) => deleteAddress(customer, id, key), 'Address removed', () => setRemoving(null));
  const ask = (address: Address | null) => {
    remove.reset();
    setRemoving(address);
  };
  return (
    <Card
      title="Addresses"
      actions={
        may ? (
          <Button size="sm" icon={<Plus size={14} aria-hidden="true" />} onClick={() => setEditing('new')}>
            Add address
          </Button>
        ) : null
      }
    >
      {customer.addresses.length === 0 ? <p className="m-0 text-muted">An order needs an address to bill and to ship to.</p> : null}
      <ul className="m-0 grid list-none gap-3 p-0 sm:grid-cols-2">
        {customer.addresses.map((address) => (
          <li key={address.id} className="flex items-start justify-between gap-2 rounded-lg border border-line p-3">
            <div className="min-w-0">
              <p className="m-0 mb-1 flex flex-wrap items-center gap-1.5 font-medium">
                {address.label ?? KINDS[address.kind] ?? words(address.kind)}
                {address.is_default ? <Badge tone="blue">Default</Badge> : null}
                <Badge>{KINDS[address.kind] ?? words(address.kind)}</Badge>
              </p>
              <address className="text-sm not-italic">
                {[address.recipient, ...address.lines, [address.postal_code, address.city].filter(Boolean).join(' '), address.region, countryName(address.country)]
                  .filter(Boolean)
                  .map((line, index) => (
                    <span key={index} className="block break-words">
                      {line}
                    </span>
                  ))}
              </address>
              {address.valid_from || address.valid_to ? (
                <p className="m-0 text-sm text-subtle">Valid {period(address.valid_from, address.valid_to)}</p>
              ) : null}
            </div>
            {may ? (
              <span className="flex">
                <IconButton size="sm" label={`Edit address ${called(address)}`} onClick={() => setEditing(address)}>
                  <Pencil size={14} aria-hidden="true" />
                </IconButton>
                <IconButton size="sm" label={`Remove address ${called(address)}`} onClick={() => ask(address)}>
                  <Trash2 size={14} aria-hidden="true" />
                </IconButton>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {editing ? <AddressDialog customer={customer} address={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <ConfirmDialog
          title={`Remove the address ${called(removing)}?`}
          action="Remove"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(removing.id)}
          onClose={() => ask(null)}
        >
          New orders cannot be sent or billed there any more. Orders keep the address they have. This cannot be undone.
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

function AddressDialog({ customer, address, onClose }: { customer: Customer; address: Address | null; onClose: () => void }) {
  const form = useForm(address ? fromAddress(address) : { ...emptyAddress(), recipient: customer.name, is_default: customer.addresses.length === 0 });
  const save = usePart(
    customer,
    (value: typeof form.value, key) => saveAddress(customer, address?.id ?? null, addressRequest(value), key),
    'Address saved',
    onClose,
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={address ? 'Edit address' : 'New address'}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="address" kind="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id="address" onSubmit={() => save.mutate(form.value)} error={save.error} className="grid gap-3.5 sm:grid-cols-2">
        <AddressFields value={form.value} onChange={form.change} />
      </Form>
    </Dialog>
  );
}

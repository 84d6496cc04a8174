import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { Card } from '@/components/detail-frame';
import { Form, useForm } from '@/components/form';
import { Badge } from '@/components/ui/badge';
import { Button, IconButton } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/text-field';
import { useCan } from '@/lib/session';
import type { Contact, Customer } from '@/lib/types';
import { deleteContact, saveContact } from './api';
import { usePart } from './use-part';

export function CustomerContacts({ customer }: { customer: Customer }) {
  const can = useCan();
  const may = can('customers.write');
  const [editing, setEditing] = useState<Contact | 'new' | null>(null);
  const [removing, setRemoving] = useState<Contact | null>(null);
  const remove = usePart(customer, (id: string, key) => deleteContact(customer, id, key), 'Contact removed', () => setRemoving(null));
  const ask = (contact: Contact | null) => {
    remove.reset();
    setRemoving(contact);
  };
  return (
    <Card
      title="Contacts"
      actions={
        may ? (
          <Button size="sm" icon={<Plus size={14} aria-hidden="true" />} onClick={() => setEditing('new')}>
            Add contact
          </Button>
        ) : null
      }
    >
      {customer.contacts.length === 0 ? <p className="m-0 text-muted">Nobody is named yet.</p> : null}
      <ul className="m-0 grid list-none gap-3 p-0 sm:grid-cols-2">
        {customer.contacts.map((contact) => (
          <li key={contact.id} className="flex items-start justify-between gap-2 rounded-lg border border-line p-3">
            <div className="min-w-0">
              <p className="m-0 flex flex-wrap items-center gap-2 font-medium">
                {contact.name}
                {contact.is_primary ? <Badge tone="blue">Primary</Badge> : null}
              </p>
              <p className="m-0 text-sm text-muted">{contact.role}</p>
              <p className="m-0 truncate text-sm">{contact.email}</p>
              <p className="num m-0 text-sm">{contact.phone}</p>
            </div>
            {may ? (
              <span className="flex">
                <IconButton size="sm" label={`Edit ${contact.name}`} onClick={() => setEditing(contact)}>
                  <Pencil size={14} aria-hidden="true" />
                </IconButton>
                <IconButton size="sm" label={`Remove ${contact.name}`} onClick={() => ask(contact)}>
                  <Trash2 size={14} aria-hidden="true" />
                </IconButton>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {editing ? <ContactDialog customer={customer} contact={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <ConfirmDialog
          title={`Remove ${removing.name}?`}
          action="Remove"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(removing.id)}
          onClose={() => ask(null)}
        >
          The contact is no longer offered for new orders. This cannot be undone.
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

function ContactDialog({ customer, contact, onClose }: { customer: Customer; contact: Contact | null; onClose: () => void }) {
  const form = useForm({
    name: contact?.name ?? '',
    role: contact?.role ?? '',
    email: contact?.email ?? '',
    phone: contact?.phone ?? '',
    is_primary: contact?.is_primary ?? customer.contacts.length === 0,
  });
  const save = usePart(
    customer,
    (value: typeof form.value, key) =>
      saveContact(
        customer,
        contact?.id ?? null,
        { ...value, role: value.role || null, email: value.email || null, phone: value.phone || null },
        key,
      ),
    'Contact saved',
    onClose,
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={contact ? `Edit ${contact.name}` : 'New contact'}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" form="contact" kind="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id="contact" onSubmit={() => save.mutate(form.value)} error={save.error} className="grid gap-3.5">
        <TextField label="Name" name="name" required {...form.bind('name')} />
        <TextField label="Role" name="role" {...form.bind('role')} />
        <TextField label="E-mail" name="email" type="email" {...form.bind('email')} />
        <TextField label="Phone" name="phone" type="tel" {...form.bind('phone')} />
        <Checkbox label="Primary contact" checked={form.value.is_primary} onCheckedChange={(is_primary) => form.change({ is_primary })} />
      </Form>
    </Dialog>
  );
}

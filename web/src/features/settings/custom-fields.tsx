import { Badge } from '@/components/ui/badge';
import { Checkbox } from '@/components/ui/checkbox';
import { SelectField } from '@/components/ui/select';
import { TextArea, TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { changed } from '@/lib/changes';
import { words } from '@/lib/format';
import { type FieldsProps, made, resource, worded, written } from './resource';

type CustomField = Schemas['CustomFieldView'];

interface Value {
  entity: string;
  key: string;
  label: string;
  kind: string;
  choices: string;
  required: boolean;
  secret: boolean;
  position: string;
}

const ENTITIES: Schemas['CustomFieldEntity'][] = ['order', 'customer', 'product'];
const KINDS: Schemas['Kind'][] = ['text', 'number', 'boolean', 'date', 'choice'];
const options = (values: readonly string[]) => values.map((value) => ({ value, label: words(value) }));
const rows = (text: string) => text.split('\n').map((row) => row.trim()).filter(Boolean);
const place = (text: string) => (/^-?\d{1,6}$/.test(text.trim()) ? parseInt(text, 10) : (text.trim() as unknown as number));

function patch({ label, choices, required, position, kind }: Value): Schemas['CustomFieldPatch'] {
  return { label: label.trim(), required, position: place(position || '0'), ...(kind === 'choice' ? { choices: rows(choices) } : {}) };
}

function change(row: CustomField, request: Schemas['CustomFieldPatch'], key: string) {
  return body(api.PATCH('/api/v1/custom-fields/{id}', { params: written(row, key), body: request }));
}

export const customFields = resource<CustomField, Value>({
  page: 'custom-fields',
  title: 'Custom fields',
  one: 'custom field',
  about: 'What orders, customers and products hold beyond the usual.',
  read: 'settings.read',
  write: 'settings.write',
  columns: [
    { id: 'label', header: 'Label', card: 'title', grow: true, cell: (row) => row.label },
    { id: 'key', header: 'Key', className: 'font-mono text-sm text-muted', cell: (row) => row.key },
    { id: 'entity', header: 'Of', sort: 'entity', cell: (row) => words(row.entity) },
    { id: 'kind', header: 'Holds', cell: (row) => words(row.kind) },
    { id: 'rules', header: 'Rules', card: 'none', className: 'whitespace-nowrap', cell: (row) => [row.required && 'required', row.secret && 'personal'].filter(Boolean).join(', ') },
    { id: 'state', header: 'State', card: 'end', cell: (row) => <State row={row} /> },
  ],
  filters: [
    { key: 'entity', label: 'Of', options: options(ENTITIES) },
    { key: 'archived', label: 'Archived', options: [{ value: 'false', label: 'No' }, { value: 'true', label: 'Yes' }] },
  ],
  searchLabel: 'Label or key',
  sort: 'position',
  list: (query, signal) => body(api.GET('/api/v1/custom-fields', { params: { query: worded(query, ['label', 'key']) }, signal })),
  get: (id) => body(api.GET('/api/v1/custom-fields/{id}', { params: { path: { id } } })),
  create: ({ entity, key, kind, secret, ...value }, intention) => {
    const { label, required, position, choices } = patch({ ...value, entity, key, kind, secret });
    return body(
      api.POST('/api/v1/custom-fields', {
        params: made(intention),
        body: {
          entity: entity as Schemas['CustomFieldEntity'], key: key.trim(), kind: kind as Schemas['Kind'], label: label ?? '', secret,
          required: required ?? false, position: position ?? 0, ...(choices ? { choices } : {}),
        },
      }),
    );
  },
  update: (row, form, before, key) => change(row, changed(patch(form), patch(before)), key),
  nameOf: (row) => row.label,
  badge: (row) => <State row={row} />,
  start: (row) => ({
    entity: row?.entity ?? 'order', key: row?.key ?? '', label: row?.label ?? '', kind: row?.kind ?? 'text', choices: row?.choices.join('\n') ?? '',
    required: row?.required ?? false, secret: row?.secret ?? false, position: String(row?.position ?? 0),
  }),
  Fields,
  ending: {
    inUse: (row) => !row.archived,
    end: 'Archive',
    resume: 'Use again',
    means: 'Forms no longer ask for it. The values that records hold stay.',
    set: (row, active, key) => change(row, { archived: !active }, key),
  },
});

function State({ row }: { row: CustomField }) {
  return row.archived ? <Badge>Archived</Badge> : <Badge tone="green">In use</Badge>;
}

function Fields({ form, row }: FieldsProps<CustomField, Value>) {
  const { value } = form;
  const fixed = row !== null;
  return (
    <>
      <TextField label="Label" name="label" required {...form.bind('label')} />
      <TextField label="Key" name="key" required disabled={fixed} hint="In the API and in files; it never changes." {...form.bind('key')} />
      <SelectField label="Of" name="entity" disabled={fixed} options={options(ENTITIES)} {...form.bind('entity')} />
      <SelectField label="Holds" name="kind" disabled={fixed} options={options(KINDS)} {...form.bind('kind')} />
      {value.kind === 'choice' ? <TextArea label="Choices" name="choices" hint="One in each row." {...form.bind('choices')} /> : null}
      <TextField label="Place in forms" name="position" inputMode="numeric" inputClassName="num text-end" hint="The smallest comes first." {...form.bind('position')} />
      <div className="flex flex-wrap gap-x-5 gap-y-1 sm:col-span-2">
        <Checkbox label="New records must have it" checked={value.required} onCheckedChange={(required) => form.change({ required })} />
        <Checkbox label="Holds personal data: stored sealed" disabled={fixed} checked={value.secret} onCheckedChange={(secret) => form.change({ secret })} />
      </div>
    </>
  );
}

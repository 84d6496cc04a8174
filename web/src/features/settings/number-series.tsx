import { useQuery } from '@tanstack/react-query';
import { TextField } from '@/components/ui/text-field';
import { api, body, type Schemas } from '@/lib/api';
import { toProblem } from '@/lib/api-error';
import { words } from '@/lib/format';
import { locate } from '@/lib/problems';
import { type FieldsProps, resource, written } from './resource';

type Series = Schemas['NumberSeriesView'];

interface Value {
  template: string;
}

const PAUSE = 250;

/** What the next number would be; asked after a short rest, and written nowhere. */
async function preview(row: Series, template: string, signal: AbortSignal): Promise<string> {
  await new Promise((rested) => setTimeout(rested, PAUSE));
  signal.throwIfAborted();
  const params = { path: { id: row.id }, header: { 'If-Match': `"${row.version}"` }, query: { dry_run: true } };
  return (await body(api.PATCH('/api/v1/number-series/{id}', { params, body: { template }, signal }))).next_number;
}

export const numberSeries = resource<Series, Value>({
  page: 'number-series',
  title: 'Number series',
  one: 'number series',
  about: 'How documents are numbered.',
  read: 'settings.read',
  write: 'settings.write',
  columns: [
    { id: 'type', header: 'Numbers', sort: 'document_type', card: 'title', grow: true, cell: (row) => words(row.document_type) },
    { id: 'template', header: 'Template', className: 'num whitespace-nowrap', cell: (row) => row.template },
    { id: 'next', header: 'Next number', card: 'end', className: 'num whitespace-nowrap', cell: (row) => row.next_number },
  ],
  searchLabel: 'Template',
  sort: 'document_type',
  list: async ({ q, ...query }, signal) => {
    const found = await body(api.GET('/api/v1/number-series', { params: { query }, signal }));
    return q ? { ...found, data: found.data.filter((row) => `${row.document_type} ${row.template}`.toLowerCase().includes(q.toLowerCase())) } : found;
  },
  get: (id) => body(api.GET('/api/v1/number-series/{id}', { params: { path: { id } } })),
  update: (row, { template }, _before, key) => body(api.PATCH('/api/v1/number-series/{id}', { params: written(row, key), body: { template: template.trim() } })),
  nameOf: (row) => words(row.document_type),
  start: (row) => ({ template: row?.template ?? '' }),
  Fields,
});

function Fields({ form, row }: FieldsProps<Series, Value>) {
  const template = form.value.template.trim();
  const asked = useQuery({
    queryKey: ['number-series', 'preview', row?.id, row?.version, template],
    queryFn: ({ signal }) => (row ? preview(row, template, signal) : ''),
    enabled: row !== null && template !== '' && template !== row.template,
    retry: false,
    staleTime: 60_000,
  });
  const next = template === row?.template ? row.next_number : asked.data;
  const refused = asked.error ? (locate(toProblem(asked.error))[0]?.message ?? toProblem(asked.error).title) : null;
  return (
    <TextField
      label="Template"
      name="template"
      required
      className="sm:col-span-2"
      error={refused}
      hint={
        <span className="num" aria-live="polite">
          {next ? `The next number is ${next}. ` : ''}
          {'{YYYY}, {YY}, {MM} and {DD} stand for the day, {NNNNNN} for the counter.'}
        </span>
      }
      {...form.bind('template')}
    />
  );
}

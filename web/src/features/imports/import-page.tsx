import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { use, useId, useState } from 'react';
import { Card } from '@/components/detail-frame';
import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { SelectField } from '@/components/ui/select';
import { TextArea } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { newKey } from '@/lib/api';
import { toProblem } from '@/lib/api-error';
import { cx } from '@/lib/cx';
import { integer } from '@/lib/format';
import { byField, FieldProblems, messageAt } from '@/lib/problems';
import { useTitle } from '@/lib/use-title';
import { type Entity, type Progress, runImport } from './api';
import { ImportReport } from './import-report';

const ENTITIES = [
  { value: 'customers', label: 'Customers' },
  { value: 'products', label: 'Products' },
  { value: 'prices', label: 'Prices' },
  { value: 'orders', label: 'Orders' },
];
const MODES = [
  { value: 'all', label: 'All rows or none' },
  { value: 'valid', label: 'Only the rows without a fault' },
];

/** File → try → import. Nothing is written before the trial was seen. */
export function ImportPage() {
  const client = useQueryClient();
  useTitle('Import');
  const [file, setFile] = useState<File | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [open, setOpen] = useState(false);
  const form = useForm({ entity: 'customers', mode: 'all', mapping: '' });
  const send = useMutation({
    mutationFn: (commit: boolean) => {
      if (!file) throw new Error('Choose a file first.');
      const { entity, mode, mapping } = form.value;
      return runImport({ entity: entity as Entity, mode: mode as 'all' | 'valid', mapping, file, commit, key: newKey(), onProgress: setProgress });
    },
    onMutate: () => setProgress(null),
    onSuccess: (report) => {
      if (!report.committed) return;
      toast('Import finished', { description: `${integer(report.rows)} rows read` });
      void client.invalidateQueries();
    },
  });
  const report = send.data;
  const misread = send.error ? messageAt(byField(toProblem(send.error)), 'mapping') : undefined;
  const change = (part: Partial<typeof form.value>) => {
    form.change(part);
    send.reset();
  };
  const importable = report && !report.committed && (report.errors_total === 0 || form.value.mode === 'valid');
  return (
    <div className="mx-auto w-full max-w-4xl px-3 py-4 sm:px-6">
      <h1 className="m-0 mb-4 text-xl font-semibold">Import</h1>
      <Form onSubmit={() => send.mutate(false)} error={send.error} label="Import">
        <Card title="1. The file">
          <div className="grid gap-3.5 sm:grid-cols-2">
            <SelectField label="What is in it" name="entity" options={ENTITIES} value={form.value.entity} onValueChange={(entity) => change({ entity })} />
            <SelectField label="When some rows are wrong" name="mode" options={MODES} value={form.value.mode} onValueChange={(mode) => change({ mode })} />
            <FilePicker
              file={file}
              onFile={(next) => {
                setFile(next);
                send.reset();
              }}
            />
            <details className="sm:col-span-2" open={open || Boolean(misread)} onToggle={(event) => setOpen(event.currentTarget.open)}>
              <summary className="cursor-pointer text-muted">Columns with other names, or a saved mapping</summary>
              <TextArea
                label="Mapping"
                name="mapping"
                rows={6}
                className="mt-2"
                hint="Which column feeds which field, as JSON or TOML, or the name of one that comes with the server. Left empty, columns are matched by name."
                value={form.value.mapping}
                onValueChange={(mapping) => change({ mapping })}
              />
            </details>
          </div>
        </Card>
        <div className="mb-4 flex flex-wrap items-center justify-end gap-2">
          <span className="me-auto text-sm text-muted max-sm:w-full">A trial reads everything and writes nothing.</span>
          <Button type="submit" kind={importable ? 'secondary' : 'primary'} disabled={!file} busy={send.isPending && !send.variables}>
            Try
          </Button>
          <Button kind={importable ? 'primary' : 'secondary'} disabled={!importable} busy={send.isPending && send.variables} onClick={() => send.mutate(true)}>
            Import
          </Button>
        </div>
      </Form>
      {send.isPending ? <Running progress={progress} /> : null}
      {report ? <ImportReport report={report} file={file?.name ?? 'import.csv'} /> : null}
    </div>
  );
}

function Running({ progress }: { progress: Progress | null }) {
  const { done = 0, total } = progress ?? {};
  return (
    <div className="card mb-4 p-4">
      <p role="status" className="m-0 mb-2">
        {total ? `${integer(done)} of ${integer(total)} rows` : done ? `${integer(done)} rows` : 'Reading the file…'}
      </p>
      <progress aria-label="Progress of the import" className="h-2 w-full accent-accent" max={total ?? undefined} value={total ? done : undefined} />
    </div>
  );
}

function FilePicker({ file, onFile }: { file: File | null; onFile: (file: File | null) => void }) {
  const problem = messageAt(use(FieldProblems), 'file');
  const id = useId();
  return (
    <label
      data-field="file"
      className={cx(
        'flex cursor-pointer flex-col items-center gap-1 rounded-lg border border-dashed px-4 py-6 text-center has-focus-visible:outline-2 has-focus-visible:outline-focus hover:bg-hover sm:col-span-2',
        problem ? 'border-red' : 'border-control',
      )}
    >
      <FileUp size={20} aria-hidden="true" className="text-accent-text" />
      <span className="font-medium">{file ? file.name : 'Choose a CSV or Excel file'}</span>
      <span className="text-sm text-subtle">{file ? `${integer(Math.ceil(file.size / 1024))} kB` : 'First row: column names'}</span>
      {problem ? <span id={id} className="text-sm text-red">{problem}</span> : null}
      <input
        type="file"
        aria-label="File"
        aria-invalid={Boolean(problem)}
        aria-describedby={problem ? id : undefined}
        accept=".csv,.tsv,.txt,.xlsx"
        className="sr-only"
        onChange={(event) => onFile(event.target.files?.[0] ?? null)}
      />
    </label>
  );
}

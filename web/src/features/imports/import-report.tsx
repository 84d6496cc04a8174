import { Card } from '@/components/detail-frame';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { integer, words } from '@/lib/format';
import type { Issue, Report } from './api';

const HEAD = 'py-1.5 text-sm font-medium text-muted';
const COUNTS = ['created', 'updated', 'unchanged', 'failed'] as const;

export function ImportReport({ report, file }: { report: Report; file: string }) {
  const title = report.committed ? 'Imported' : report.errors_total ? `${integer(report.errors_total)} faults found` : 'Everything can be imported';
  return (
    <>
      <div className="mb-4">
        <Banner
          kind={report.errors_total ? 'warning' : 'done'}
          title={title}
          actions={report.failed_rows ? <FailedRows csv={report.failed_rows} name={`${file.replace(/\.\w+$/, '')}.failed.csv`} /> : null}
        >
          {integer(report.rows)} rows read{report.committed ? '.' : '. Nothing has been written yet.'}
        </Banner>
      </div>
      <Card title={report.committed ? 'Result' : 'What would happen'}>
        <table className="num w-full border-collapse">
          <thead>
            <tr>
              <th scope="col" className={`${HEAD} text-start`}>Kind</th>
              {COUNTS.map((count) => (
                <th key={count} scope="col" className={`${HEAD} text-end`}>{words(count)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.results.map((result) => (
              <tr key={result.entity} className="border-t border-line">
                <td className="py-1.5">{words(result.entity)}</td>
                {COUNTS.map((count) => (
                  <td key={count} className="py-1.5 text-end">{integer(result[count])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
      <Issues title="Faults" issues={report.errors} total={report.errors_total} />
      <Issues title="Warnings" issues={report.warnings} total={report.warnings_total} />
    </>
  );
}

/** The rows that are wrong, each with what is wrong with it: to be corrected and imported alone. */
function FailedRows({ csv, name }: { csv: string; name: string }) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    // Some browsers read it only after this turn.
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  return (
    <Button size="sm" onClick={save}>
      Save the failed rows
    </Button>
  );
}

/** As in the file, from top to bottom. */
const inOrder = (issues: Issue[]) => [...issues].sort((a, b) => a.row - b.row);

function Issues({ title, issues, total }: { title: string; issues: Issue[]; total: number }) {
  if (total === 0) return null;
  return (
    <Card title={`${title} (${integer(total)})`}>
      <ul className="m-0 list-none divide-y divide-line p-0">
        {inOrder(issues).map((issue, index) => (
          <li key={index} className="py-1.5 first:pt-0 last:pb-0">
            <span className="font-medium">
              Row {integer(issue.row)}
              {issue.column ? `, “${issue.column}”` : ''}
              {issue.value ? `, ${issue.value}` : ''}:
            </span>{' '}
            {issue.detail} <span className="text-muted">{issue.fix}</span>
          </li>
        ))}
      </ul>
      {issues.length < total ? <p className="m-0 mt-2 text-sm text-subtle">The first {integer(issues.length)} are shown.</p> : null}
    </Card>
  );
}

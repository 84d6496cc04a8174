import { Download, ScrollText } from 'lucide-react';
import type { Column } from '@/components/data-table';
import { EmptyState } from '@/components/empty-state';
import type { Filter } from '@/components/list-filters';
import { ListFrame } from '@/components/list-frame';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { dateTime, words } from '@/lib/format';
import { stringifySearch, toQuery } from '@/lib/list-search';
import { useCan } from '@/lib/session';
import type { AuditEntry } from '@/lib/types';
import { useListSearch } from '@/lib/use-list-search';
import { auditQuery, fetchAudit } from './api';
import { AuditChain } from './audit-chain';
import { whatHappened, whoDidIt } from './entry-text';

const COLUMNS: Column<AuditEntry>[] = [
  { id: 'what', header: 'What', card: 'title', className: 'max-w-80 truncate', cell: whatHappened },
  { id: 'when', header: 'When', sort: 'seq', card: 'end', className: 'num whitespace-nowrap', cell: (row) => <time dateTime={row.at}>{dateTime(row.at)}</time> },
  { id: 'who', header: 'Who', className: 'max-w-56 truncate', cell: whoDidIt },
  { id: 'why', header: 'Reason', className: 'max-w-72 truncate text-muted', cell: (row) => row.reason },
  { id: 'object', header: 'Object', card: 'meta', className: 'max-w-64 truncate', cell: (row) => row.entity_name },
  { id: 'id', header: 'Identifier', card: 'none', from: '2xl', className: 'font-mono text-sm text-muted', cell: (row) => row.entity_id },
  { id: 'from', header: 'From', card: 'none', className: 'num text-muted', cell: (row) => row.ip },
  { id: 'seal', header: 'Seal', card: 'none', from: 'xl', cell: (row) => (row.position ? <Badge tone="green">Sealed</Badge> : <Badge>Waiting</Badge>) },
  { id: 'request', header: 'Request', card: 'none', optional: true, className: 'font-mono text-sm text-muted', cell: (row) => row.request_id },
];

const ENTITIES = [
  'order', 'customer', 'product', 'price_list', 'price', 'member', 'team', 'user', 'session', 'list', 'export', 'import', 'organization', 'api_key',
  'approval_policy', 'category', 'custom_field', 'customer_group', 'number_series', 'payment_term', 'tax', 'tax_class', 'tax_rule', 'unit',
];

const FILTERS: Filter[] = [
  { key: 'entity', label: 'Kind', options: ENTITIES.map((value) => ({ value, label: words(value) })) },
  { key: 'actor_name.contains', label: 'Who' },
  { key: 'action.contains', label: 'Action' },
  { key: 'entity_id', label: 'Object' },
  { key: 'at.gte', label: 'From', kind: 'date' },
  { key: 'at.lte', label: 'Until', kind: 'date' },
  { key: 'ip', label: 'Address' },
  { key: 'request_id', label: 'Request' },
];

const rowKey = (row: AuditEntry) => String(row.seq);

export function AuditPage() {
  const can = useCan();
  return (
    <ListFrame
      title="Audit log"
      noun="entries"
      queryKey="audit"
      fetch={fetchAudit}
      columns={COLUMNS}
      rowKey={rowKey}
      href={(row) => `/settings/audit/${row.seq}`}
      filters={FILTERS}
      searchLabel="Who, kind or action"
      defaultSort="-seq"
      actions={can('exports.run') ? <ExportMenu /> : null}
      notice={<AuditChain />}
      empty={
        <EmptyState icon={ScrollText} title="Nothing was done yet">
          Every change, sign-in, export and look at personal data is written here, and cannot be changed afterwards.
        </EmptyState>
      }
    />
  );
}

/** The log as a file: the same search and filters, without the page. The export is an entry of the log itself. */
function ExportMenu() {
  const [search] = useListSearch();
  const href = (format: string) => `/api/v1/audit/export${stringifySearch({ ...auditQuery(toQuery({ ...search, cursor: undefined })), format })}`;
  return (
    <Menu
      trigger={<Button icon={<Download size={15} aria-hidden="true" />}>Export</Button>}
      entries={[
        { label: 'CSV file', href: href('csv'), download: true },
        { label: 'Excel file (XLSX)', href: href('xlsx'), download: true },
      ]}
    />
  );
}

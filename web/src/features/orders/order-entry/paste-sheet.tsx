import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { currentLocale, decimal } from '@/lib/format';
import { type PastedRow, parsePaste } from './paste';

/** What was read from the clipboard, before it becomes lines. A row that could not be read can be corrected here or in the grid. */
export function PasteSheet({ text, onAdd, onClose }: { text: string; onAdd: (rows: PastedRow[]) => void; onClose: () => void }) {
  const [source, setSource] = useState(text);
  const rows = parsePaste(source, currentLocale());
  const failed = rows.filter((row) => row.error).length;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Paste lines"
      description={`${rows.length} ${rows.length === 1 ? 'row' : 'rows'} read${failed ? `, ${failed} with a problem` : ''}. SKU, quantity, price and note, by tabs, semicolons or spaces; “10 x HX-1020” works too.`}
      wide
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" autoFocus disabled={rows.length === 0} onClick={() => onAdd(rows)}>
            Add {rows.length} {rows.length === 1 ? 'line' : 'lines'}
          </Button>
        </>
      }
    >
      <label className="mb-3 block">
        <span className="text-sm font-medium text-muted">Pasted text</span>
        <textarea
          className="control num h-auto! py-1.5 font-mono! text-sm! whitespace-pre"
          rows={Math.min(6, Math.max(2, rows.length))}
          value={source}
          onChange={(event) => setSource(event.target.value)}
        />
      </label>
      {rows.length ? (
        // Long lists scroll here, so the box takes the focus.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="max-h-72 overflow-auto rounded-lg border border-line" role="region" aria-label="Rows read" tabIndex={0}>
          <table className="w-full border-collapse text-start text-sm">
            <thead className="bg-sunken text-muted">
              <tr>
                {['SKU', 'Quantity', 'Price', 'Note'].map((name) => (
                  <th key={name} scope="col" className="px-2 py-1.5 text-start font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index} className={row.error ? 'bg-amber-soft' : undefined}>
                  <td className="num border-t border-line px-2 py-1 whitespace-nowrap">{row.sku}</td>
                  <td className="num border-t border-line px-2 py-1">
                    {row.quantity ? decimal(row.quantity) : ''} {row.unit}
                  </td>
                  <td className="num border-t border-line px-2 py-1">{row.price ? decimal(row.price, 2) : ''}</td>
                  <td className="border-t border-line px-2 py-1">{row.error ? <span className="text-amber">{row.error}</span> : row.note}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Dialog>
  );
}

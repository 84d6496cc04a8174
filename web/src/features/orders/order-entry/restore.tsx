import { useEffect, useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { time } from '@/lib/format';
import { differences } from './compare';
import { forget, type Kept, leftBehind } from './journal';
import type { Draft } from './model';

interface RestoreProps {
  owner: string;
  own: string;
  orderId: string | null;
  draft: Draft;
  onRestore: (kept: Kept) => void;
  onUndo: () => void;
}

/** After a crash: what this device still holds, offered and never forced, and to be compared before and afterwards. */
export function Restore({ owner, own, orderId, draft, onRestore, onUndo }: RestoreProps) {
  const [kept, setKept] = useState<Kept | null>(null);
  /** The page as it was before the kept draft took its place. */
  const [before, setBefore] = useState<Draft | null>(null);
  const [comparing, setComparing] = useState(false);
  useEffect(() => {
    void leftBehind(owner, orderId, own).then(setKept);
  }, [owner, orderId, own]);
  if (!kept) return null;
  const close = () => {
    void forget(kept.id);
    setKept(null);
  };
  const restore = () => {
    setComparing(false);
    setBefore(draft);
    onRestore(kept);
    // The page's own journal holds it from now on.
    void forget(kept.id);
  };
  const undo = () => {
    setComparing(false);
    onUndo();
    close();
  };
  const count = kept.draft.lines.length - 1;
  const at = time(kept.at);
  return (
    <div className="mb-3">
      <Banner
        title={before ? `Draft of ${at} restored` : `A draft of ${at} is kept on this device`}
        kind={before ? 'done' : 'info'}
        actions={
          <>
            {before ? null : (
              <Button size="sm" onClick={restore}>
                Restore
              </Button>
            )}
            <Button size="sm" onClick={() => setComparing(true)}>
              Compare
            </Button>
            {before ? (
              <Button size="sm" onClick={undo}>
                Undo
              </Button>
            ) : null}
            <Button size="sm" kind="ghost" onClick={close}>
              {before ? 'Close' : 'Discard'}
            </Button>
          </>
        }
      >
        {kept.draft.head.customer?.name ?? 'No customer yet'}, {count} {count === 1 ? 'line' : 'lines'}
      </Banner>
      {comparing ? (
        <Comparison at={at} page={before ?? draft} kept={kept.draft} restored={before !== null} onTake={before ? undo : restore} onClose={() => setComparing(false)} />
      ) : null}
    </div>
  );
}

interface ComparisonProps {
  at: string;
  page: Draft;
  kept: Draft;
  restored: boolean;
  onTake: () => void;
  onClose: () => void;
}

const CELL = 'border-b border-line px-3 py-1.5 text-start align-top break-words';

function Comparison({ at, page, kept, restored, onTake, onClose }: ComparisonProps) {
  const found = differences(page, kept);
  const heads = ['What', restored ? 'Before' : 'On this page', `Draft of ${at}`];
  return (
    <Dialog
      open
      onOpenChange={onClose}
      wide
      title={`Draft of ${at}`}
      description={found.length ? 'Where the two differ.' : 'The draft holds what the page holds.'}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" onClick={onTake}>
            {restored ? 'Take back the draft' : 'Restore the draft'}
          </Button>
        </>
      }
    >
      {found.length ? (
        <table className="num w-full table-fixed border-separate border-spacing-0">
          <thead className="text-sm text-muted">
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col" className={`${CELL} font-medium`}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.map(({ label, mine, theirs }) => (
              <tr key={label}>
                <th scope="row" className={`${CELL} font-normal text-muted`}>
                  {label}
                </th>
                <td className={CELL}>{mine || '—'}</td>
                <td className={CELL}>{theirs || '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </Dialog>
  );
}

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import type { Clash } from './use-saving';

/** Someone else saved the same draft: each field both changed is asked, everything else is merged already. */
export function MergeSheet({ clash }: { clash: Clash }) {
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (id: string, other: boolean) => {
    const next = new Set(theirs);
    if (other) next.add(id);
    else next.delete(id);
    setTheirs(next);
  };
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      title="Someone else changed this draft"
      description="Changes that do not meet were merged. For these, choose what is to stay."
      wide
      footer={
        <>
          <Button onClick={() => clash.settle(new Set(clash.conflicts.map((conflict) => conflict.id)))}>Take all of theirs</Button>
          <Button kind="primary" onClick={() => clash.settle(new Set(theirs))}>
            Save the merged draft
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        {clash.conflicts.map(({ id, label, mine, theirs: other }) => (
          <fieldset key={id} className="m-0 min-w-0 rounded-lg border border-line p-3">
            <legend className="px-1 text-sm font-medium text-muted">{label}</legend>
            <div className="grid gap-1 sm:grid-cols-2">
              <Side name={id} label="Mine" value={mine} checked={!theirs.has(id)} onChoose={() => choose(id, false)} />
              <Side name={id} label="Theirs" value={other} checked={theirs.has(id)} onChoose={() => choose(id, true)} />
            </div>
          </fieldset>
        ))}
      </div>
    </Dialog>
  );
}

function Side({ name, label, value, checked, onChoose }: { name: string; label: string; value: string; checked: boolean; onChoose: () => void }) {
  return (
    <label className="flex min-h-8 min-w-0 items-start gap-2">
      <input type="radio" name={name} checked={checked} onChange={onChoose} className="mt-1" />
      <span className="min-w-0 break-words">
        <span className="text-subtle">{label}: </span>
        {value || '(empty)'}
      </span>
    </label>
  );
}

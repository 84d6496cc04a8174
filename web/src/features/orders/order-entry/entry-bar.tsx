import { ArrowDown, ArrowUp, ClipboardPaste, CopyPlus, Ellipsis, Plus, Redo2, Trash2, Undo2 } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { cx } from '@/lib/cx';
import { time } from '@/lib/format';
import { keyLabels } from '@/lib/shortcuts';
import { useTitle } from '@/lib/use-title';
import type { LineCommand } from './line-grid';
import type { Status } from './use-saving';

/** Editing · Saving… · Saved 10:42 · Not saved — kept on this device. "Saved" only when the server said so. */
export function SavedWords({ status, placing }: { status: Status; placing: boolean }) {
  const bad = status.kind === 'kept' || status.kind === 'lost';
  const text = {
    clean: '', editing: 'Editing', saving: 'Saving…', kept: 'Not saved — kept on this device', lost: 'Not saved', saved: '',
  }[status.kind];
  const said = status.kind === 'saved' ? `Saved ${time(status.at)}${status.partly ? ', without the lines in question' : ''}` : text;
  return (
    <span role="status" className={cx('text-sm', bad ? 'font-medium text-red' : 'text-muted')}>
      {placing ? 'Placing…' : said}
    </span>
  );
}

interface EntryBarProps {
  title: string;
  status: Status;
  placing: boolean;
  canPlace: boolean;
  onSave: () => void;
  onPlace: () => void;
}

export function EntryBar({ title, status, placing, canPlace, onSave, onPlace }: EntryBarProps) {
  useTitle(title);
  return (
    <header className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <h1 className="m-0 flex items-baseline gap-3 text-xl font-semibold">
        {title}
        <span className="font-normal">
          <SavedWords status={status} placing={placing} />
        </span>
      </h1>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onSave} disabled={placing} title={keyLabels('mod+s').join(' ')}>
          Save draft
        </Button>
        <Button kind="primary" onClick={onPlace} busy={placing} disabled={!canPlace} title={keyLabels('mod+enter').join(' ')}>
          Place order
        </Button>
      </div>
    </header>
  );
}

interface LineBarProps {
  run: (command: LineCommand) => void;
  canPrice: boolean;
  menu: boolean;
  onMenu: (open: boolean) => void;
  onPaste: () => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/** The line commands for those who point or touch; each has its key as well. */
export function LineBar({ run, canPrice, menu, onMenu, onPaste, undo, redo }: LineBarProps) {
  const size = 16;
  return (
    <div role="toolbar" aria-label="Line commands" className="mb-2 flex flex-wrap items-center gap-0.5">
      <h2 className="m-0 me-2 text-base font-semibold">Lines</h2>
      <IconButton label="Insert a line above (Insert)" onClick={() => run('insert')}><Plus size={size} aria-hidden="true" /></IconButton>
      <IconButton label="Copy the cell above (Ctrl+D)" onClick={() => run('copy')}><CopyPlus size={size} aria-hidden="true" /></IconButton>
      <IconButton label="Move the line up (Alt+Up)" onClick={() => run('up')}><ArrowUp size={size} aria-hidden="true" /></IconButton>
      <IconButton label="Move the line down (Alt+Down)" onClick={() => run('down')}><ArrowDown size={size} aria-hidden="true" /></IconButton>
      <IconButton label="Remove the line (Ctrl+Delete)" onClick={() => run('remove')}><Trash2 size={size} aria-hidden="true" /></IconButton>
      <LineMenu {...{ run, canPrice, menu, onMenu }} />
      <span className="mx-1 h-5 w-px bg-line-strong" aria-hidden="true" />
      <IconButton label="Undo (Ctrl+Z)" disabled={!undo} onClick={undo ?? undefined}><Undo2 size={size} aria-hidden="true" /></IconButton>
      <IconButton label="Redo (Ctrl+Shift+Z)" disabled={!redo} onClick={redo ?? undefined}><Redo2 size={size} aria-hidden="true" /></IconButton>
      <span className="mx-1 h-5 w-px bg-line-strong" aria-hidden="true" />
      <Button kind="ghost" icon={<ClipboardPaste size={size} aria-hidden="true" />} onClick={onPaste}>
        Paste lines
      </Button>
    </div>
  );
}

const NO_PRICES = 'Your role may not set prices.';

/** What else can be done with the line of the cursor; Ctrl+. opens it, and the focus goes back to the cell. */
function LineMenu({ run, canPrice, menu, onMenu }: Pick<LineBarProps, 'run' | 'canPrice' | 'menu' | 'onMenu'>) {
  const price = { disabled: !canPrice, detail: canPrice ? undefined : NO_PRICES };
  return (
    <Menu
      open={menu}
      onOpenChange={onMenu}
      finalFocus={() => document.querySelector<HTMLElement>('[role="grid"] [role="gridcell"][tabindex="0"]')}
      trigger={
        <IconButton label="Line menu (Ctrl+.)">
          <Ellipsis size={16} aria-hidden="true" />
        </IconButton>
      }
      entries={[
        { label: 'Duplicate the line', onSelect: () => run('duplicate') },
        { label: 'Free of charge', onSelect: () => run('free'), ...price },
        { label: 'Back to the usual price', onSelect: () => run('usual'), ...price },
      ]}
    />
  );
}

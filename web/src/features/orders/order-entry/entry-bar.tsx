import { ArrowDown, ArrowUp, BookOpen, ClipboardPaste, CopyPlus, Ellipsis, History, type LucideIcon, Plus, Redo2, Trash2, Undo2 } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { Toolbar, ToolbarButton } from '@/components/ui/toolbar';
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
  onUsual: () => void;
  onCatalogue: () => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
}

const SIZE = 16;

function Tool({ label, icon: Icon, onClick }: { label: string; icon: LucideIcon; onClick: (() => void) | null }) {
  return (
    <ToolbarButton disabled={!onClick} onClick={onClick ?? undefined} render={<IconButton label={label} />}>
      <Icon size={SIZE} aria-hidden="true" />
    </ToolbarButton>
  );
}

const LINE = 'mx-1 h-5 w-px bg-line-strong max-sm:hidden';

/** The line commands for those who point or touch; each has its key as well. One stop for Tab: the lines are the next. */
export function LineBar({ run, canPrice, menu, onMenu, onPaste, onUsual, onCatalogue, undo, redo }: LineBarProps) {
  return (
    <Toolbar label="Line commands" className="mb-2 flex flex-wrap items-center gap-0.5">
      <h2 className="m-0 me-2 text-base font-semibold">Lines</h2>
      <Tool label="Insert a line above (Insert)" icon={Plus} onClick={() => run('insert')} />
      <Tool label="Copy the cell above (Ctrl+D)" icon={CopyPlus} onClick={() => run('copy')} />
      <Tool label="Move the line up (Alt+Up)" icon={ArrowUp} onClick={() => run('up')} />
      <Tool label="Move the line down (Alt+Down)" icon={ArrowDown} onClick={() => run('down')} />
      <Tool label="Remove the line (Ctrl+Delete)" icon={Trash2} onClick={() => run('remove')} />
      <LineMenu {...{ run, canPrice, menu, onMenu }} />
      <span className={LINE} aria-hidden="true" />
      <Tool label="Undo (Ctrl+Z)" icon={Undo2} onClick={undo} />
      <Tool label="Redo (Ctrl+Shift+Z)" icon={Redo2} onClick={redo} />
      <span className={LINE} aria-hidden="true" />
      <ToolbarButton onClick={onPaste} render={<Button kind="ghost" icon={<ClipboardPaste size={SIZE} aria-hidden="true" />} />}>
        Paste lines
      </ToolbarButton>
      <ToolbarButton
        onClick={onUsual}
        render={<Button kind="ghost" title={keyLabels('mod+h').join(' ')} icon={<History size={SIZE} aria-hidden="true" />} />}
      >
        Usual items
      </ToolbarButton>
      <ToolbarButton
        onClick={onCatalogue}
        render={<Button kind="ghost" title={keyLabels('mod+shift+p').join(' ')} icon={<BookOpen size={SIZE} aria-hidden="true" />} />}
      >
        Catalogue
      </ToolbarButton>
    </Toolbar>
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
        <ToolbarButton render={<IconButton label="Line menu (Ctrl+.)" />}>
          <Ellipsis size={SIZE} aria-hidden="true" />
        </ToolbarButton>
      }
      entries={[
        { label: 'Note…', onSelect: () => run('note') },
        { label: 'Duplicate the line', onSelect: () => run('duplicate') },
        { label: 'Free of charge', onSelect: () => run('free'), ...price },
        { label: 'Back to the usual price', onSelect: () => run('usual'), ...price },
      ]}
    />
  );
}

import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { cx } from '@/lib/cx';

export interface MenuEntry {
  label: string;
  icon?: ReactNode;
  onSelect?: () => void;
  /** A plain link: downloads, other pages. */
  href?: string;
  download?: boolean;
  disabled?: boolean;
  /** Why it is disabled, or what it will do. */
  detail?: string;
  danger?: boolean;
  checked?: boolean;
  /** A choice of its own: the menu stays open for the next one. */
  toggle?: boolean;
}

interface MenuProps {
  trigger: ReactElement;
  entries: (MenuEntry | null)[];
  align?: 'start' | 'end';
  /** For a menu that a key opens as well. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Where the focus goes when it closes; to the trigger otherwise. */
  finalFocus?: () => HTMLElement | null;
}

/** A menu hung on a button. `null` entries draw a line. */
export function Menu({ trigger, entries, align = 'end', open, onOpenChange, finalFocus }: MenuProps) {
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    // A menu opened by a key begins at its first entry, which Enter then takes.
    const timer = window.setTimeout(() => {
      if (document.activeElement === popup.current) popup.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    }, 50);
    return () => window.clearTimeout(timer);
  }, [open]);
  return (
    <Base.Root modal={false} open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <Base.Popup ref={popup} finalFocus={finalFocus} className="popup max-h-(--available-height) min-w-48 max-w-80 overflow-y-auto p-1">
            {entries.map((entry, index) =>
              entry === null ? (
                <Base.Separator key={`line-${index}`} className="mx-1 my-1 h-px bg-line" />
              ) : (
                <Entry key={entry.label} entry={entry} />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  const look = cx('option no-underline', entry.disabled ? 'text-subtle' : entry.danger ? 'text-red' : 'text-ink');
  const body = (
    <>
      {entry.icon ? <span className="text-subtle">{entry.icon}</span> : null}
      <span className="min-w-0 flex-1">
        <span className="block">{entry.label}</span>
        {entry.detail ? <span className="block text-xs text-subtle">{entry.detail}</span> : null}
      </span>
      {entry.checked ? <Check size={14} aria-hidden="true" /> : null}
    </>
  );
  if (entry.href) {
    return (
      <Base.LinkItem href={entry.href} download={entry.download} className={look} closeOnClick>
        {body}
      </Base.LinkItem>
    );
  }
  if (entry.toggle) {
    return (
      <Base.CheckboxItem className={look} checked={Boolean(entry.checked)} disabled={entry.disabled} onCheckedChange={entry.onSelect} closeOnClick={false}>
        <span className="grid size-4 place-items-center text-accent-text" aria-hidden="true">
          {entry.checked ? <Check size={14} /> : null}
        </span>
        <span className="min-w-0 flex-1">{entry.label}</span>
        {entry.detail ? <span className="text-xs text-subtle">{entry.detail}</span> : null}
      </Base.CheckboxItem>
    );
  }
  return (
    <Base.Item className={look} disabled={entry.disabled} onClick={entry.onSelect}>
      {body}
    </Base.Item>
  );
}

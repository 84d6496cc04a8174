import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { cx } from '@/lib/cx';
import { IconButton } from './button';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons, right-aligned, the primary one last. */
  footer?: ReactNode;
  wide?: boolean;
  /** Where the focus goes instead of to the first field. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Where it goes when the dialog closes; otherwise back to where it was. */
  finalFocus?: () => HTMLElement | null;
}

const FIELDS = 'input:not([type="hidden"]):not([tabindex="-1"]), textarea, select, [role="combobox"]';

export function Dialog({ open, onOpenChange, title, description, children, footer, wide, initialFocus, finalFocus }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          // Where the work begins, rather than on the button that closes.
          initialFocus={initialFocus ?? (() => content.current?.querySelector<HTMLElement>(FIELDS) ?? true)}
          finalFocus={finalFocus ? () => finalFocus() ?? true : undefined}
          className={cx(
            'popup fixed z-40 flex max-h-[92dvh] flex-col max-sm:inset-x-0 max-sm:bottom-0 max-sm:rounded-b-none sm:top-1/2 sm:left-1/2 sm:w-[calc(100vw-2rem)] sm:-translate-1/2',
            wide ? 'sm:max-w-4xl' : 'sm:max-w-lg',
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-3">
            <div>
              <Base.Title className="m-0 text-lg font-semibold">{title}</Base.Title>
              {description ? <Base.Description className="mt-0.5 text-base text-muted">{description}</Base.Description> : null}
            </div>
            <Base.Close render={<IconButton label="Close" size="sm" />}>
              <X size={16} aria-hidden="true" />
            </Base.Close>
          </header>
          <div ref={content} className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-4">{children}</div>
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

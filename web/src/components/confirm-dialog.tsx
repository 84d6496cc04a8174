import { type ReactNode, useRef } from 'react';
import { Button } from './ui/button';
import { Dialog } from './ui/dialog';
import { ProblemBanner } from './problem-banner';

interface ConfirmDialogProps {
  title: string;
  /** What will be lost, and what stays. */
  children: ReactNode;
  /** The verb on the button. */
  action: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is gone for good; a refusal is told in place. */
export function ConfirmDialog({ title, children, action, busy, error, onConfirm, onClose }: ConfirmDialogProps) {
  const yes = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      initialFocus={yes}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button ref={yes} kind="danger" busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <ProblemBanner error={error} />
        {children}
      </div>
    </Dialog>
  );
}

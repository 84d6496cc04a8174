import { Toolbar as Base } from '@base-ui/react/toolbar';
import type { ReactElement, ReactNode } from 'react';

/** Buttons that are one stop for Tab; arrows move between them. */
export function Toolbar({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <Base.Root aria-label={label} className={className}>
      {children}
    </Base.Root>
  );
}

interface ToolbarButtonProps {
  /** The button it looks like. */
  render: ReactElement;
  /** Stays in the row for those who look for it, and says that it is of no use now. */
  disabled?: boolean;
  onClick?: () => void;
  children: ReactNode;
}

export function ToolbarButton(props: ToolbarButtonProps) {
  return <Base.Button {...props} />;
}

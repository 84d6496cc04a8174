import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** 1 when it stands for the whole page. */
  level?: 1 | 2;
}

/** No dead ends: what this is for, and the first thing to do. */
export function EmptyState({ icon: Icon, title, children, actions, level = 2 }: EmptyStateProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-3 grid size-11 place-items-center rounded-full bg-accent-soft text-accent-text">
        <Icon size={20} aria-hidden="true" />
      </span>
      <Heading className="m-0 text-lg font-semibold">{title}</Heading>
      {children ? <div className="mt-1 max-w-md text-muted">{children}</div> : null}
      {actions ? <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}

import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import { cx } from '@/lib/cx';

type Kind = 'info' | 'done' | 'warning' | 'error';

const LOOK: Record<Kind, string> = {
  info: 'bg-blue-soft text-blue',
  done: 'bg-green-soft text-green',
  warning: 'bg-amber-soft text-amber',
  error: 'bg-red-soft text-red',
};
const ICONS = { info: Info, done: CircleCheck, warning: TriangleAlert, error: CircleAlert };

export interface BannerProps {
  kind?: Kind;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  ref?: Ref<HTMLDivElement>;
}

export function Banner({ kind = 'info', title, children, actions, ref }: BannerProps) {
  const Icon = ICONS[kind];
  return (
    <div
      ref={ref}
      tabIndex={-1}
      role={kind === 'error' ? 'alert' : 'status'}
      className={cx('flex flex-wrap items-start gap-2.5 rounded-[9px] px-3.5 py-2.5', LOOK[kind])}
    >
      <Icon size={17} className="mt-0.5 shrink-0" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-56 break-words">
        <p className="m-0 font-semibold">{title}</p>
        {children ? <div className="text-base text-ink">{children}</div> : null}
      </div>
      {actions ? <div className="flex shrink-0 flex-wrap gap-2 max-sm:ps-7">{actions}</div> : null}
    </div>
  );
}

import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from '@/lib/cx';

type Kind = 'primary' | 'secondary' | 'ghost' | 'danger';

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-[7px] font-medium whitespace-nowrap select-none transition-colors disabled:opacity-55 aria-disabled:opacity-55';
const KINDS: Record<Kind, string> = {
  primary: 'bg-accent text-accent-fg enabled:hover:bg-accent-hover',
  secondary: 'bg-surface text-ink border border-line-strong enabled:hover:bg-hover',
  ghost: 'text-muted enabled:hover:bg-hover enabled:hover:text-ink',
  danger: 'bg-red-solid text-white enabled:hover:brightness-110',
};
const SIZES = { sm: 'h-7 px-2.5 text-sm', md: 'h-(--control-h) px-3 text-base' };

/** The look of a button, for links that act like one. */
export function buttonClass(kind: Kind = 'secondary', size: 'sm' | 'md' = 'md', extra?: string): string {
  const link = KINDS[kind].replaceAll('enabled:', '');
  return cx(BASE, link, SIZES[size], 'no-underline', extra);
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  size?: 'sm' | 'md';
  icon?: ReactNode;
  /** The action is under way: the button says so and cannot be pressed twice. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'secondary', size = 'md', icon, busy, children, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(BASE, KINDS[kind], SIZES[size], className)}
    >
      {icon}
      {children}
      {busy ? <span aria-hidden="true">…</span> : null}
    </button>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What the button does: its accessible name and its hint. */
  label: string;
  size?: 'sm' | 'md';
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, size = 'md', className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={cx(
        'inline-grid shrink-0 place-items-center rounded-[7px] text-muted enabled:hover:bg-hover enabled:hover:text-ink disabled:opacity-45 aria-disabled:opacity-45',
        size === 'sm' ? 'size-7' : 'size-(--control-h)',
        className,
      )}
    >
      {children}
    </button>
  );
}

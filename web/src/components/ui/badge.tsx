import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';

export type Tone = 'grey' | 'blue' | 'green' | 'amber' | 'red' | 'violet';

const TONES: Record<Tone, string> = {
  grey: 'bg-grey-soft text-grey',
  blue: 'bg-blue-soft text-blue',
  green: 'bg-green-soft text-green',
  amber: 'bg-amber-soft text-amber',
  red: 'bg-red-soft text-red',
  violet: 'bg-violet-soft text-violet',
};

export function Badge({ tone = 'grey', children, className }: { tone?: Tone; children: ReactNode; className?: string }) {
  return (
    <span className={cx('inline-flex h-5.5 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap', TONES[tone], className)}>
      {children}
    </span>
  );
}

import { cx } from '@/lib/cx';

/** A grey shape of the final size, so that nothing jumps when the content arrives. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('skeleton block', className)} />;
}

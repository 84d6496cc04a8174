import { cx } from '@/lib/cx';
import { isNegative } from '@/lib/decimal';
import { money } from '@/lib/format';

interface MoneyProps {
  value: { amount: string; currency: string } | null | undefined;
  strong?: boolean;
  className?: string;
}

/** A server's figure with its currency, in figures of equal width. */
export function MoneyText({ value, strong, className }: MoneyProps) {
  if (!value) return <span className="text-subtle">—</span>;
  return (
    <span className={cx('num whitespace-nowrap', strong && 'font-semibold', isNegative(value.amount) && 'text-red', className)}>
      {money(value)}
    </span>
  );
}

import { cx } from '@/lib/cx';
import { decimal } from '@/lib/format';
import type { Delivery } from '@/lib/types';

interface DeliveryLinesProps {
  lines: Delivery['lines'];
  /** Named where nothing around it says what it lists. */
  label?: string;
  className?: string;
}

/** What a delivery held: articles at the left, how many at the right. */
export function DeliveryLines({ lines, label, className }: DeliveryLinesProps) {
  return (
    <ul aria-label={label} className={cx('m-0 list-none divide-y divide-line border-y border-line p-0', className)}>
      {lines.map((line) => (
        <li key={line.line_id} className="flex items-baseline justify-between gap-3 py-1.5">
          <span className="min-w-0">
            {line.description}
            {line.sku ? <span className="num block text-sm text-muted">{line.sku}</span> : null}
          </span>
          <span className="num shrink-0 font-medium">
            {decimal(line.quantity.value)} {line.quantity.unit}
          </span>
        </li>
      ))}
    </ul>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { currentLocale, decimal } from '@/lib/format';
import { productQuery } from './api';
import type { Line, ProductRef } from './model';
import { readNumber, readQuantity } from './numbers';

interface InBaseProps {
  product: ProductRef;
  quantity: string;
  unit: string;
  children?: ReactNode;
}

/** `3 ctn` → `3 ctn = 72 pcs`, when the product is sold in that unit; otherwise what is inside. */
function InBase({ product, quantity, unit, children }: InBaseProps) {
  const { data } = useQuery({ ...productQuery(product.id), staleTime: 5 * 60_000 });
  const factor = data?.units.find((other) => other.unit === unit);
  const base = data && factor ? readNumber(`${quantity}*${factor.numerator}/${factor.denominator}`, 'en', 6) : null;
  return base?.ok ? `${decimal(quantity)} ${unit} = ${decimal(base.value)} ${data?.unit}` : children;
}

/** The product, when a quantity in this unit is another one in its own. */
function converted({ match, product }: Line, quantity: string, unit: string): ProductRef | null {
  return match === 'found' && unit !== '' && unit !== product?.unit && quantity !== '' ? product : null;
}

/** Asks nothing for the lines in their product's own unit, which are most of them. */
export function UnitEcho({ line }: { line: Line }) {
  const product = converted(line, line.quantity, line.unit);
  if (!product) return null;
  return (
    <span className="num truncate text-xs text-subtle empty:hidden">
      <InBase product={product} quantity={line.quantity} unit={line.unit} />
    </span>
  );
}

/** The same while it is typed; a sum that was worked out otherwise. */
export function QuantityEcho({ line, text, worked }: { line: Line; text: string; worked: string | null }) {
  const read = readQuantity(text, currentLocale());
  const { value, unit } = read.ok ? read.value : { value: '', unit: null };
  const product = converted(line, value, unit ?? line.unit);
  if (!product) return worked;
  return (
    <InBase product={product} quantity={value} unit={unit ?? line.unit}>
      {worked}
    </InBase>
  );
}

/** Below the cell being edited; an echo without words is not seen. */
export function CellEcho({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="popup num absolute end-0 top-full z-10 mt-1 px-2 py-0.5 text-sm whitespace-nowrap empty:hidden">
      {children}
    </span>
  );
}

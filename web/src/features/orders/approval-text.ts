import { money, percent } from '@/lib/format';

/* What a policy looked at, in the words of the screen: amounts with their currency, the others in per cent. */

interface Judged {
  measure: string;
  measured: string;
  threshold?: string | null;
  /** Of a threshold by total. Another one than the order's: no policy could judge the order's. */
  currency?: string | null;
}

const NAMES: Record<string, string> = { total: 'Total', discount_percent: 'Discount', margin_percent: 'Margin' };

export const measureName = (measure: string): string => NAMES[measure] ?? measure;

/** A figure of a policy; a total is in the currency named. */
export function measuredValue(measure: string, value: string, currency: string): string {
  return measure === 'total' ? money({ amount: value, currency }) : percent(value);
}

/** `Total €2,951.20, above €1,000.00`; a margin is too low, the others too high. */
export function approvalText({ measure, measured, threshold, currency }: Judged, orderCurrency: string): string {
  const found = `${measureName(measure)} ${measuredValue(measure, measured, orderCurrency)}`;
  if (currency && currency !== orderCurrency) return `${found}, and no policy has a limit in ${orderCurrency}`;
  if (!threshold) return found;
  return `${found}, ${measure === 'margin_percent' ? 'below' : 'above'} ${measuredValue(measure, threshold, orderCurrency)}`;
}

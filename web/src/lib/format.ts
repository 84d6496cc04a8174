import { parts, round, trim } from './decimal';
import { currentLocale, currentZone } from './locale';

export { currentLocale, setFormats } from './locale';

/*
 * The only place where figures, dates and codes become words. Decimal strings go to Intl as strings: `format` accepts
 * them exactly, so no float is ever made of money.
 */

interface Money {
  amount: string;
  currency: string;
}

type Exact = Intl.NumberFormat & { format(value: string): string };

const cache = new Map<string, Exact>();
function formatter(options: Intl.NumberFormatOptions): Exact {
  const key = currentLocale() + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.NumberFormat(currentLocale(), options) as Exact;
    cache.set(key, found);
  }
  return found;
}

/** `1234.5000` → `1,234.50`; keeps up to `max` digits that carry meaning. */
export function decimal(value: string, min = 0, max = 6): string {
  const p = parts(value);
  if (!p) return value;
  const shown = p.fraction.length > max ? round(value, max) : value;
  const digits = trim(shown, min).split('.')[1]?.length ?? 0;
  return formatter({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(shown);
}

export function currencyDigits(currency: string): number {
  return formatter({ style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount with its currency: `€1,234.50`. Unit prices may show more digits than the currency has. */
export function money(value: Money, max = 6): string {
  const digits = currencyDigits(value.currency);
  const p = parts(value.amount);
  if (!p) return `${value.amount} ${value.currency}`;
  const shown = p.fraction.length > max ? round(value.amount, max) : value.amount;
  const meaning = trim(shown, digits).split('.')[1]?.length ?? 0;
  return formatter({
    style: 'currency',
    currency: value.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: Math.max(digits, meaning),
  }).format(shown);
}

/** A short figure for tiles: `€1.2M`. */
export function moneyShort(value: Money): string {
  return formatter({
    style: 'currency',
    currency: value.currency,
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(value.amount);
}

export const integer = (value: number): string => formatter({ maximumFractionDigits: 0 }).format(String(value));

export function percent(value: string): string {
  return `${decimal(value, 0, 4)}%`;
}

/** A civil date, never converted between zones. */
export function date(value: string | null | undefined): string {
  if (!value) return '—';
  const day = new Date(`${value.slice(0, 10)}T12:00:00Z`);
  return new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(day);
}

/** A span of civil dates in words; null when it has neither end. */
export function period(from: string | null | undefined, to: string | null | undefined): string | null {
  if (from && to) return `${date(from)} – ${date(to)}`;
  if (from) return `from ${date(from)}`;
  return to ? `until ${date(to)}` : null;
}

/** An instant, in the organization's zone. */
export function dateTime(value: string | null | undefined): string {
  if (!value) return '—';
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short', timeZone: currentZone() };
  return new Intl.DateTimeFormat(currentLocale(), options).format(new Date(value));
}

export function time(value: string): string {
  return new Intl.DateTimeFormat(currentLocale(), { timeStyle: 'short', timeZone: currentZone() }).format(new Date(value));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 hours ago`, for streams; the exact instant belongs in the title. */
export function ago(value: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(value) - now) / 1000);
  const words = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return words.format(0, 'second');
}

/** Today as a civil date in the organization's zone. */
export function today(now = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: currentZone() }).format(now);
}

/** `pending_approval` → `Pending approval`. */
export function words(code: string): string {
  const text = code.replaceAll('_', ' ').replaceAll('.', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(currentLocale(), { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

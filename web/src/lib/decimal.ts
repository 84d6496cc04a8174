/*
 * Decimal strings without floats. The server counts the money; these functions only read what a person typed,
 * compare two figures and shorten one for display.
 */

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;

export interface Parts {
  negative: boolean;
  whole: string;
  fraction: string;
}

/** Splits a plain decimal string; null when it is not one. */
export function parts(value: string): Parts | null {
  const match = PLAIN.exec(value.trim());
  if (!match) return null;
  return { negative: match[1] === '-', whole: match[2] ?? '0', fraction: match[3] ?? '' };
}

function scaled(value: string, scale: number): bigint {
  const p = parts(value);
  if (!p) return 0n;
  const digits = BigInt(p.whole + p.fraction.slice(0, scale).padEnd(scale, '0'));
  return p.negative ? -digits : digits;
}

/** Compares two decimal strings of any scale: negative, zero or positive. */
export function compare(a: string, b: string): number {
  const scale = Math.max(parts(a)?.fraction.length ?? 0, parts(b)?.fraction.length ?? 0);
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Text that is no number is not nothing either. */
export const isZero = (value: string): boolean => parts(value) !== null && compare(value, '0') === 0;
export const isNegative = (value: string): boolean => compare(value, '0') < 0;

/** Shortens to `scale` digits, half away from zero. Display only. */
export function round(value: string, scale: number): string {
  const p = parts(value);
  if (!p) return value;
  const wide = BigInt(p.whole + p.fraction.slice(0, scale + 1).padEnd(scale + 1, '0'));
  const digits = ((wide + 5n) / 10n).toString().padStart(scale + 1, '0');
  const whole = scale ? digits.slice(0, -scale) : digits;
  const sign = p.negative && /[1-9]/.test(digits) ? '-' : '';
  return scale ? `${sign}${whole}.${digits.slice(-scale)}` : sign + whole;
}

/** Drops the zeros a stored scale leaves behind, keeping at least `keep` digits: `12.5000` → `12.50`. */
export function trim(value: string, keep = 0): string {
  const p = parts(value);
  if (!p) return value;
  const fraction = p.fraction.replace(/0+$/, '').padEnd(keep, '0');
  return `${p.negative ? '-' : ''}${p.whole}${fraction ? `.${fraction}` : ''}`;
}

/** A ratio between 0 and 1 for bars and sparklines, from two decimal strings; four digits are plenty for a pixel. */
export function ratio(value: string, max: string): number {
  const bottom = scaled(max, 4);
  if (bottom === 0n) return 0;
  const thousandths = (scaled(value, 4) * 10_000n) / bottom;
  return Math.min(1, Math.max(0, parseInt(thousandths.toString(), 10) / 10_000));
}

/**
 * Reads what a person typed: the locale's separators or a plain dot. Null when it is not a number.
 * `1,234.5` and `1234.5` under `en`; `1.234,5` under `de`.
 */
export function read(typed: string, locale: string): string | null {
  const { group, decimal } = separators(locale);
  let text = typed.trim().replace(/[\s\u00a0\u202f]/g, '').replace(/^\+/, '').replace(/^[\u2212]/, '-');
  if (text === '') return '';
  const grouped = new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+(\\${decimal}\\d*)?$`);
  if (grouped.test(text)) text = text.split(group).join('');
  if (decimal !== '.') text = text.replace(decimal, '.');
  if (/^-?\.\d+$/.test(text)) text = text.replace('.', '0.');
  if (/^-?\d+\.$/.test(text)) text = text.slice(0, -1);
  return PLAIN.test(text) ? text : null;
}

export function separators(locale: string): { group: string; decimal: string } {
  const found = new Intl.NumberFormat(locale).formatToParts(-12345.6);
  const of = (type: string, otherwise: string) => found.find((p) => p.type === type)?.value ?? otherwise;
  return { group: of('group', ','), decimal: of('decimal', '.') };
}

import { read } from '@/lib/decimal';

/* What a person types into a figure: the locale's separators or the numpad's dot, a sum to work out, a unit behind it. */

export type Read<T> = { ok: true; value: T } | { ok: false; error: string };

const good = <T>(value: T): Read<T> => ({ ok: true, value });
const bad = <T>(error: string): Read<T> => ({ ok: false, error });

/** A fraction: sums are worked out exactly, never in floats. */
interface Ratio {
  top: bigint;
  bottom: bigint;
}

function ratioOf(value: string): Ratio {
  const [whole = '0', fraction = ''] = value.split('.');
  return { top: BigInt(whole + fraction), bottom: 10n ** BigInt(fraction.length) };
}

/** Back to a plain decimal; null when it has no end, as a third has none. */
function plain({ top, bottom }: Ratio): string | null {
  if (bottom === 0n) return null;
  for (let scale = 0; scale <= 12; scale += 1) {
    const wide = top * 10n ** BigInt(scale);
    if (wide % bottom !== 0n) continue;
    const digits = wide / bottom;
    const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
    const shown = scale ? `${text.slice(0, -scale)}.${text.slice(-scale)}` : text;
    return digits < 0n ? `-${shown}` : shown;
  }
  return null;
}

function combine(a: Ratio, operator: string, b: Ratio): Ratio {
  if (operator === '*') return { top: a.top * b.top, bottom: a.bottom * b.bottom };
  if (operator === '/') {
    const sign = b.top < 0n ? -1n : 1n;
    return { top: a.top * b.bottom * sign, bottom: a.bottom * b.top * sign };
  }
  const right = operator === '-' ? -b.top : b.top;
  return { top: a.top * b.bottom + right * a.bottom, bottom: a.bottom * b.bottom };
}

/** `12*24+6` → 294, products before sums. Null when it is not a sum. */
function evaluate(text: string, locale: string): string | null {
  const pieces = text.replace(/[×xX]/g, '*').replace(/÷/g, '/').split(/\s*([+*/]|(?<=[\d\s])-)\s*/);
  const values: Ratio[] = [];
  const operators: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1) {
      operators.push(piece);
      continue;
    }
    const number = piece === '' ? null : read(piece, locale);
    if (!number) return null;
    values.push(ratioOf(number));
    const last = operators.at(-1);
    if (values.length > 1 && (last === '*' || last === '/')) {
      const right = values.pop();
      const left = values.pop();
      if (left && right) values.push(combine(left, operators.pop() ?? '*', right));
    }
  }
  const sum = values.reduce((total, value, index) => (index === 0 ? value : combine(total, operators[index - 1] ?? '+', value)));
  return plain(sum);
}

/** A figure or a sum of figures as a plain decimal string; empty stays empty, which is not zero. */
export function readNumber(typed: string, locale: string, decimals: number): Read<string> {
  const text = typed.trim();
  if (text === '') return good('');
  const value = read(text, locale) ?? evaluate(text, locale);
  if (value === null || value === '') return bad(`“${text}” is not a number.`);
  const [whole = '0', fraction = ''] = value.split('.');
  if (fraction.length > decimals) return bad(`At most ${decimals} digits after the point; “${text}” has ${fraction.length}.`);
  if (whole.replace('-', '').length > 12) return bad(`“${text}” is too large.`);
  return good(value.startsWith('-') ? value : value.replace(/^0+(?=\d)/, ''));
}

export const QUANTITY_DECIMALS = 6;
export const PRICE_DECIMALS = 6;

/** `200`, `12*24`, `3 ctn`: the figure and, when one was named, the unit. */
export function readQuantity(typed: string, locale: string): Read<{ value: string; unit: string | null }> {
  const match = /^(.*?\d[.,]?)\s*([\p{L}][\p{L}\d²³]*)$/u.exec(typed.trim());
  const named = match && !/^[xX]\d/.test(match[2] ?? '') ? match[2] ?? null : null;
  const number = readNumber(named && match ? match[1] ?? '' : typed, locale, QUANTITY_DECIMALS);
  if (!number.ok) return number;
  if (number.value.startsWith('-')) return bad('A quantity is not negative.');
  return good({ value: number.value, unit: named });
}

export function readPrice(typed: string, locale: string): Read<string> {
  const number = readNumber(typed, locale, PRICE_DECIMALS);
  if (number.ok && number.value.startsWith('-')) return bad('A price is not negative.');
  return number;
}

export interface TypedDiscount {
  percent?: string;
  amount?: string;
}

/** `10` and `10%` are per cent; `=5.00` is an amount off the line. */
export function readDiscount(typed: string, locale: string): Read<TypedDiscount | null> {
  const text = typed.trim();
  if (text === '') return good(null);
  const amount = text.startsWith('=');
  const number = readNumber(text.replace(/^=/, '').replace(/\s*%$/, ''), locale, amount ? PRICE_DECIMALS : 4);
  if (!number.ok) return number;
  if (number.value === '' || number.value.startsWith('-')) return bad(`“${text}” is not a discount. Type 10 for 10 %, or =5 for an amount.`);
  if (amount) return good({ amount: number.value });
  const [whole = '0', fraction = ''] = number.value.split('.');
  if (BigInt(whole) > 100n || (whole === '100' && /[1-9]/.test(fraction))) return bad('A discount is at most 100 %.');
  return good({ percent: number.value });
}

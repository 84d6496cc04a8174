import { describe, expect, it } from 'vitest';
import { addDays, echoDate, readDate } from './dates';
import { readDiscount, readNumber, readPrice, readQuantity } from './numbers';
import { isList, parsePaste } from './paste';
import { BurstWatch, multiplied } from './scanner';

const value = (typed: string, locale = 'en', decimals = 6) => {
  const found = readNumber(typed, locale, decimals);
  return found.ok ? found.value : `! ${found.error}`;
};

describe('numbers', () => {
  it.each([
    ['12', 'en', '12'], ['1,234.5', 'en', '1234.5'], ['1.234', 'de', '1234'], ['1.234,5', 'de', '1234.5'], ['0,5', 'de', '0.5'], ['12.5', 'de', '12.5'],
    ['.5', 'en', '0.5'], ['007', 'en', '7'], ['12*24', 'en', '288'], ['12 × 24', 'en', '288'], ['100-1', 'en', '99'], ['2+3*4', 'en', '14'],
    ['1/8', 'en', '0.125'], ['1,5*2', 'de', '3'], ['', 'en', ''], ['0', 'en', '0'],
  ])('reads %s under %s as %s', (typed, locale, wanted) => {
    expect(value(typed, locale)).toBe(wanted);
  });

  it.each(['abc', '1..2', '1/3', '1/0', '*3', '12*', '1e5', '--1'])('refuses %s', (typed) => {
    expect(value(typed)).toMatch(/^! /);
  });

  it('never rounds in silence', () => {
    expect(value('1.2345', 'en', 3)).toMatch(/At most 3 digits/);
  });

  it('reads back every product of two figures exactly', () => {
    let seed = 7;
    const next = () => (seed = (seed * 48271) % 2147483647);
    for (let round = 0; round < 500; round += 1) {
      const a = next() % 100_000;
      const b = next() % 100_000;
      expect(value(`${a}*${b}`)).toBe((BigInt(a) * BigInt(b)).toString());
      const cents = (next() % 10_000_000).toString().padStart(3, '0');
      const plain = `${cents.slice(0, -2)}.${cents.slice(-2)}`.replace(/^0+(?=\d)/, '');
      for (const locale of ['en', 'de', 'fr', 'de-CH']) {
        const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(plain as unknown as number);
        expect(value(shown, locale)).toBe(plain);
      }
    }
  });

  it('takes the unit behind a quantity', () => {
    expect(readQuantity('3 ctn', 'en')).toEqual({ ok: true, value: { value: '3', unit: 'ctn' } });
    expect(readQuantity('12x24', 'en')).toEqual({ ok: true, value: { value: '288', unit: null } });
    expect(readQuantity('2.5kg', 'en')).toEqual({ ok: true, value: { value: '2.5', unit: 'kg' } });
    expect(readQuantity('-1', 'en').ok).toBe(false);
  });

  it('reads prices and discounts', () => {
    expect(readPrice('0,0375', 'de')).toEqual({ ok: true, value: '0.0375' });
    expect(readDiscount('10', 'en')).toEqual({ ok: true, value: { percent: '10' } });
    expect(readDiscount('12,5 %', 'de')).toEqual({ ok: true, value: { percent: '12.5' } });
    expect(readDiscount('=5', 'en')).toEqual({ ok: true, value: { amount: '5' } });
    expect(readDiscount('101', 'en').ok).toBe(false);
  });
});

describe('dates', () => {
  const today = '2026-11-24';
  it.each([
    ['today', '2026-11-24'], ['+7', '2026-12-01'], ['+2w', '2026-12-08'], ['mon', '2026-11-30'], ['tue', '2026-12-01'], ['30.11', '2026-11-30'],
    ['30.11.', '2026-11-30'], ['30/11/26', '2026-11-30'], ['11/30/2026', '2026-11-30'], ['2026-02-28', '2026-02-28'], ['1.2', '2027-02-01'],
    ['', ''], ['30.2', null], ['soon', null], ['13/13', null],
  ])('reads %s as %s', (typed, wanted) => {
    expect(readDate(typed, today, 'en')).toBe(wanted);
  });

  it('knows the weekdays of the locale', () => {
    expect(readDate('Mo', today, 'de')).toBe('2026-11-30');
    expect(readDate('lun', today, 'fr')).toBe('2026-11-30');
  });

  it('finds every day again that it can write', () => {
    for (let count = -60; count < 300; count += 1) {
      const day = addDays(today, count);
      const [year, month, date] = day.split('-');
      expect(readDate(`${date}.${month}.${year}`, today, 'de')).toBe(day);
      expect(readDate(`${count >= 0 ? '+' : ''}${count}`, today)).toBe(day);
    }
  });

  it('echoes with the weekday', () => {
    expect(echoDate('2026-11-30', 'en-GB')).toBe('Mon, 30 Nov 2026');
  });
});

describe('paste', () => {
  const read = (text: string, locale = 'en') => parsePaste(text, locale).map((row) => [row.sku, row.quantity, row.price, row.note, row.error === null]);

  it.each([
    ['HX-1020\t200\t12.40\turgent', ['HX-1020', '200', '12.40', 'urgent', true]],
    ['HX-1020;200;12.40', ['HX-1020', '200', '12.40', '', true]],
    ['HX-1020   200   red ones', ['HX-1020', '200', '', 'red ones', true]],
    ['HX-1020 200', ['HX-1020', '200', '', '', true]],
    ['10 x HX-1020', ['HX-1020', '10', '', '', true]],
    ['10x HX-1020 for Monday', ['HX-1020', '10', '', 'for Monday', true]],
    ['HX-1020', ['HX-1020', '1', '', '', true]],
    ['HX-1020\tmany', ['HX-1020', '', '', 'many', false]],
  ])('reads %j', (text, wanted) => {
    expect(read(text)).toEqual([wanted]);
  });

  it('skips a heading and empty rows, and reads the locale', () => {
    expect(read('SKU\tQty\r\nA\t1,5\r\n\r\nB\t2', 'de')).toEqual([['A', '1.5', '', '', true], ['B', '2', '', '', true]]);
  });

  it('reads back any sheet it could have come from', () => {
    const rows = Array.from({ length: 200 }, (_, index) => [`SKU-${index * 37}`, `${index + 1}`, `${index}.25`]);
    for (const separator of ['\t', ';', '   ']) {
      expect(read(rows.map((row) => row.join(separator)).join('\n')).map((row) => row.slice(0, 3))).toEqual(rows);
    }
  });

  it('tells a list from a word', () => {
    expect([isList('HX-1020'), isList('A\t1'), isList('A 1\nB 2'), isList('10 x HX-1')]).toEqual([false, true, true, true]);
  });
});

describe('scanner', () => {
  const burst = (text: string, gap: number) => {
    const watch = new BurstWatch();
    let at = 0;
    for (let index = 0; index < text.length; index += 1) watch.key((at += gap));
    return watch.end(text, at + gap);
  };

  it('knows a scanner by its speed and length', () => {
    expect(burst('4006381333931', 10)).toEqual({ code: '4006381333931', times: '1' });
    expect(burst('4006381333931', 80)).toBeNull();
    expect(burst('HX-1020', 10)).toBeNull();
  });

  it('multiplies what was typed before the burst', () => {
    const watch = new BurstWatch();
    [0, 200, 500].forEach((time) => watch.key(time));
    for (let index = 0; index < 13; index += 1) watch.key(900 + index * 10);
    expect(watch.end('12*4006381333931', 1030)).toEqual({ code: '4006381333931', times: '12' });
    expect(multiplied('12*HX-10')).toEqual({ code: 'HX-10', times: '12' });
  });
});

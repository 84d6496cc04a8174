import { describe, expect, it, vi } from 'vitest';
import { ApiError, isStale, toProblem, undecided } from './api-error';
import { changed } from './changes';
import { compare, isNegative, isZero, ratio, read, round, trim } from './decimal';
import { ago, countryName, date, dateTime, decimal, money, moneyShort, percent, period, setFormats, time, today, words } from './format';
import { listSearch, parseSearch, stringifySearch, toQuery } from './list-search';
import { neighbours, rememberList } from './neighbours';
import { countryOptions, currencyOptions, zoneOptions } from './places';
import { byField, fieldOf, locate, messageAt } from './problems';
import { keyLabels } from './shortcuts';
import * as v from 'valibot';

describe('decimals', () => {
  it('compares figures of any length exactly', () => {
    expect(compare('0.1', '0.10')).toBe(0);
    expect(compare('123456789012345678.01', '123456789012345678.02')).toBe(-1);
    expect(compare('-1', '-2')).toBe(1);
    expect([isZero('0.000'), isZero('-0'), isZero('0.001'), isZero('many')]).toEqual([true, true, false, false]);
    expect([isNegative('-0.01'), isNegative('0')]).toEqual([true, false]);
  });

  it('rounds half away from zero, for display', () => {
    expect([round('1.005', 2), round('-1.005', 2), round('2.5', 0), round('-0.001', 2), round('x', 2)]).toEqual(['1.01', '-1.01', '3', '0.00', 'x']);
  });

  it('drops the zeros a stored scale leaves behind', () => {
    expect([trim('12.5000', 2), trim('12.000'), trim('-0.50'), trim('x')]).toEqual(['12.50', '12', '-0.5', 'x']);
  });

  it('draws a share between nothing and all', () => {
    expect([ratio('1', '4'), ratio('5', '4'), ratio('-1', '4'), ratio('1', '0')]).toEqual([0.25, 1, 0, 0]);
  });

  it.each([
    ['1,234.5', 'en', '1234.5'], ['1.234,5', 'de', '1234.5'], ['1234.5', 'de', '1234.5'], ['+5', 'en', '5'], ['−5', 'en', '-5'], ['.5', 'en', '0.5'], ['5.', 'en', '5'],
    ['', 'en', ''], ['a lot', 'en', null], ['1..2', 'en', null], ['1 234,5', 'fr', '1234.5'],
  ])('reads %s under %s', (typed, locale, wanted) => {
    expect(read(typed, locale)).toBe(wanted);
  });
});

describe('formats', () => {
  it('shows money with the digits of its currency, and more when they mean something', () => {
    setFormats({ locale: 'en', zone: 'Europe/Berlin' });
    expect(money({ amount: '1234.5', currency: 'EUR' })).toBe('€1,234.50');
    expect(money({ amount: '0.0375', currency: 'EUR' })).toBe('€0.0375');
    expect(money({ amount: '1200', currency: 'JPY' })).toBe('¥1,200');
    expect(money({ amount: '99999999999999.99', currency: 'EUR' })).toBe('€99,999,999,999,999.99');
    expect(money({ amount: 'odd', currency: 'EUR' })).toBe('odd EUR');
    expect(moneyShort({ amount: '1234567', currency: 'EUR' })).toBe('€1.2M');
    expect([decimal('1234.5000'), decimal('5', 2), decimal('0.12345678', 0, 6), decimal('odd'), percent('19.00')]).toEqual(['1,234.5', '5.00', '0.123457', 'odd', '19%']);
  });

  it('follows the locale', () => {
    setFormats({ locale: 'de' });
    expect(money({ amount: '1234.5', currency: 'EUR' }).replaceAll(/\s/g, ' ')).toBe('1.234,50 €');
    setFormats({ locale: 'en' });
  });

  it('never moves a civil date, and shows instants in the zone of the organization', () => {
    setFormats({ locale: 'en', zone: 'Pacific/Auckland' });
    expect(date('2026-11-30')).toBe('Nov 30, 2026');
    expect(dateTime('2026-11-30T12:00:00Z')).toMatch(/^Dec 1, 2026, 1:00\sAM$/);
    expect(time('2026-11-30T12:00:00Z')).toMatch(/^1:00\sAM$/);
    expect(today(new Date('2026-11-30T12:00:00Z'))).toBe('2026-12-01');
    setFormats({ zone: 'Europe/Berlin' });
    expect([date(null), dateTime(undefined)]).toEqual(['—', '—']);
    expect([period('2026-01-01', '2026-06-30'), period('2026-01-01', null), period(null, '2026-06-30'), period(null, null)]).toEqual([
      'Jan 1, 2026 – Jun 30, 2026', 'from Jan 1, 2026', 'until Jun 30, 2026', null,
    ]);
  });

  it('says how long ago something was', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    const said = ['2026-11-30T11:59:50Z', '2026-11-30T11:00:00Z', '2026-11-29T12:00:00Z', '2026-08-30T12:00:00Z', '2024-11-30T12:00:00Z', '2026-11-30T12:05:00Z'].map((at) => ago(at, now));
    expect(said).toEqual(['now', '1 hour ago', 'yesterday', '3 months ago', '2 years ago', 'in 5 minutes']);
  });

  it('turns codes into words and names', () => {
    expect([words('pending_approval'), words('order.confirmed'), countryName('DE'), countryName('not a country')]).toEqual(['Pending approval', 'Order confirmed', 'Germany', 'not a country']);
    const countries = countryOptions().map(({ label }) => label);
    expect(countries).toEqual([...countries].sort((a, b) => a.localeCompare(b, 'en')));
    expect(currencyOptions()).toContainEqual({ value: 'CHF', label: 'CHF · Swiss Franc' });
    expect(zoneOptions('Europe/Berlin').filter(({ value }) => value === 'Europe/Berlin')).toHaveLength(1);
  });

  it('shows the keys of the platform', () => {
    expect([keyLabels('mod+k'), keyLabels('g o'), keyLabels('alt+n'), keyLabels('shift+enter')]).toEqual([['Ctrl', 'K'], ['G', 'O'], ['Alt', 'N'], ['Shift', 'Enter']]);
    vi.spyOn(navigator, 'platform', 'get').mockReturnValue('MacIntel');
    expect([keyLabels('mod+k'), keyLabels('alt+n')]).toEqual([['⌘', 'K'], ['⌥', 'N']]);
  });
});

describe('addresses of lists', () => {
  it('are read and written as a person would', () => {
    const search = { q: 'a&b', view: 'late', empty: '', none: undefined, 'total.gte': '5' };
    expect(stringifySearch(search)).toBe('?q=a%26b&view=late&total.gte=5');
    expect(parseSearch('?q=a%26b&view=late')).toEqual({ q: 'a&b', view: 'late' });
    expect(stringifySearch({})).toBe('');
  });

  it('drop what a list does not know', () => {
    expect(v.parse(listSearch(['status']), { status: 'active', q: 'x', evil: '1' })).toEqual({ status: 'active', q: 'x' });
  });

  it('become a question to the server: the view first, what was chosen over it, our own keys never', () => {
    expect(toQuery({ view: 'late', back: '1', q: 'x', lifecycle: 'draft' }, { lifecycle: 'confirmed', on_hold: 'true' })).toEqual({ q: 'x', lifecycle: 'draft', on_hold: 'true' });
  });

  it('remember what is beside a record', () => {
    rememberList('orders', ['a', 'b', 'c']);
    expect([neighbours('orders', 'b'), neighbours('orders', 'a'), neighbours('orders', 'x'), neighbours('customers', 'b')]).toEqual([
      { previous: 'a', next: 'c' }, { previous: undefined, next: 'b' }, {}, {},
    ]);
  });
});

describe('problems', () => {
  const problem = {
    title: 'Bad', status: 422, code: 'validation',
    errors: [
      { pointer: '#/lines/1/sku', code: 'not_found', detail: 'No such product.', suggestions: ['HX-10', 'HX-20'] },
      { pointer: '#/lines/1/sku', code: 'other', detail: 'Second.' },
      { parameter: 'sort', code: 'unknown', detail: 'No such column.' },
      { code: 'whole', detail: 'Something about the whole.' },
    ],
  };

  it('find their fields', () => {
    expect([fieldOf('#/a/b'), fieldOf('/a~1b/c~0d'), fieldOf('#/custom/gr%C3%B6%C3%9Fe'), fieldOf('#'), fieldOf(null)]).toEqual(['a/b', 'a/b/c~d', 'custom/größe', null, null]);
    expect(locate(problem).map(({ field }) => field)).toEqual(['lines/1/sku', 'lines/1/sku', 'sort', null]);
    expect(byField(problem)).toEqual({ 'lines/1/sku': 'No such product. Did you mean HX-10 or HX-20?', sort: 'No such column.' });
    expect([locate(null), byField(undefined)]).toEqual([[], {}]);
  });

  it('belong to the field they are a part of', () => {
    const fields = { 'lines/1/quantity/value': 'Bad.', 'lines/10': 'Other.' };
    expect([messageAt(fields, 'lines/1'), messageAt(fields, 'lines/10'), messageAt(fields, 'lines/2')]).toEqual(['Bad.', 'Other.', undefined]);
  });

  it('are made of whatever was thrown', () => {
    expect(toProblem(new ApiError(problem))).toBe(problem);
    expect(toProblem(new TypeError('fetch failed'))).toMatchObject({ code: 'unreachable', retryable: true });
    expect(toProblem(new Error('Choose a file first.'))).toMatchObject({ code: 'client_error', detail: 'Choose a file first.' });
    expect(toProblem('odd')).toMatchObject({ detail: 'odd' });
    expect(new ApiError({ ...problem, detail: 'In short' }).message).toBe('In short');
  });

  it('say whether the server decided', () => {
    const refusal = (status: number, code = 'x') => new ApiError({ title: '', status, code });
    expect([new TypeError(), refusal(0), refusal(503), refusal(409, 'idempotency_in_progress')].map(undecided)).toEqual([true, true, true, true]);
    expect([refusal(422), refusal(409), refusal(412)].map(undecided)).toEqual([false, false, false]);
    expect([isStale(refusal(412)), isStale(refusal(409)), isStale(new Error())]).toEqual([true, false, false]);
  });
});

describe('changes', () => {
  it('are what differs', () => {
    expect(changed({ a: 1, b: [1], c: null }, { a: 1, b: [2], c: 'x' } as never)).toEqual({ b: [1], c: null });
  });
});

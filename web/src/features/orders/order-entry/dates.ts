/* Civil dates as people type them. Days are counted in UTC, so no zone can shift one. */

const DAY = 86_400_000;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const stamp = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);

export function addDays(day: string, count: number): string {
  return iso(stamp(day) + count * DAY);
}

function civil(year: number, month: number, day: number): string | null {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  if (year < 1900 || year > 9999 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return iso(time);
}

/** Names of weekdays in English and in the locale, by their first letters: `mon`, `Mo`, `lun`. */
function weekday(text: string, locale: string): number | null {
  if (text.length < 2 || !/^\p{L}+\.?$/u.test(text)) return null;
  const wanted = text.toLowerCase().replace('.', '');
  const names = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // 1 March 2026 was a Sunday.
  const own = WEEKDAYS.map((_, index) => names.format(Date.UTC(2026, 2, 1 + index)).toLowerCase());
  const english = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  for (const list of [english, own]) {
    const index = list.findIndex((name) => name.startsWith(wanted));
    if (index >= 0) return index;
  }
  return null;
}

/** Whether the locale writes the month first. */
function monthFirst(locale: string): boolean {
  const order = new Intl.DateTimeFormat(locale).formatToParts(0).map((part) => part.type);
  return order.indexOf('month') < order.indexOf('day') && order.indexOf('year') !== 0;
}

function year(text: string | undefined, today: string, guess: (year: number) => string | null): string | null {
  if (text) return guess(parseInt(text.length <= 2 ? `20${text.padStart(2, '0')}` : text, 10));
  const now = parseInt(today.slice(0, 4), 10);
  const here = guess(now);
  // Without a year a date means the next one: nobody requests a delivery half a year ago.
  if (here && stamp(here) < stamp(today) - 90 * DAY) return guess(now + 1) ?? here;
  return here ?? guess(now + 1);
}

/**
 * `today`, `tomorrow`, `+7`, `mon`, `30.11`, `30/11/26`, `2026-11-30` → ISO date; '' for nothing; null when unreadable.
 * With dots the day comes first; with slashes the locale's order, unless only the other one is a date.
 */
export function readDate(typed: string, today: string, locale = 'en'): string | null {
  const text = typed.trim().toLowerCase();
  if (text === '') return '';
  if (text === 'today' || text === '.') return today;
  if (text === 'tomorrow') return addDays(today, 1);
  const relative = /^([+-])(\d{1,4})([dw]?)$/.exec(text);
  if (relative) {
    const count = parseInt(relative[2] ?? '0', 10) * (relative[3] === 'w' ? 7 : 1);
    return addDays(today, relative[1] === '-' ? -count : count);
  }
  const full = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (full) return civil(parseInt(full[1] ?? '', 10), parseInt(full[2] ?? '', 10), parseInt(full[3] ?? '', 10));
  const parts = /^(\d{1,2})([./-])(\d{1,2})(?:[./-](\d{2}|\d{4})?)?$/.exec(text);
  if (parts) {
    const a = parseInt(parts[1] ?? '', 10);
    const b = parseInt(parts[3] ?? '', 10);
    const dayFirst = (y: number) => civil(y, b, a);
    const monthLed = (y: number) => civil(y, a, b);
    const orders = parts[2] === '/' && monthFirst(locale) ? [monthLed, dayFirst] : [dayFirst, monthLed];
    if (parts[2] === '.') orders.pop();
    for (const order of orders) {
      const found = year(parts[4], today, order);
      if (found) return found;
    }
    return null;
  }
  const wanted = weekday(text, locale);
  if (wanted === null) return null;
  const now = new Date(stamp(today)).getUTCDay();
  return addDays(today, (wanted - now + 7) % 7 || 7);
}

/** `Mon 30 Nov 2026`, so that a wrong guess is seen at once. */
export function echoDate(day: string, locale: string): string {
  const options: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(locale, options).format(stamp(day));
}

export const isWeekend = (day: string): boolean => [0, 6].includes(new Date(stamp(day)).getUTCDay());

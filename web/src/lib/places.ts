import { countryName, currentLocale } from './format';

/** Countries offered first-hand, with the currency each usually sells in. The server accepts every ISO code. */
export const COUNTRIES: Record<string, string> = {
  AE: 'AED', AR: 'ARS', AT: 'EUR', AU: 'AUD', BE: 'EUR', BG: 'EUR', BR: 'BRL', CA: 'CAD', CH: 'CHF', CL: 'CLP', CN: 'CNY', CO: 'COP',
  CY: 'EUR', CZ: 'CZK', DE: 'EUR', DK: 'DKK', EE: 'EUR', EG: 'EGP', ES: 'EUR', FI: 'EUR', FR: 'EUR', GB: 'GBP', GR: 'EUR', HK: 'HKD',
  HR: 'EUR', HU: 'HUF', ID: 'IDR', IE: 'EUR', IL: 'ILS', IN: 'INR', IS: 'ISK', IT: 'EUR', JP: 'JPY', KE: 'KES', KR: 'KRW', KW: 'KWD',
  LT: 'EUR', LU: 'EUR', LV: 'EUR', MA: 'MAD', MT: 'EUR', MX: 'MXN', MY: 'MYR', NG: 'NGN', NL: 'EUR', NO: 'NOK', NZ: 'NZD', PE: 'PEN',
  PH: 'PHP', PL: 'PLN', PT: 'EUR', RO: 'RON', RS: 'RSD', SA: 'SAR', SE: 'SEK', SG: 'SGD', SI: 'EUR', SK: 'EUR', TH: 'THB', TN: 'TND',
  TR: 'TRY', TW: 'TWD', UA: 'UAH', US: 'USD', VN: 'VND', ZA: 'ZAR',
};

interface Option {
  value: string;
  label: string;
}

const byLabel = (a: Option, b: Option) => a.label.localeCompare(b.label, currentLocale());

export function countryOptions(): Option[] {
  return Object.keys(COUNTRIES)
    .map((code) => ({ value: code, label: countryName(code) }))
    .sort(byLabel);
}

export function currencyOptions(): Option[] {
  const names = new Intl.DisplayNames(currentLocale(), { type: 'currency' });
  return [...new Set(Object.values(COUNTRIES))].sort().map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }));
}

export function zoneOptions(own: string): Option[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
}

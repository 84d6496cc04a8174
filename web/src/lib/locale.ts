/* Whose words and clock the figures and dates follow. Apart from `format`, which the sign-in does not need. */

let locale = 'en';
let zone: string | undefined;

/** Set once from the session; tests set it too. */
export function setFormats(next: { locale?: string; zone?: string }): void {
  locale = next.locale ?? locale;
  zone = next.zone ?? zone;
}

export const currentLocale = (): string => locale;

/** The organization's time zone; the browser's while it is not known. */
export const currentZone = (): string | undefined => zone;

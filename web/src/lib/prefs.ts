import { useSyncExternalStore } from 'react';

/* What a person chose for this device: theme, density, single-key shortcuts. */

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';

export interface Prefs {
  theme: Theme;
  density: Density;
  /** Single-character shortcuts can be switched off (WCAG 2.1.4). */
  keys: boolean;
  railOpen: boolean;
  /** The columns chosen for a list, by the list's name; a list that is not here shows its usual ones. */
  columns: Record<string, string[]>;
}

const KEY = 'som.prefs';
const DEFAULTS: Prefs = { theme: 'system', density: 'comfortable', keys: true, railOpen: true, columns: {} };

function load(): Prefs {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>) };
  } catch {
    return DEFAULTS;
  }
}

let prefs = load();
const listeners = new Set<() => void>();

/** Puts the choice on the document, where the tokens read it. */
export function applyPrefs(): void {
  const root = document.documentElement;
  if (prefs.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = prefs.theme;
  root.dataset.density = prefs.density;
}

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  localStorage.setItem(KEY, JSON.stringify(prefs));
  applyPrefs();
  for (const listener of listeners) listener();
}

export function getPrefs(): Prefs {
  return prefs;
}

export function usePrefs(): Prefs {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getPrefs);
}

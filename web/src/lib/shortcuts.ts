import { useEffect, useSyncExternalStore } from 'react';
import { getPrefs } from './prefs';

/*
 * Every action has a name and, if it likes, keys. The palette and the shortcut sheet list the same registry, so neither
 * can forget one. Keys: `g o` is a chord of two, `mod+k` is Ctrl or Command.
 */

export interface Command {
  id: string;
  name: string;
  keys?: string;
  group: string;
  /** Without it the entry only tells of a key, in the shortcut sheet. */
  run?: () => void;
  /** Also fires while a field has the focus. Only for combinations with a modifier. */
  inFields?: boolean;
  /** Its keys belong to one part of the page, which listens itself. */
  local?: boolean;
}

const commands = new Map<string, Command>();
let snapshot: Command[] = [];
const listeners = new Set<() => void>();

function changed(): void {
  snapshot = [...commands.values()];
  for (const listener of listeners) listener();
}

/** Offers commands while the component is mounted. Later ones win over earlier ones with the same id. */
export function useCommands(list: Command[]): void {
  useEffect(() => {
    for (const command of list) commands.set(command.id, command);
    changed();
    return () => {
      for (const command of list) if (commands.get(command.id) === command) commands.delete(command.id);
      changed();
    };
  });
}

export function useCommandList(): Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  up: '↑', down: '↓', delete: 'Del', insert: 'Ins', escape: 'Esc', f2: 'F2', f8: 'F8',
};

/** `mod+k` → `⌘ K` or `Ctrl K`. */
export function keyLabels(keys: string): string[] {
  return keys.split(' ').flatMap((chord) =>
    chord.split('+').map((key) => {
      if (key === 'mod') return isMac() ? '⌘' : 'Ctrl';
      if (key === 'alt') return isMac() ? '⌥' : 'Alt';
      // Signs that every Mac has and other systems' fonts may lack.
      if (key === 'shift') return isMac() ? '⇧' : 'Shift';
      if (key === 'enter') return isMac() ? '↵' : 'Enter';
      if (key in NAMES) return NAMES[key] ?? key;
      return key.length === 1 ? key.toUpperCase() : key;
    }),
  );
}

function chordOf(event: KeyboardEvent): string {
  const mods = [];
  if (event.ctrlKey || event.metaKey) mods.push('mod');
  if (event.altKey) mods.push('alt');
  // By itself Shift is a part of the character: `?` is one key.
  if (event.shiftKey && mods.length > 0) mods.push('shift');
  // On a Mac Option makes another character of a letter.
  const letter = event.altKey && !/^[a-z]$/i.test(event.key) ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined;
  const key = (letter ?? event.key).toLowerCase();
  return [...mods, key].join('+');
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], [role="grid"], [role="listbox"], [role="menu"]') !== null;
}

const CHORD_WINDOW = 1500;

/** A toast has the same role and takes no keys. */
const OPEN_DIALOG = '[role="dialog"]:not([data-toast])';

/** Installs the one key listener of the app; returns its removal. */
export function listenForKeys(onPending: (prefix: string | null) => void): () => void {
  let prefix: string | null = null;
  let timer = 0;
  const forget = () => {
    prefix = null;
    onPending(null);
  };
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = chordOf(event);
    const plain = !chord.includes('+');
    if (plain && (inField(event.target) || !getPrefs().keys || document.querySelector(OPEN_DIALOG))) return;
    const wanted = prefix ? `${prefix} ${chord}` : chord;
    clearTimeout(timer);
    const found = snapshot.findLast((command) => command.keys === wanted && !command.local);
    if (found && (plain || found.inFields || !inField(event.target))) {
      event.preventDefault();
      forget();
      found.run?.();
      return;
    }
    const starts = plain && !prefix && snapshot.some((command) => command.keys?.startsWith(`${chord} `));
    if (!starts) return forget();
    prefix = chord;
    onPending(chord);
    timer = window.setTimeout(forget, CHORD_WINDOW);
  };
  document.addEventListener('keydown', listener);
  return () => {
    document.removeEventListener('keydown', listener);
    clearTimeout(timer);
  };
}

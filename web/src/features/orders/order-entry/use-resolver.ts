import { type Dispatch, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/lib/api-error';
import { MOST_TEXTS, resolveProducts } from './api';
import type { Action, Line, Resolution } from './model';

const AT_ONCE = 2;
const TRIES = 4;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function patiently(texts: string[]): Promise<(Resolution | undefined)[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await resolveProducts(texts);
    } catch (error) {
      const busy = error instanceof ApiError && (error.status === 429 || error.status === 503);
      if (!busy || attempt === TRIES) return [];
      await pause(400 * 2 ** attempt);
    }
  }
}

/**
 * What texts stand for, each asked once. Those that wait go out together: a pasted list is one request for every 500 rows, and lines
 * keyed faster than the server answers share the next one.
 */
class Lookup {
  private readonly known = new Map<string, Promise<Resolution | null>>();
  private waiting: { text: string; settle: (answer: Resolution | null) => void }[] = [];
  private running = 0;

  ask(text: string): Promise<Resolution | null> {
    const before = this.known.get(text);
    if (before) return before;
    const answer = new Promise<Resolution | null>((settle) => this.waiting.push({ text, settle })).then((found) => {
      // Only a product is remembered: what was unknown or went wrong may be found the next time.
      if (!found?.match) this.known.delete(text);
      return found;
    });
    this.known.set(text, answer);
    queueMicrotask(() => void this.send());
    return answer;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0 && this.running < AT_ONCE) {
      const part = this.waiting.splice(0, MOST_TEXTS);
      this.running += 1;
      const answers = await patiently(part.map(({ text }) => text));
      this.running -= 1;
      part.forEach(({ settle }, index) => settle(answers[index] ?? null));
    }
  }
}

/**
 * Looks up every line that waits for its product. The answer goes to whatever lines still hold that text; undo and redo may bring a
 * text back, and then it is known already.
 */
export function useResolver(lines: Line[], dispatch: Dispatch<Action>): void {
  const [lookup] = useState(() => new Lookup());
  const asked = useRef(new Set<string>());

  useEffect(() => {
    for (const { key, sku, match } of lines) {
      const id = `${key} ${sku}`;
      if (match !== 'resolving') asked.current.delete(id);
      else if (!asked.current.has(id)) {
        asked.current.add(id);
        void lookup.ask(sku).then((answer) => dispatch({ type: 'resolved', key, text: sku, answer }));
      }
    }
  }, [lines, dispatch, lookup]);
}

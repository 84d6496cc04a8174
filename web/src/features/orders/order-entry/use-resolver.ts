import { type Dispatch, useEffect, useRef } from 'react';
import { ApiError } from '@/lib/api-error';
import { findBySku, MOST_SKUS, resolveProduct } from './api';
import type { Action, Line, ProductRef, Resolution } from './model';

const AT_ONCE = 6;
/** From so many texts on they are asked for together first. */
const MANY = 8;
const TRIES = 4;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function patiently(text: string): Promise<Resolution | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await resolveProduct(text);
    } catch (error) {
      const busy = error instanceof ApiError && (error.status === 429 || error.status === 503);
      if (!busy || attempt === TRIES) return null;
      await pause(400 * 2 ** attempt);
    }
  }
}

type Ask = (text: string) => Promise<Resolution | null>;

/** A pasted list is one question for every hundred rows, not one for each; only what is no exact SKU is asked singly. */
function askTogether(texts: string[]): (text: string, singly: Ask) => Promise<Resolution | null> {
  const wanted = [...new Set(texts)];
  if (wanted.length < MANY) return (text, singly) => singly(text);
  const parts = Array.from({ length: Math.ceil(wanted.length / MOST_SKUS) }, (_, nth) => wanted.slice(nth * MOST_SKUS, (nth + 1) * MOST_SKUS));
  const answers = new Map(parts.flatMap((part) => {
    const answer = findBySku(part).catch(() => new Map<string, ProductRef>());
    return part.map((text) => [text, answer] as const);
  }));
  return async (text, singly) => {
    const match = (await answers.get(text))?.get(text);
    return match ? { match, candidates: [] } : singly(text);
  };
}

/**
 * Looks up every line that waits for its product, a few at once, each text once. The answer goes to whatever lines
 * still hold that text; undo and redo may bring a text back, and then it is known already.
 */
export function useResolver(lines: Line[], dispatch: Dispatch<Action>): (key: string, text: string) => void {
  const known = useRef(new Map<string, Promise<Resolution | null>>());
  const asked = useRef(new Set<string>());
  const running = useRef(0);
  const waiting = useRef<(() => void)[]>([]);

  useEffect(() => {
    const limited = async (text: string): Promise<Resolution | null> => {
      if (running.current >= AT_ONCE) await new Promise<void>((go) => waiting.current.push(go));
      running.current += 1;
      try {
        return await patiently(text);
      } finally {
        running.current -= 1;
        waiting.current.shift()?.();
      }
    };
    const together = askTogether(lines.flatMap((line) => (line.match === 'resolving' && !known.current.has(line.sku) ? [line.sku] : [])));
    for (const line of lines) {
      const id = `${line.key} ${line.sku}`;
      if (line.match !== 'resolving') {
        asked.current.delete(id);
        continue;
      }
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      const found = known.current.get(line.sku) ?? together(line.sku, limited);
      known.current.set(line.sku, found);
      const { key, sku } = line;
      void found.then((answer) => {
        if (!answer?.match) known.current.delete(sku);
        dispatch({ type: 'resolved', key, text: sku, answer });
      });
    }
  }, [lines, dispatch]);

  return (key, text) => {
    known.current.delete(text);
    dispatch({ type: 'raw', key, text });
  };
}

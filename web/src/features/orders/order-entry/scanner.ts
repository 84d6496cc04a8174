/* A scanner is a very fast typist: eight or more characters with hardly a gap, and a terminator. */

const MIN_LENGTH = 8;
const MAX_GAP = 60;

export interface Scan {
  code: string;
  times: string;
}

/** Watches the keys of one cell. Times are those of the events, so that a slow page does not slow the typist. */
export class BurstWatch {
  private run = 0;
  private last = -Infinity;

  key(at: number): void {
    this.run = at - this.last < MAX_GAP ? this.run + 1 : 1;
    this.last = at;
  }

  reset(): void {
    this.run = 0;
    this.last = -Infinity;
  }

  /** At the terminator: the scanned code with its multiplier (`12*`), or null when a person typed. */
  end(text: string, at: number): Scan | null {
    const run = at - this.last < MAX_GAP ? Math.min(this.run, text.length) : 0;
    this.reset();
    if (run < MIN_LENGTH) return null;
    const before = text.slice(0, text.length - run).trim();
    const burst = text.slice(text.length - run);
    if (/^\d+\*$/.test(before)) return { code: burst, times: before.slice(0, -1) };
    const whole = multiplied(burst);
    return before === '' ? whole : { code: text, times: '1' };
  }
}

/** `12*HX-1020` → the code twelve times. */
export function multiplied(text: string): Scan {
  const match = /^(\d{1,6})\*(.+)$/.exec(text.trim());
  return match ? { times: match[1] ?? '1', code: (match[2] ?? '').trim() } : { times: '1', code: text.trim() };
}

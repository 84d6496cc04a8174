import { vi } from 'vitest';

/**
 * A clock for the keys: each comes `gap` milliseconds after the one before, however busy the machine is. A person
 * types every 120 or so, a scanner every 10.
 */
export function keysEvery(gap: number): void {
  const stamps = new WeakMap<Event, number>();
  vi.spyOn(Event.prototype, 'timeStamp', 'get').mockImplementation(function (this: Event) {
    if (!stamps.has(this)) {
      if (this.type === 'keydown') now += gap;
      stamps.set(this, now);
    }
    return stamps.get(this) ?? now;
  });
}

let now = 1000;

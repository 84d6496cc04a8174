import { useEffect, useRef } from 'react';

const EVERY = 10_000;

/** While something could not be reached: tries again as soon as the device is back on a network, and every so often unless told not to. */
export function useRecovery(waiting: boolean, again: () => void, every: number | null = EVERY): void {
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (!waiting) return;
    const run = () => latest.current();
    const timer = every === null ? undefined : window.setInterval(run, every);
    window.addEventListener('online', run);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener('online', run);
    };
  }, [waiting, every]);
}

/*
 * The one `fetch` of the app: adds the CSRF header, and on 401 renews the session once and repeats the request.
 * Renewal is serialised across tabs: a refresh token may be used once, and two tabs asking at the same moment would
 * look like theft.
 */

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const REFRESH = '/api/v1/auth/refresh';
const STAMP = 'som.refreshed_at';

export function csrfToken(cookies = document.cookie): string | null {
  for (const pair of cookies.split('; ')) {
    const [name, value] = pair.split('=', 2);
    if ((name === '__Host-som_csrf' || name === 'som_csrf') && value) return decodeURIComponent(value);
  }
  return null;
}

function signed(request: Request): Request {
  if (SAFE.has(request.method)) return request;
  const token = csrfToken();
  if (token) request.headers.set('X-CSRF-Token', token);
  return request;
}

function lastRefresh(): number {
  return parseInt(localStorage.getItem(STAMP) ?? '0', 10);
}

async function locked<T>(work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return navigator.locks.request('som-refresh', work);
}

let running: Promise<Response | null> | null = null;

/**
 * The refusal to renew the session; null when it is fresh again: renewed here, or by another tab since `asked`. Over
 * plain HTTP a browser has no locks; at least the requests of this page then share one renewal.
 */
export function refresh(asked: number): Promise<Response | null> {
  running ??= renew(asked).finally(() => {
    running = null;
  });
  return running;
}

function renew(asked: number): Promise<Response | null> {
  return locked(async () => {
    if (lastRefresh() >= asked) return null;
    const request = new Request(new URL(REFRESH, location.origin), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
      credentials: 'same-origin',
    });
    const answer = await fetch(signed(request));
    if (!answer.ok) return answer;
    localStorage.setItem(STAMP, String(Date.now()));
    return null;
  });
}

const listeners = new Set<() => void>();

/** Called when the session is gone for good, so that the app can ask for the factor again. */
export function onSessionLost(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function sessionFetch(request: Request): Promise<Response> {
  const asked = Date.now();
  const again = request.clone();
  const answer = await fetch(signed(request));
  const path = new URL(request.url).pathname;
  if (answer.status !== 401 || path.startsWith('/api/v1/auth/')) return answer;
  const refusal = await refresh(asked);
  if (!refusal) return fetch(signed(again));
  // A server that is busy or restarts has not said that the session is over: what was typed must not be lost for that.
  if (refusal.status >= 500 || refusal.status === 429) return refusal.clone();
  for (const listener of listeners) listener();
  return answer;
}

import { useEffect, useState } from 'react';

/** `…#t=token`: in the fragment, which a browser sends nowhere. */
export function readToken(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('t') ?? '';
}

/** The token of the link that was opened; it leaves the address as soon as it is read. */
export function useLinkToken(): string {
  const [token] = useState(() => readToken(window.location.hash));
  useEffect(() => {
    if (token) window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  }, [token]);
  return token;
}

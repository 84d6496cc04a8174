import { vi } from 'vitest';
import type { Schemas } from '@/lib/api';

/** What the browser was asked for, and what comes back: an answer as `toJSON` writes it, or the name of a `DOMException`. */
interface Authenticator {
  asked: { way: 'create' | 'get'; options: unknown }[];
  answer: object | string;
}

/** What the server asks an authenticator. */
export const challenge = (ceremony: string): Schemas['PasskeyChallenge'] => ({
  ceremony, public_key: { challenge: 'AQ' } as unknown as Record<string, never>, expires_at: '2026-11-24T10:05:00Z',
});

/** A browser with passkeys, which jsdom is not; undone with `vi.unstubAllGlobals()`. */
export function plugIn(answer: Authenticator['answer'] = { id: 'AQIDBA', type: 'public-key' }): Authenticator {
  const authenticator: Authenticator = { asked: [], answer };
  const ceremony = (way: 'create' | 'get') => async (options: unknown) => {
    authenticator.asked.push({ way, options });
    const { answer: now } = authenticator;
    if (typeof now === 'string') throw new DOMException('as a browser words it', now);
    return { toJSON: () => now };
  };
  vi.stubGlobal('PublicKeyCredential', {
    parseRequestOptionsFromJSON: (options: object) => ({ parsed: options }),
    parseCreationOptionsFromJSON: (options: object) => ({ parsed: options }),
  });
  Object.defineProperty(navigator, 'credentials', { configurable: true, value: { create: ceremony('create'), get: ceremony('get') } });
  return authenticator;
}

import { api, body, type Schemas } from './api';
import { ApiError, type Problem } from './api-error';

/* Passkeys: what the server asks goes to the browser, and its answer back. Loaded only when one is made or shown. */

type Answer = Schemas['PasskeyAnswer'];
type Shown = Schemas['PasskeyStepUp'];

/** What may go wrong before the server is asked again; none of it is an error of the person. */
const REFUSALS: Record<string, [code: string, title: string, detail: string]> = {
  NotAllowedError: ['passkey_cancelled', 'No passkey was shown', 'It was cancelled, or took too long. Try again when you are ready.'],
  AbortError: ['passkey_cancelled', 'No passkey was shown', 'It was cancelled. Try again when you are ready.'],
  InvalidStateError: ['duplicate_passkey', 'There is a passkey of yours on this device already', 'Use another device or a security key.'],
  SecurityError: ['passkeys_unavailable', 'This address has no passkeys', 'Open the app at the address its operator gave you.'],
  NotSupportedError: ['passkeys_unsupported', 'This device cannot make such a passkey', 'Use another device or a security key.'],
  ConstraintError: ['passkeys_unsupported', 'This device cannot tell that it is you', 'Set up its screen lock, or use another device or a security key.'],
};

const problem = (code: string, title: string, detail: string): Problem => ({ title, status: 0, code, detail });

/** Whether this browser can pass on what the server asks. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';
}

async function asked(ceremony: () => Promise<Credential | null>): Promise<Answer> {
  try {
    const credential = (await ceremony()) as PublicKeyCredential | null;
    if (credential) return credential.toJSON() as Answer;
  } catch (error) {
    const known = error instanceof DOMException ? REFUSALS[error.name] : undefined;
    if (!known) throw error;
    throw new ApiError(problem(...known));
  }
  throw new ApiError(problem('passkey_cancelled', 'No passkey was shown', 'Try again when you are ready.'));
}

function mustKnow(): void {
  if (knowsPasskeys()) return;
  throw new ApiError(problem('passkeys_unsupported', 'This browser does not know passkeys', 'Use the password, or a newer browser.'));
}

async function show(): Promise<Shown> {
  mustKnow();
  const { ceremony, public_key } = await body(api.POST('/api/v1/auth/passkey-challenge', { body: {} }));
  const options = public_key as unknown as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ceremony, credential: await asked(() => navigator.credentials.get({ publicKey })) };
}

export async function signInWithPasskey(remember: boolean, organization_id?: string) {
  return body(api.POST('/api/v1/auth/sign-in/passkey', { body: { ...(await show()), remember, organization_id } }));
}

export async function stepUpWithPasskey(): Promise<void> {
  await api.POST('/api/v1/auth/step-up/passkey', { body: await show() });
}

export async function addPasskey(name: string) {
  mustKnow();
  const { ceremony, public_key } = await body(api.POST('/api/v1/passkeys/begin', { body: {} }));
  const options = public_key as unknown as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  return body(api.POST('/api/v1/passkeys', { body: { ceremony, name, credential } }));
}

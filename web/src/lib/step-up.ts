import { api, type Schemas } from './api';
import { ApiError } from './api-error';

/* Showing the password again, and the second factor with it, before something that is not done from an unattended desk. */

const ASKS = ['reauth_required', 'wrong_password', 'second_factor_required', 'wrong_code'];

/** Whether the server wants the person to show who they are before it does this. */
export function wantsProof(error: unknown): boolean {
  return error instanceof ApiError && ASKS.includes(error.code);
}

/** Six digits are the app's, however they are written; anything else is a recovery code. */
export function secondFactor(text: string): Schemas['SecondFactor'] {
  const code = text.trim();
  return { method: /^\d{6}$/.test(code.replace(/[\s-]/g, '')) ? 'totp' : 'recovery_code', code };
}

export async function stepUp(password: string, code: string): Promise<void> {
  await api.POST('/api/v1/auth/step-up', { body: { password, ...(code.trim() ? { second_factor: secondFactor(code) } : {}) } });
}

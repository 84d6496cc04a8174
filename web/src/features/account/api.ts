import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';
import { secondFactorsQuery } from '@/lib/second-factors';
import { meQuery } from '@/lib/session';

export type ApiKey = Schemas['ApiKeyView'];
export type FreshKey = Schemas['FreshApiKey'];

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: () => body(api.GET('/api/v1/api-keys')),
});

export async function createKey(request: Schemas['NewApiKey']): Promise<FreshKey> {
  return body(api.POST('/api/v1/api-keys', { body: request }));
}

export async function rotateKey(id: string, overlap_hours: number): Promise<FreshKey> {
  return body(api.POST('/api/v1/api-keys/{id}/rotate', { params: { path: { id } }, body: { overlap_hours } }));
}

export async function revokeKey(id: string) {
  await api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } });
}

export function beginAuthenticator() {
  return body(api.POST('/api/v1/second-factors/authenticator', { body: {} }));
}

export async function confirmAuthenticator(code: string) {
  return (await body(api.POST('/api/v1/second-factors/authenticator/confirm', { body: { code } }))).recovery_codes;
}

export async function removeAuthenticator() {
  await api.DELETE('/api/v1/second-factors/authenticator');
}

export async function makeRecoveryCodes() {
  return (await body(api.POST('/api/v1/second-factors/recovery-codes', { body: {} }))).recovery_codes;
}

export async function removePasskey(id: string) {
  await api.DELETE('/api/v1/passkeys/{id}', { params: { path: { id } } });
}

export async function changeEmail(email: string) {
  await api.POST('/api/v1/auth/email', { body: { email } });
}

export async function leaveOrganization() {
  await api.POST('/api/v1/auth/leave', { body: {} });
}

export async function deleteAccount() {
  await api.DELETE('/api/v1/auth/account');
}

/** After a second factor came or went: other sessions ended by it, and the rest of the app may open or close. */
export function useFactorsChanged(): () => void {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [secondFactorsQuery.queryKey, meQuery.queryKey, ['sessions']]) void client.invalidateQueries({ queryKey });
  };
}

import { queryOptions } from '@tanstack/react-query';
import { ApiError } from '@/lib/api-error';
import { api, body, type Schemas } from '@/lib/api';

export type ApiKey = Schemas['ApiKeyView'];
export type FreshKey = Schemas['FreshApiKey'];

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: () => body(api.GET('/api/v1/api-keys')),
});

/** Whether the server wants the password once more before it does this. */
export function wantsProof(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'reauth_required' || error.code === 'wrong_password');
}

async function prove(password: string) {
  if (password) await api.POST('/api/v1/auth/step-up', { body: { password } });
}

export async function createKey(request: Schemas['NewApiKey'], password: string): Promise<FreshKey> {
  await prove(password);
  return body(api.POST('/api/v1/api-keys', { body: request }));
}

export async function rotateKey(id: string, overlap_hours: number, password: string): Promise<FreshKey> {
  await prove(password);
  return body(api.POST('/api/v1/api-keys/{id}/rotate', { params: { path: { id } }, body: { overlap_hours } }));
}

export async function revokeKey(id: string) {
  await api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } });
}

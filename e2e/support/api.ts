/** The API as the signed-in browser uses it, for what a journey needs before it begins. */
import { type APIRequestContext, expect } from '@playwright/test';

export const base = (): string => process.env.E2E_URL ?? '';

const CSRF = /^(__Host-)?som_csrf$/;

async function csrf(request: APIRequestContext): Promise<string> {
  const { cookies } = await request.storageState();
  return cookies.find((cookie) => CSRF.test(cookie.name))?.value ?? '';
}

export async function signInByApi(request: APIRequestContext, email: string, password: string): Promise<void> {
  const answer = await request.post(`${base()}/api/v1/auth/sign-in`, {
    data: { email, password },
    headers: { Origin: base() },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

export async function get<T>(request: APIRequestContext, path: string): Promise<T> {
  const answer = await request.get(`${base()}/api/v1${path}`);
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return (await answer.json()) as T;
}

async function send<T>(request: APIRequestContext, method: string, path: string, data: unknown, more: Record<string, string> = {}): Promise<T> {
  const headers = { Origin: base(), 'X-CSRF-Token': await csrf(request), 'Idempotency-Key': crypto.randomUUID(), ...more };
  const answer = await request.fetch(`${base()}/api/v1${path}`, { method, data, headers });
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return (await answer.json()) as T;
}

export const post = <T>(request: APIRequestContext, path: string, data: unknown): Promise<T> => send(request, 'POST', path, data);

/** Whatever version there is: nobody else changes it meanwhile. */
export const patch = <T>(request: APIRequestContext, path: string, data: unknown): Promise<T> => send(request, 'PATCH', path, data, { 'If-Match': '*' });

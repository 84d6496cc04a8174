import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import type { Problem } from '@/lib/api-error';
import type { paths } from '@/lib/schema.gen';
import { me } from './builders';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Json<T> = T extends { content: { 'application/json': infer B } } ? B : undefined;
type Ok<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 | 204 ? Json<R[S]> : never }[keyof R]
  : never;
type Sent<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : unknown;

interface Incoming<B> {
  body: B;
  params: Record<string, string>;
  query: URLSearchParams;
  request: Request;
}

/**
 * A mock of one operation, typed by the API's own description: a path, a body or an answer that the description does
 * not know does not compile.
 */
export function mock<P extends keyof paths, M extends Method & keyof paths[P]>(
  method: M,
  path: P,
  answer: Ok<paths[P][M]> | ((incoming: Incoming<Sent<paths[P][M]>>) => Ok<paths[P][M]> | Response | Promise<Ok<paths[P][M]> | Response>),
  init: { status?: number; headers?: Record<string, string> } = {},
) {
  const pattern = `*${String(path).replace(/\{(\w+)\}/g, ':$1')}`;
  return http[method](pattern, async ({ request, params }) => {
    const text = method === 'get' ? '' : await request.clone().text();
    const body = (text ? JSON.parse(text) : undefined) as Sent<paths[P][M]>;
    const query = new URL(request.url).searchParams;
    const result: unknown =
      typeof answer === 'function'
        ? await (answer as (incoming: Incoming<unknown>) => unknown)({ body, params: params as Record<string, string>, query, request })
        : answer;
    if (result instanceof Response) return result;
    if (result === undefined) return new HttpResponse(null, { status: init.status ?? 204 });
    return HttpResponse.json(result as JsonBodyType, init);
  });
}

/** A refusal, as the server words it. */
export function refuse(status: number, code: string, more: Partial<Problem> = {}): Response {
  const problem = { type: `https://docs.example/problems/${code}`, title: 'The request was refused', status, code, request_id: 'req_test', ...more };
  return HttpResponse.json(problem, { status, headers: { 'content-type': 'application/problem+json' } });
}

/** Signed in as an administrator with every permission, unless a test says otherwise. */
export const server = setupServer(
  mock('get', '/api/v1/me', () => me()),
  mock('get', '/api/v1/auth/options', { sign_up: 'open', mail: true, password_min_length: 15, password_max_length: 256, captcha: { provider: 'off', asked_for: [] } }),
  mock('get', '/api/v1/second-factors', { required: false, passkeys: [], authenticator: null, recovery_codes: { left: 0 } }),
  mock('get', '/api/v1/api-keys', { data: [], page: { next: null, prev: null, has_more: false, count: null } }),
);

import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, type Problem } from './api-error';
import { sessionFetch } from './fetcher';
import type { components, paths } from './schema.gen';

export type Schemas = components['schemas'];

const raise: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return response;
    throw new ApiError(await readProblem(response));
  },
};

async function readProblem(response: Response): Promise<Problem> {
  const request_id = response.headers.get('x-request-id');
  const fallback = { title: `The server answered ${response.status}`, status: response.status, code: 'unexpected', request_id };
  if (!response.headers.get('content-type')?.includes('json')) return fallback;
  const body = (await response.json()) as Partial<Problem>;
  return { ...fallback, ...body };
}

/** The typed client: paths, parameters and bodies come from the API's own description. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  fetch: sessionFetch,
});
api.use(raise);

/** The body of an answer. A refusal has been thrown as `ApiError` before this is reached. */
export async function body<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, response } = await answer;
  if (data === undefined && response.status !== 204) {
    throw new ApiError({ title: 'The answer was empty', status: response.status, code: 'unexpected' });
  }
  return data as T;
}

/** A key for one intention: made when a form opens, kept over retries, so that a repeated POST acts once. */
export function newKey(): string {
  return crypto.randomUUID();
}

import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { server } from '@/testing/server';
import { api, body } from './api';
import type { ApiError } from './api-error';
import { csrfToken, onSessionLost, sessionFetch } from './fetcher';

const URL_OF_ORDERS = new URL('/api/v1/orders', location.origin);

/** A server whose session ends until it is renewed. */
function expiring({ renews = true } = {}) {
  const seen = { refreshes: 0, requests: 0, bodies: [] as string[], csrf: null as string | null };
  let fresh = false;
  server.use(
    http.post('*/api/v1/auth/refresh', ({ request }) => {
      seen.refreshes += 1;
      seen.csrf = request.headers.get('x-csrf-token');
      fresh = renews;
      return new HttpResponse(null, { status: renews ? 204 : 401 });
    }),
    http.all('*/api/v1/orders', async ({ request }) => {
      seen.requests += 1;
      seen.bodies.push(await request.text());
      return fresh ? HttpResponse.json({ ok: true }) : new HttpResponse(null, { status: 401 });
    }),
  );
  return seen;
}

beforeEach(() => localStorage.clear());

describe('the one fetch of the app', () => {
  it('renews an ended session once and repeats the request with its body', async () => {
    const seen = expiring();
    const answer = await sessionFetch(new Request(URL_OF_ORDERS, { method: 'POST', body: '{"a":1}' }));
    expect(answer.status).toBe(200);
    expect(seen).toEqual({ refreshes: 1, requests: 2, bodies: ['{"a":1}', '{"a":1}'], csrf: 'test-token' });
  });

  it('renews once for all that fail at the same time', async () => {
    const seen = expiring();
    const answers = await Promise.all(Array.from({ length: 5 }, () => sessionFetch(new Request(URL_OF_ORDERS))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(seen.refreshes).toBe(1);
  });

  it('takes the lock that all tabs share, where there is one', async () => {
    const names: string[] = [];
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator) as Navigator, {
      locks: {
        request: (name: string, work: () => Promise<unknown>) => {
          names.push(name);
          return work();
        },
      },
    }));
    expiring();
    await sessionFetch(new Request(URL_OF_ORDERS));
    expect(names).toEqual(['som-refresh']);
    vi.unstubAllGlobals();
  });

  it('does not renew what another tab renewed meanwhile', async () => {
    const seen = expiring();
    localStorage.setItem('som.refreshed_at', String(Date.now() + 1000));
    const answer = await sessionFetch(new Request(URL_OF_ORDERS));
    expect(answer.status).toBe(401);
    expect(seen).toMatchObject({ refreshes: 0, requests: 2 });
  });

  it('says when the session is gone for good, and only then', async () => {
    const lost = vi.fn();
    const forget = onSessionLost(lost);
    expiring({ renews: false });
    expect((await sessionFetch(new Request(URL_OF_ORDERS))).status).toBe(401);
    expect(lost).toHaveBeenCalledTimes(1);
    // A wrong password is not a lost session.
    server.use(http.post('*/api/v1/auth/sign-in', () => new HttpResponse(null, { status: 401 })));
    await sessionFetch(new Request(new URL('/api/v1/auth/sign-in', location.origin), { method: 'POST' }));
    expect(lost).toHaveBeenCalledTimes(1);
    forget();
    await sessionFetch(new Request(URL_OF_ORDERS));
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it.each([503, 502, 429])('does not call a session lost because renewing it was answered with %i', async (status) => {
    const lost = vi.fn();
    const forget = onSessionLost(lost);
    expiring();
    server.use(http.post('*/api/v1/auth/refresh', () => HttpResponse.json({ title: 'Busy', code: 'busy', status }, { status })));
    // All that wait for the same renewal can read the refusal.
    const answers = await Promise.all([sessionFetch(new Request(URL_OF_ORDERS)), sessionFetch(new Request(URL_OF_ORDERS))]);
    expect(answers.map((one) => one.status)).toEqual([status, status]);
    expect(await Promise.all(answers.map((one) => one.json()))).toEqual([expect.objectContaining({ code: 'busy' }), expect.objectContaining({ code: 'busy' })]);
    expect(lost).not.toHaveBeenCalled();
    forget();
  });

  it('does not call a session lost because nothing answered, and renews it later', async () => {
    const lost = vi.fn();
    const forget = onSessionLost(lost);
    expiring();
    server.use(http.post('*/api/v1/auth/refresh', () => HttpResponse.error(), { once: true }));
    await expect(sessionFetch(new Request(URL_OF_ORDERS))).rejects.toThrow(TypeError);
    expect((await sessionFetch(new Request(URL_OF_ORDERS))).status).toBe(200);
    expect(lost).not.toHaveBeenCalled();
    forget();
  });

  it('sends the token against forged requests with what changes something', async () => {
    const tokens: (string | null)[] = [];
    server.use(http.all('*/api/v1/orders', ({ request }) => {
      tokens.push(request.headers.get('x-csrf-token'));
      return HttpResponse.json({});
    }));
    await sessionFetch(new Request(URL_OF_ORDERS));
    await sessionFetch(new Request(URL_OF_ORDERS, { method: 'DELETE' }));
    expect(tokens).toEqual([null, 'test-token']);
    expect([csrfToken('a=1; __Host-som_csrf=x%20y'), csrfToken('som_csrf='), csrfToken('')]).toEqual(['x y', null, null]);
  });
});

describe('the typed client', () => {
  const answer = (made: () => Response) => server.use(http.get('*/api/v1/dashboard', made));
  const ask = async () => {
    try {
      await body(api.GET('/api/v1/dashboard'));
    } catch (error) {
      return (error as ApiError).problem;
    }
    return null;
  };

  it('throws what the server refused, as it worded it', async () => {
    answer(() => HttpResponse.json({ title: 'No', status: 403, code: 'forbidden', request_id: 'req_1' }, { status: 403 }));
    expect(await ask()).toMatchObject({ title: 'No', code: 'forbidden', request_id: 'req_1' });
  });

  it('makes a problem of an answer without one, with the id of the request', async () => {
    answer(() => new HttpResponse('<h1>Bad gateway</h1>', { status: 502, headers: { 'x-request-id': 'req_2' } }));
    expect(await ask()).toEqual({ title: 'The server answered 502', status: 502, code: 'unexpected', request_id: 'req_2' });
  });

  it('takes an empty answer for what it is', async () => {
    answer(() => new HttpResponse(null, { status: 200, headers: { 'content-length': '0' } }));
    expect(await ask()).toMatchObject({ title: 'The answer was empty' });
    server.use(http.post('*/api/v1/auth/sign-out', () => new HttpResponse(null, { status: 204 })));
    await expect(body(api.POST('/api/v1/auth/sign-out'))).resolves.toBeUndefined();
  });
});

import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';

export const setupStateQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => body(api.GET('/api/v1/setup')),
  retry: false,
});

export function signIn(request: Schemas['SignIn']) {
  return body(api.POST('/api/v1/auth/sign-in', { body: request }));
}

export function setUp(request: Schemas['CompleteSetup']) {
  return body(api.POST('/api/v1/setup', { body: request }));
}

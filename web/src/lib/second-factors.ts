import { queryOptions } from '@tanstack/react-query';
import { api, body } from './api';

/** The passkeys, authenticator app and recovery codes of who is signed in. */
export const secondFactorsQuery = queryOptions({
  queryKey: ['second-factors'],
  queryFn: () => body(api.GET('/api/v1/second-factors')),
});

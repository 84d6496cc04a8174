import { queryOptions } from '@tanstack/react-query';
import { api, body } from './api';

/** What the server offers to people who are not signed in: whether they may sign up, whether it sends mail, how long a password is. */
export const accountOptionsQuery = queryOptions({
  queryKey: ['account-options'],
  queryFn: () => body(api.GET('/api/v1/auth/options')),
  staleTime: 5 * 60_000,
  retry: false,
});

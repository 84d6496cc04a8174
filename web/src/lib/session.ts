import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body } from './api';
import { setFormats } from './locale';
import type { Me } from './types';

/** Who is signed in, where, and what they may do. Roles are the server's business; the app asks for permissions. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => adopt(await body(api.GET('/api/v1/me'))),
  staleTime: 5 * 60_000,
  retry: false,
});

/** Formats follow the organization as soon as it is known. */
export function adopt(me: Me): Me {
  setFormats({ locale: me.organization.locale || 'en', zone: me.organization.time_zone || undefined });
  return me;
}

/** The session of a page behind the sign-in, where it is always loaded. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error('The session is not loaded yet');
  return data;
}

export function useCan(): (permission: string) => boolean {
  const { data } = useQuery(meQuery);
  return (permission) => data?.permissions.includes(permission) ?? false;
}

/** Whether the person must set up a second factor: until then the server does nothing else for them. */
export function useLacksFactor(): boolean {
  const { data } = useQuery(meQuery);
  return data ? data.second_factor.required && !data.second_factor.set_up : false;
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from '@/components/ui/toast';
import { newKey } from '@/lib/api';
import { isStale, undecided } from '@/lib/api-error';
import type { Customer } from '@/lib/types';
import { customerQuery } from './api';

/** A change to a contact or an address: the customer is read again afterwards. */
export function usePart<V>(customer: Customer, change: (value: V, key: string) => Promise<void>, done: string, onDone: () => void) {
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  return useMutation({
    mutationFn: (value: V) => change(value, key),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: customerQuery(customer.id).queryKey });
      toast(done);
      onDone();
    },
    onError: async (error) => {
      if (!undecided(error)) setKey(newKey());
      if (isStale(error)) await client.invalidateQueries({ queryKey: customerQuery(customer.id).queryKey, exact: true });
    },
  });
}

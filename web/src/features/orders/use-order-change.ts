import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from '@/components/ui/toast';
import { newKey } from '@/lib/api';
import { ApiError, undecided } from '@/lib/api-error';
import type { Order } from '@/lib/types';
import { orderQuery, type Target } from './api';

interface Options<V> {
  /** Said when it worked. */
  done: string | ((value: V) => string);
  onDone?: (order: Order) => void;
}

/**
 * One change of an order. The key belongs to the intention: a repeated attempt after a lost answer acts once; after a
 * success a new one is made. A stale version reloads the order and says so instead of overwriting.
 */
export function useOrderChange<V = void>(order: Pick<Order, 'id' | 'version'>, change: (target: Target, value: V) => Promise<Order>, options: Options<V>) {
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  return useMutation({
    mutationFn: (value: V) => change({ order, key }, value),
    onSuccess: (next, value) => {
      setKey(newKey());
      client.setQueryData(orderQuery(next.id).queryKey, next);
      void client.invalidateQueries({ queryKey: ['orders'], predicate: (query) => query.queryKey.length !== 2 });
      toast(typeof options.done === 'string' ? options.done : options.done(value));
      options.onDone?.(next);
    },
    onError: (error) => {
      if (!undecided(error)) setKey(newKey());
      if (error instanceof ApiError && error.status === 412) {
        void client.invalidateQueries({ queryKey: orderQuery(order.id).queryKey });
        toast('Someone changed this order', { description: 'It was loaded again. Look at it and repeat what you wanted.', error: true });
      }
    },
  });
}

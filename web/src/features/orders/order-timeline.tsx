import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Card } from '@/components/detail-frame';
import { Form, useForm } from '@/components/form';
import { ProblemBanner } from '@/components/problem-banner';
import { Timeline } from '@/components/timeline';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { TextArea } from '@/components/ui/text-field';
import { newKey } from '@/lib/api';
import { undecided } from '@/lib/api-error';
import { useCan } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import type { Order } from '@/lib/types';
import { comment, timelineQuery } from './api';

export function OrderTimeline({ order }: { order: Order }) {
  const can = useCan();
  const found = useQuery(timelineQuery(order.id));
  const names = new Map(order.lines.map((line) => [line.id, line.sku ?? line.description]));
  return (
    <Card title="Timeline">
      {can('orders.comment') ? <Composer orderId={order.id} /> : null}
      {found.isError ? <ProblemBanner error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton className="h-24" /> : null}
      {found.data ? <Timeline entries={found.data.data} names={names} /> : null}
    </Card>
  );
}

function Composer({ orderId }: { orderId: string }) {
  const client = useQueryClient();
  const form = useForm({ body: '' });
  const [key, setKey] = useState(newKey);
  const focus = () => document.querySelector<HTMLElement>('#comment textarea')?.focus();
  useCommands([{ id: 'order.comment', name: 'Write a comment', keys: 'm', group: 'Order', run: focus }]);
  const send = useMutation({
    mutationFn: () => comment(orderId, form.value.body, key),
    onSuccess: () => {
      form.reset({ body: '' });
      void client.invalidateQueries({ queryKey: timelineQuery(orderId).queryKey });
    },
    onSettled: (_, error) => {
      if (!error || !undecided(error)) setKey(newKey());
    },
  });
  return (
    <Form id="comment" onSubmit={() => send.mutate()} error={send.error} className="mb-4">
      <TextArea label="Comment" hideLabel name="body" rows={2} placeholder="Write an internal comment…" maxLength={4000} {...form.bind('body')} />
      {form.value.body.trim() ? (
        <div className="mt-2 flex items-center justify-between gap-2">
          <span className="text-sm text-subtle">Only colleagues see it.</span>
          <Button type="submit" size="sm" kind="primary" busy={send.isPending}>
            Comment
          </Button>
        </div>
      ) : null}
    </Form>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Card } from '@/components/detail-frame';
import { Timeline } from '@/components/timeline';
import { customerTimelineQuery } from './api';

/** Who changed what. Not shown at all to those who may not read it. */
export function CustomerTimeline({ customerId }: { customerId: string }) {
  const found = useQuery(customerTimelineQuery(customerId));
  if (!found.data) return null;
  return (
    <Card title="Timeline">
      <Timeline entries={found.data.data} />
    </Card>
  );
}

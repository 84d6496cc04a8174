import { words } from '@/lib/format';
import { Badge, type Tone } from './ui/badge';

const TONES: Record<string, Tone> = {
  draft: 'grey',
  pending_approval: 'amber',
  confirmed: 'blue',
  completed: 'green',
  closed: 'grey',
  cancelled: 'red',
  unfulfilled: 'grey',
  shipped: 'violet',
  delivered: 'green',
  partial: 'amber',
  to_invoice: 'violet',
  invoiced: 'green',
  unpaid: 'amber',
  paid: 'green',
  overpaid: 'amber',
  active: 'green',
  phase_out: 'amber',
  blocked: 'red',
  archived: 'grey',
  pending: 'amber',
  approved: 'green',
  rejected: 'red',
};

const NAMES: Record<string, string> = { pending_approval: 'To approve', unfulfilled: 'Not delivered', not_due: 'Not due' };

/** Statuses that say nothing are left out of a list: quiet is the normal state. */
const QUIET = new Set(['not_applicable', 'nothing_to_invoice', 'none', 'not_due']);

/** `partial` alone would not say of what. */
const PARTIAL = { fulfilment: 'Partly delivered', invoice: 'Partly invoiced', payment: 'Partly paid', return: 'Partly returned' };

export function StateBadge({ state, of }: { state: string; of?: keyof typeof PARTIAL }) {
  const name = of && state === 'partial' ? PARTIAL[of] : (NAMES[state] ?? words(state));
  return <Badge tone={TONES[state] ?? 'grey'}>{name}</Badge>;
}

export function isQuiet(state: string): boolean {
  return QUIET.has(state);
}

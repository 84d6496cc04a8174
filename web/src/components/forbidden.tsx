import { Link } from '@tanstack/react-router';
import { Lock, ShieldCheck } from 'lucide-react';
import { useMe } from '@/lib/session';
import { words } from '@/lib/format';
import { useTitle } from '@/lib/use-title';
import { EmptyState } from './empty-state';
import { buttonClass } from './ui/button';

/** In place of a page that this person may not use: why, and whom to ask. */
export function Forbidden({ permission }: { permission: string }) {
  const { membership } = useMe();
  useTitle('Not allowed');
  return (
    <EmptyState
      icon={Lock}
      level={1}
      title="You may not use this page"
      actions={
        <Link to="/" className={buttonClass('primary')}>
          Go home
        </Link>
      }
    >
      The role {words(membership.role)} lacks the permission {permission}. An administrator of your organization can change your role.
    </EmptyState>
  );
}

/** In place of every page but the account's, for whoever must have a second factor and has none. */
export function SecondFactorNeeded() {
  useTitle('Second factor');
  return (
    <EmptyState
      icon={ShieldCheck}
      level={1}
      title="Set up a second factor first"
      actions={
        <Link to="/account" className={buttonClass('primary')}>
          Go to your account
        </Link>
      }
    >
      Your organization asks it of your role. Until it is set up, nothing else is possible.
    </EmptyState>
  );
}

import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
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

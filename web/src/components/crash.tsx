import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link, useRouter } from '@tanstack/react-router';
import { FileQuestion } from 'lucide-react';
import { useTitle } from '@/lib/use-title';
import { EmptyState } from './empty-state';
import { ProblemBanner } from './problem-banner';
import { buttonClass } from './ui/button';

/** A page that failed: what happened, and a way on. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="mx-auto max-w-3xl p-4 sm:p-8">
      <h1 className="mb-4 text-xl font-semibold">This page could not be shown</h1>
      <ProblemBanner error={error} onRetry={again} />
    </div>
  );
}

export function NotFound() {
  useTitle('No such page');
  return (
    <div className="mx-auto max-w-3xl p-4">
      <EmptyState
        icon={FileQuestion}
        level={1}
        title="There is no such page"
        actions={
          <Link to="/" className={buttonClass('primary')}>
            Go home
          </Link>
        }
      >
        The address may be mistyped, or the record may belong to another organization.
      </EmptyState>
    </div>
  );
}

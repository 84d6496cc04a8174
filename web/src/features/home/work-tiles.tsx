import { Link } from '@tanstack/react-router';
import { cx } from '@/lib/cx';
import { integer } from '@/lib/format';
import type { Dashboard } from '@/lib/types';

const TILES: [keyof Dashboard['work'], string, string, string][] = [
  ['to_approve', 'To approve', 'approve', 'text-amber'],
  ['on_hold', 'On hold', 'hold', 'text-red'],
  ['late', 'Late', 'late', 'text-red'],
  ['to_deliver', 'To deliver', 'deliver', 'text-accent-text'],
  ['drafts', 'Drafts', 'drafts', 'text-ink'],
];

/** My work: counts that lead to the orders they count. */
export function WorkTiles({ work }: { work: Dashboard['work'] }) {
  return (
    <section aria-label="My work" className="grid grid-cols-2 gap-3 md:grid-cols-5">
      {TILES.map(([key, label, view, tone]) => (
        <Link
          key={key}
          to="/orders"
          search={{ view }}
          className="card block px-4 py-3 text-ink no-underline transition-colors last:max-md:col-span-2 hover:border-line-strong hover:bg-hover"
        >
          <span className="block text-sm text-muted">{label}</span>
          <span className={cx('num block text-2xl leading-tight font-semibold', work[key] ? tone : 'text-subtle')}>{integer(work[key])}</span>
        </Link>
      ))}
    </section>
  );
}

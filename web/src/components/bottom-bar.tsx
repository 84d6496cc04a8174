import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { Ellipsis, Plus } from 'lucide-react';
import { cx } from '@/lib/cx';
import { type Section, sectionOf } from '@/lib/sections';
import { Menu } from './ui/menu';

const TAB = 'flex flex-1 flex-col items-center justify-center gap-0.5 text-xs no-underline';

/** The rail of a phone: three places, the most frequent action, and the rest behind More. */
export function BottomBar({ sections, canCreate }: { sections: Section[]; canCreate: boolean }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const main = sections.slice(0, 3);
  return (
    <nav aria-label="Main, phone" className="fixed inset-x-0 bottom-0 z-30 flex h-15 border-t border-line bg-surface sm:hidden">
      {main.map(({ to, label, icon: Icon }) => {
        const active = sectionOf(path)?.to === to;
        return (
          <Link key={to} to={to} aria-current={active ? 'page' : undefined} className={cx(TAB, active ? 'text-accent-text' : 'text-muted')}>
            <Icon size={20} aria-hidden="true" />
            {label}
          </Link>
        );
      })}
      {canCreate ? (
        <Link to="/orders/new" className={cx(TAB, 'text-muted')}>
          <Plus size={20} aria-hidden="true" />
          New order
        </Link>
      ) : null}
      <Menu
        trigger={
          <button type="button" className={cx(TAB, 'text-muted')}>
            <Ellipsis size={20} aria-hidden="true" />
            More
          </button>
        }
        entries={[
          ...sections.slice(3).map((section) => ({ label: section.label, onSelect: () => void navigate({ to: section.to }) })),
          { label: 'Account', onSelect: () => void navigate({ to: '/account' }) },
        ]}
      />
    </nav>
  );
}

import { Link } from '@tanstack/react-router';
import { useCan } from '@/lib/session';
import { useTitle } from '@/lib/use-title';
import { RESOURCES } from './registry';

interface Place {
  to: string;
  title: string;
  about: string;
  read: string;
}

const OWN: Record<string, Place> = {
  organization: { to: '/settings/organization', title: 'Organization', about: 'Name, zone, currency, rounding, and who may give which discount.', read: 'settings.read' },
  roles: { to: '/settings/roles', title: 'Roles', about: 'What each role may do, and roles of your own.', read: 'members.read' },
  audit: { to: '/settings/audit', title: 'Audit log', about: 'Who changed what, when and from where.', read: 'audit.read' },
};

const GROUPS: [string, string[]][] = [
  ['Company', ['organization', 'members', 'invitations', 'roles', 'audit']],
  ['Orders', ['approval-policies', 'number-series', 'custom-fields', 'payment-terms', 'customer-groups']],
  ['Taxes', ['taxes', 'tax-classes', 'tax-rules']],
  ['Catalogue', ['units', 'categories']],
];

function placeOf(page: string): Place | undefined {
  const found = RESOURCES.find((one) => one.page === page);
  return OWN[page] ?? (found ? { to: `/settings/${page}`, title: found.title, about: found.about, read: found.read } : undefined);
}

/** All settings, for whoever may look at them. */
export function SettingsPage() {
  const can = useCan();
  useTitle('Settings');
  return (
    <div className="mx-auto w-full max-w-5xl px-3 py-4 sm:px-6">
      <h1 className="m-0 mb-4 text-xl font-semibold">Settings</h1>
      {GROUPS.map(([group, pages]) => {
        const places = pages.flatMap((page) => placeOf(page) ?? []).filter(({ read }) => can(read));
        if (places.length === 0) return null;
        return (
          <section key={group} className="mb-6">
            <h2 className="m-0 mb-2 text-base font-semibold">{group}</h2>
            <ul className="m-0 grid list-none gap-3 p-0 sm:grid-cols-2 lg:grid-cols-3">
              {places.map(({ to, title, about }) => (
                <li key={to} className="card relative px-4 py-3 hover:bg-hover">
                  <Link
                    to={to}
                    className="font-medium text-ink no-underline outline-none after:absolute after:inset-0 after:rounded-[10px] focus-visible:after:outline-2 focus-visible:after:outline-focus"
                  >
                    {title}
                  </Link>
                  <p className="m-0 text-sm text-muted">{about}</p>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

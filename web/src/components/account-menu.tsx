import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, Monitor, Moon, Rows3, Sun, UserRound } from 'lucide-react';
import { api } from '@/lib/api';
import { toProblem } from '@/lib/api-error';
import { setPrefs, type Theme, usePrefs } from '@/lib/prefs';
import { useMe } from '@/lib/session';
import { useCommands } from '@/lib/shortcuts';
import { IconButton } from './ui/button';
import { Menu } from './ui/menu';
import { toast } from './ui/toast';

const THEMES: [Theme, string, typeof Sun][] = [
  ['light', 'Light theme', Sun],
  ['dark', 'Dark theme', Moon],
  ['system', 'Theme of the system', Monitor],
];

/** After the session is over: this page remembers nothing of it. */
export function useForget() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    client.clear();
    sessionStorage.clear();
    await navigate({ to: '/sign-in' });
  };
}

/** Ends the session here: server first, then everything this page remembers. */
export function useSignOut() {
  const forget = useForget();
  return async () => {
    try {
      await api.POST('/api/v1/auth/sign-out');
    } catch (error) {
      // The cookies are still there: whoever opens this browser next would be signed in.
      toast('You are still signed in', { description: toProblem(error).title, error: true });
      return;
    }
    await forget();
  };
}

export function AccountMenu() {
  const { user, membership } = useMe();
  const { theme, density } = usePrefs();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const toggleDensity = () => setPrefs({ density: density === 'compact' ? 'comfortable' : 'compact' });
  useCommands([
    ...THEMES.map(([id, name]) => ({ id: `theme.${id}`, name, group: 'Display', run: () => setPrefs({ theme: id }) })),
    { id: 'density', name: 'Switch row height', group: 'Display', run: toggleDensity },
    { id: 'account', name: 'Go to Account', keys: 'g u', group: 'Go to', run: () => void navigate({ to: '/account' }) },
    { id: 'sign-out', name: 'Sign out', group: 'General', run: () => void signOut() },
  ]);
  const initials = user.name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return (
    <Menu
      trigger={
        <IconButton label={`Account of ${user.name}`}>
          <span aria-hidden="true" className="grid size-8 place-items-center rounded-full bg-violet-soft text-xs font-semibold text-violet">
            {initials}
          </span>
        </IconButton>
      }
      entries={[
        {
          label: user.name,
          detail: `${user.email} · ${membership.role}`,
          icon: <UserRound size={15} aria-hidden="true" />,
          onSelect: () => void navigate({ to: '/account' }),
        },
        null,
        ...THEMES.map(([id, label, Icon]) => ({
          label,
          icon: <Icon size={15} aria-hidden="true" />,
          checked: theme === id,
          onSelect: () => setPrefs({ theme: id }),
        })),
        { label: 'Compact rows', icon: <Rows3 size={15} aria-hidden="true" />, checked: density === 'compact', onSelect: toggleDensity },
        null,
        { label: 'Sign out', icon: <LogOut size={15} aria-hidden="true" />, onSelect: () => void signOut() },
      ]}
    />
  );
}

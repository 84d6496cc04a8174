import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Keyboard, PanelLeftClose, PanelLeftOpen, Plus, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cx } from '@/lib/cx';
import { setPrefs, usePrefs } from '@/lib/prefs';
import { CREATIONS, SECTIONS, sectionOf } from '@/lib/sections';
import { useCan, useLacksFactor, useMe } from '@/lib/session';
import { keyLabels, listenForKeys, useCommands } from '@/lib/shortcuts';
import { AccountMenu } from './account-menu';
import { BottomBar } from './bottom-bar';
import { CommandPalette } from './command-palette';
import { Forbidden, SecondFactorNeeded } from './forbidden';
import { ShortcutSheet } from './shortcut-sheet';
import { Button, IconButton } from './ui/button';
import { Kbd } from './ui/kbd';
import { Menu } from './ui/menu';
import { OverlayProvider } from './ui/overlay-provider';

/** The frame around every page: rail, top bar, palette, keys. */
export function AppShell() {
  return (
    <OverlayProvider>
      <Frame />
    </OverlayProvider>
  );
}

function Frame() {
  const can = useCan();
  const navigate = useNavigate();
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [pending, setPending] = useState<string | null>(null);
  useEffect(() => listenForKeys(setPending), []);

  const sections = SECTIONS.filter((section) => !section.permission || can(section.permission));
  const creations = CREATIONS.filter((creation) => can(creation.permission));
  useCommands([
    { id: 'palette', name: 'Search and commands', keys: 'mod+k', group: 'General', inFields: true, run: () => setPalette(true) },
    { id: 'search', name: 'Search', keys: '/', group: 'General', run: () => setPalette(true) },
    { id: 'help', name: 'Keyboard shortcuts', keys: '?', group: 'General', run: () => setSheet(true) },
    ...sections.map((section) => ({
      id: `go.${section.to}`,
      name: `Go to ${section.label}`,
      keys: `g ${section.letter}`,
      group: 'Go to',
      run: () => void navigate({ to: section.to }),
    })),
    ...creations.map((creation) => ({
      id: `new.${creation.to}`,
      name: `New ${creation.label.toLowerCase()}`,
      keys: `c ${creation.letter}`,
      group: 'Create',
      run: () => void navigate({ to: creation.to }),
    })),
    ...creations.slice(0, 1).map((creation) => ({
      id: 'new.order.anywhere',
      name: `New ${creation.label.toLowerCase()}, also from inside a field`,
      keys: 'alt+n',
      group: 'Create',
      inFields: true,
      run: () => void navigate({ to: creation.to }),
    })),
  ]);

  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-raised focus:p-2"
      >
        Skip to content
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col max-sm:pb-16">
        <header data-shell className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-surface px-3 sm:px-6">
          <SearchButton onOpen={() => setPalette(true)} />
          <span className="flex-1" />
          {creations.length ? (
            <Menu
              trigger={
                <Button kind="primary" icon={<Plus size={16} aria-hidden="true" />} className="max-sm:hidden">
                  New
                </Button>
              }
              entries={creations.map((creation) => ({ label: creation.label, onSelect: () => void navigate({ to: creation.to }) }))}
            />
          ) : null}
          <IconButton label="Keyboard shortcuts" onClick={() => setSheet(true)} className="max-sm:hidden">
            <Keyboard size={18} aria-hidden="true" />
          </IconButton>
          <AccountMenu />
        </header>
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Page />
        </main>
      </div>
      <BottomBar sections={sections} canCreate={creations.length > 0} />
      {palette ? <CommandPalette onClose={() => setPalette(false)} /> : null}
      {sheet ? <ShortcutSheet onClose={() => setSheet(false)} /> : null}
      {pending ? (
        <div role="status" className="popup fixed bottom-20 left-1/2 z-50 -translate-x-1/2 px-3 py-1.5 text-sm">
          <Kbd>{pending}</Kbd> then a letter…
        </div>
      ) : null}
    </div>
  );
}

/** The page, or why not. It follows the page that is shown and not the address, which is ahead of it: while a session is leaving, nothing may ask for it. */
function Page() {
  const can = useCan();
  const path = useRouterState({ select: (state) => state.matches.at(-1)?.pathname });
  const needed = useRouterState({ select: (state) => state.matches.at(-1)?.staticData.permission });
  const lacksFactor = useLacksFactor();
  if (lacksFactor && path !== '/account') return <SecondFactorNeeded />;
  return needed && !can(needed) ? <Forbidden permission={needed} /> : <Outlet />;
}

function SearchButton({ onOpen }: { onOpen: () => void }) {
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex h-(--control-h) w-full max-w-md min-w-0 items-center gap-2 rounded-[7px] border border-line bg-sunken px-2.5 text-start text-base text-subtle hover:border-line-strong"
    >
      <Search size={15} aria-hidden="true" className="shrink-0" />
      <span className="flex-1 truncate">Search orders, customers, products</span>
      <span className="flex gap-0.5 max-sm:hidden" aria-hidden="true">
        {keyLabels('mod+k').map((label) => (
          <Kbd key={label}>{label}</Kbd>
        ))}
      </span>
    </button>
  );
}

function Rail() {
  const { railOpen } = usePrefs();
  const { organization } = useMe();
  const can = useCan();
  const sections = SECTIONS.filter((section) => !section.permission || can(section.permission));
  const groups = [...new Set(sections.map((section) => section.group))];
  const Toggle = railOpen ? PanelLeftClose : PanelLeftOpen;
  return (
    <nav
      aria-label="Main"
      className={cx('sticky top-0 flex h-dvh shrink-0 flex-col border-e border-line bg-surface max-sm:hidden', railOpen ? 'w-54' : 'w-14')}
    >
      <div className="flex h-13 items-center gap-2.5 px-3.5">
        <img src="/favicon.svg" alt="" width={26} height={26} />
        {railOpen ? <span className="truncate font-semibold">{organization.name}</span> : null}
      </div>
      <div className="flex-1 overflow-y-auto px-2 py-1">
        {groups.map((group) => (
          <div key={group} className="mb-3">
            {group && railOpen ? <p className="m-0 px-2.5 pb-1 text-xs font-medium text-subtle">{group}</p> : null}
            {sections.filter((section) => section.group === group).map((section) => (
              <RailLink key={section.to} {...section} open={railOpen} />
            ))}
          </div>
        ))}
      </div>
      <div className="p-2">
        <IconButton label={railOpen ? 'Collapse the menu' : 'Expand the menu'} onClick={() => setPrefs({ railOpen: !railOpen })}>
          <Toggle size={17} aria-hidden="true" />
        </IconButton>
      </div>
    </nav>
  );
}

function RailLink({ to, label, icon: Icon, open }: (typeof SECTIONS)[number] & { open: boolean }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const active = sectionOf(path)?.to === to;
  return (
    <Link
      to={to}
      preload="intent"
      aria-current={active ? 'page' : undefined}
      aria-label={open ? undefined : label}
      title={open ? undefined : label}
      className={cx(
        'mb-0.5 flex h-8.5 items-center gap-2.5 rounded-[7px] px-2.5 font-medium no-underline',
        active ? 'bg-selected text-accent-text' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      <Icon size={17} aria-hidden="true" className="shrink-0" />
      {open ? label : null}
    </Link>
  );
}

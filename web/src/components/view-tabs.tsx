import { cx } from '@/lib/cx';
import { useCommands } from '@/lib/shortcuts';

interface ViewTabsProps {
  views: { id: string; label: string }[];
  current: string | undefined;
  onChange: (id: string) => void;
}

/** Saved views. Buttons that say which one is on: the list below is the same region for all of them. */
export function ViewTabs({ views, current, onChange }: ViewTabsProps) {
  useCommands(
    views.slice(0, 9).map((view, index) => ({
      id: `view.${index}`,
      name: `View: ${view.label}`,
      keys: String(index + 1),
      group: 'List',
      run: () => onChange(view.id),
    })),
  );
  return (
    <div role="group" aria-label="Views" className="flex gap-0.5 overflow-x-auto border-b border-line px-2 base-ui-disable-scrollbar">
      {views.map((view) => (
        <button
          key={view.id}
          type="button"
          aria-pressed={view.id === current}
          onClick={() => onChange(view.id)}
          className={cx(
            '-mb-px h-10 shrink-0 border-b-2 px-2.5 text-base font-medium focus-visible:-outline-offset-2',
            view.id === current ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
          )}
        >
          {view.label}
        </button>
      ))}
    </div>
  );
}

import { setPrefs, usePrefs } from '@/lib/prefs';
import { keyLabels, useCommandList } from '@/lib/shortcuts';
import { Checkbox } from './ui/checkbox';
import { Dialog } from './ui/dialog';
import { Kbd } from './ui/kbd';

/** The keys of this page, from the same registry that runs them. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const commands = useCommandList().filter((command) => command.keys);
  const { keys } = usePrefs();
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title="Keyboard shortcuts" wide>
      <div className="mb-3">
        <Checkbox checked={keys} onCheckedChange={(next) => setPrefs({ keys: next })} label="Single-key shortcuts are on" />
      </div>
      <div className="gap-x-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="m-0 mb-1 text-sm font-semibold text-muted">{group}</h3>
            <ul className="m-0 list-none p-0">
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <li key={command.id} className="flex items-center justify-between gap-3 border-b border-line py-1.5">
                    <span>{command.name}</span>
                    <span className="flex shrink-0 gap-1">
                      {keyLabels(command.keys ?? '').map((label, index) => (
                        <Kbd key={`${label}${index}`}>{label}</Kbd>
                      ))}
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

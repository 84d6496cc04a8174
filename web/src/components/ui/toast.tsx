import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';
import { IconButton } from './button';

const manager = Base.createToastManager();

/** Says briefly what happened. Errors stay longer and are announced at once. */
export function toast(title: string, options: { description?: string; error?: boolean } = {}): void {
  manager.add({
    title,
    description: options.description,
    type: options.error ? 'error' : 'done',
    priority: options.error ? 'high' : 'low',
    timeout: options.error ? 12_000 : 5_000,
  });
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-3 bottom-16 z-60 flex w-[min(22rem,calc(100vw-1.5rem))] flex-col gap-2 outline-none sm:right-4 sm:bottom-4">
          <Items />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Items() {
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      data-toast
      className={cx('popup border-s-4 p-3 data-limited:hidden', item.type === 'error' ? 'border-s-red-solid' : 'border-s-accent')}
    >
      <Base.Content className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Base.Title className="m-0 text-base font-medium" />
          <Base.Description className="m-0 text-sm break-words text-muted" />
        </div>
        <Base.Close render={<IconButton label="Dismiss" size="sm" />}>
          <X size={14} aria-hidden="true" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

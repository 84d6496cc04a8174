import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface TabSpec {
  value: string;
  label: string;
  count?: number | null;
  content: ReactNode;
}

/** Tabs of a record; the page keeps the current one in its address. */
export function Tabs({ value, onValueChange, tabs, label }: { value: string; onValueChange: (value: string) => void; tabs: TabSpec[]; label: string }) {
  return (
    <Base.Root value={value} onValueChange={(next) => onValueChange(String(next))} className="min-w-0">
      <Base.List aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line base-ui-disable-scrollbar">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="relative -mb-px flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2.5 text-base font-medium text-muted hover:text-ink data-active:border-accent data-active:text-ink focus-visible:-outline-offset-2"
          >
            {tab.label}
            {tab.count ? <span className="num rounded-full bg-grey-soft px-1.5 text-xs text-grey">{tab.count}</span> : null}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="rounded pt-4">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}

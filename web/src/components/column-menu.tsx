import { Columns3 } from 'lucide-react';
import { setPrefs, usePrefs } from '@/lib/prefs';
import { useListSearch } from '@/lib/use-list-search';
import type { Column } from './data-table';
import { Button } from './ui/button';
import { Menu } from './ui/menu';

interface Choice<T> {
  all: Column<T>[];
  shown: Column<T>[];
  chosen: boolean;
  choose: (ids: string[] | null) => void;
}

/** Which columns a list shows: those of its address, else those chosen on this device, else the usual ones. */
export function useColumns<T>(list: string, all: Column<T>[]): Choice<T> {
  const [search, change] = useListSearch();
  const { columns: kept } = usePrefs();
  const wanted = search.cols?.split(',') ?? kept[list];
  const [first] = all;
  const picked = all.filter((column) => column === first || wanted?.includes(column.id));
  // The width decides only about the usual columns: what was chosen is shown.
  const shown = wanted ? picked.map((column) => ({ ...column, from: undefined })) : all.filter((column) => !column.optional);
  const choose = (ids: string[] | null) => {
    const { [list]: _old, ...others } = kept;
    setPrefs({ columns: ids ? { ...others, [list]: ids } : others });
    change({ cols: ids?.join(','), cursor: search.cursor }, true);
  };
  return { all, shown, chosen: wanted !== undefined, choose };
}

export function ColumnMenu<T>({ all, shown, chosen, choose }: Choice<T>) {
  const ids = new Set(shown.map((column) => column.id));
  const toggle = (id: string) => choose(all.slice(1).filter((column) => (column.id === id ? !ids.has(id) : ids.has(column.id))).map((column) => column.id));
  return (
    <Menu
      trigger={
        <Button kind="ghost" icon={<Columns3 size={15} aria-hidden="true" />}>
          Columns
        </Button>
      }
      entries={[
        ...all.slice(1).map((column) => ({ label: column.header, checked: ids.has(column.id), toggle: true, detail: column.from && ids.has(column.id) && !chosen ? 'on wide screens' : undefined, onSelect: () => toggle(column.id) })),
        null,
        { label: 'Usual columns', disabled: !chosen, onSelect: () => choose(null) },
      ]}
    />
  );
}

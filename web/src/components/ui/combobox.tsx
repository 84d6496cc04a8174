import { Combobox as Base } from '@base-ui/react/combobox';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, X } from 'lucide-react';
import { useState } from 'react';
import { Field, type FieldProps } from './field';

export interface Choice {
  id: string;
  label: string;
  /** A second, quieter text: a number, a place. */
  detail?: string;
}

export interface ComboboxProps extends Omit<FieldProps, 'children'> {
  value: Choice | null;
  onValueChange: (value: Choice | null) => void;
  /** Names the search in the query cache. */
  queryKey: string;
  search: (text: string, signal: AbortSignal) => Promise<Choice[]>;
  placeholder?: string;
  disabled?: boolean;
}

/** A remote type-ahead. Answers to older texts never show: the query key holds the text. */
export function Combobox(props: ComboboxProps) {
  const { value, onValueChange, queryKey, search, placeholder, disabled, ...field } = props;
  const [text, setText] = useState(value?.label ?? '');
  const [open, setOpen] = useState(false);
  const wanted = text === value?.label ? '' : text.trim();
  const found = useQuery({
    queryKey: ['choices', queryKey, wanted],
    queryFn: ({ signal }) => search(wanted, signal),
    enabled: open,
    staleTime: 30_000,
  });
  return (
    <Field {...field}>
      <Base.Root<Choice>
        items={found.data ?? []}
        filter={null}
        value={value}
        onValueChange={(next) => onValueChange(next)}
        inputValue={text}
        onInputValueChange={(next) => setText(next)}
        open={open}
        onOpenChange={(next) => setOpen(next)}
        itemToStringLabel={(item) => item.label}
        isItemEqualToValue={(a, b) => a.id === b.id}
        disabled={disabled}
        // What was typed empties the list at once: the first of the answers is the one highlighted.
        autoHighlight
      >
        <span className="relative block">
          <Base.Input className="control pe-14" placeholder={placeholder} name={field.name} autoComplete="off" />
          <span className="absolute inset-y-0 end-1 flex items-center text-subtle">
            <Base.Clear className="grid size-6 place-items-center rounded hover:text-ink" aria-label="Clear">
              <X size={14} aria-hidden="true" />
            </Base.Clear>
            <Base.Trigger className="grid size-6 place-items-center rounded hover:text-ink" aria-label="Show choices">
              <ChevronDown size={14} aria-hidden="true" />
            </Base.Trigger>
          </span>
        </span>
        <Base.Portal>
          <Base.Positioner sideOffset={4} className="z-50 outline-none">
            <Base.Popup className="popup w-(--anchor-width) min-w-64 p-1">
              <Base.Status className="px-2.5 py-1.5 text-sm text-subtle empty:hidden">
                {found.isError ? 'The search failed. Type again to retry.' : found.isPending ? 'Searching…' : null}
              </Base.Status>
              <Base.Empty className="px-2.5 py-1.5 text-sm text-subtle empty:hidden">
                {found.isSuccess ? 'Nothing matches.' : null}
              </Base.Empty>
              <Base.List aria-label={typeof field.label === 'string' ? field.label : undefined} className="max-h-[min(20rem,var(--available-height))] overflow-y-auto">
                {(item: Choice) => (
                  <Base.Item key={item.id} value={item} className="option justify-between">
                    <span className="truncate">{item.label}</span>
                    {item.detail ? <span className="num shrink-0 text-sm text-subtle">{item.detail}</span> : null}
                  </Base.Item>
                )}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Field>
  );
}

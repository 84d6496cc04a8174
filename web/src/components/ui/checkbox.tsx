import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';

export interface CheckboxProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  hideLabel?: boolean;
  indeterminate?: boolean;
  disabled?: boolean;
  name?: string;
}

export function Checkbox({ checked, onCheckedChange, label, hideLabel, indeterminate, disabled, name }: CheckboxProps) {
  return (
    <label className="inline-flex min-h-6 items-center gap-2 text-base">
      <Base.Root
        checked={checked}
        indeterminate={indeterminate}
        disabled={disabled}
        name={name}
        onCheckedChange={(next) => onCheckedChange(next)}
        className="grid size-[18px] shrink-0 place-items-center rounded-[5px] border border-control bg-surface data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent"
      >
        <Base.Indicator className="text-accent-fg">
          {indeterminate ? <Minus size={13} aria-hidden="true" /> : <Check size={13} strokeWidth={3} aria-hidden="true" />}
        </Base.Indicator>
      </Base.Root>
      <span className={hideLabel ? 'sr-only' : undefined}>{label}</span>
    </label>
  );
}

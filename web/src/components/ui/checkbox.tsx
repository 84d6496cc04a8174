import type { ReactNode } from 'react';

export interface CheckboxProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  hideLabel?: boolean;
  disabled?: boolean;
  name?: string;
}

/** The platform's own checkbox in our colour. */
export function Checkbox({ checked, onCheckedChange, label, hideLabel, disabled, name }: CheckboxProps) {
  return (
    <label className="inline-flex min-h-6 items-center gap-2 text-base">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        name={name}
        onChange={(event) => onCheckedChange(event.target.checked)}
        className="m-0 size-[18px] shrink-0 accent-accent"
      />
      <span className={hideLabel ? 'sr-only' : undefined}>{label}</span>
    </label>
  );
}

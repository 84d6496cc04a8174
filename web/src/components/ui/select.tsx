import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { cx } from '@/lib/cx';
import { Field, type FieldProps } from './field';

export interface Option {
  value: string;
  label: string;
}

export interface SelectProps {
  value: string;
  onValueChange: (value: string) => void;
  options: Option[];
  placeholder?: string;
  disabled?: boolean;
  'aria-label'?: string;
  className?: string;
}

/** A short list of choices. For long or remote lists use Combobox. */
export function Select({ value, onValueChange, options, placeholder, disabled, className, ...rest }: SelectProps) {
  return (
    <Base.Root
      items={options}
      value={value === '' ? null : value}
      onValueChange={(next) => onValueChange(next ?? '')}
      disabled={disabled}
      modal={false}
    >
      <Base.Trigger {...rest} className={cx('control flex items-center justify-between gap-2 text-start', className)}>
        <Base.Value className="truncate">
          {(current: string | null) => {
            const label = options.find((option) => option.value === current)?.label;
            return label ?? <span className="text-subtle">{placeholder ?? 'Choose…'}</span>;
          }}
        </Base.Value>
        <Base.Icon className="text-subtle">
          <ChevronsUpDown size={14} aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className="popup max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto p-1">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="option pe-7">
                <Base.ItemText className="flex-1">{option.label}</Base.ItemText>
                <Base.ItemIndicator className="-me-5 text-accent-text">
                  <Check size={14} aria-hidden="true" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function SelectField({ options, value, onValueChange, placeholder, disabled, ...field }: Omit<FieldProps, 'children'> & SelectProps) {
  return (
    <Field {...field}>
      <Select {...{ options, value, onValueChange, placeholder, disabled }} />
    </Field>
  );
}

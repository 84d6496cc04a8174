import { Field as Base } from '@base-ui/react/field';
import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from '@/lib/cx';
import { Field, type FieldProps } from './field';

type Native = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'name' | 'defaultValue'>;

export interface TextFieldProps extends Omit<FieldProps, 'children'>, Omit<Native, keyof FieldProps> {
  value: string;
  onValueChange: (value: string) => void;
  /** Shown inside the control, after the text: a unit, a currency. */
  suffix?: ReactNode;
  inputClassName?: string;
  ref?: Ref<HTMLInputElement>;
}

export function TextField(props: TextFieldProps) {
  const { label, name, hint, required, hideLabel, className, error, value, onValueChange, suffix, inputClassName, ref, ...rest } = props;
  const control = (
    <Base.Control
      {...rest}
      ref={ref}
      name={name}
      value={value}
      aria-required={required || undefined}
      onValueChange={(next) => onValueChange(String(next))}
      className={cx('control', suffix ? 'pe-14' : undefined, inputClassName)}
    />
  );
  return (
    <Field {...{ label, name, hint, required, hideLabel, className, error }}>
      {suffix ? (
        <span className="relative block">
          {control}
          <span className="pointer-events-none absolute inset-y-0 end-0 flex items-center pe-2.5 text-sm text-subtle">{suffix}</span>
        </span>
      ) : (
        control
      )}
    </Field>
  );
}

export interface TextAreaProps extends Omit<FieldProps, 'children'> {
  value: string;
  onValueChange: (value: string) => void;
  rows?: number;
  placeholder?: string;
  maxLength?: number;
  /** To be read and copied: all of it is chosen when the focus comes. */
  readOnly?: boolean;
  inputClassName?: string;
}

export function TextArea({ value, onValueChange, rows = 3, placeholder, maxLength, readOnly, inputClassName, ...field }: TextAreaProps) {
  return (
    <Field {...field}>
      <Base.Control
        render={<textarea rows={rows} />}
        name={field.name}
        value={value}
        placeholder={placeholder}
        maxLength={maxLength}
        readOnly={readOnly}
        onFocus={readOnly ? (event) => event.currentTarget.select() : undefined}
        onValueChange={(next) => onValueChange(String(next))}
        className={cx('control h-auto! py-1.5 leading-normal', inputClassName)}
      />
    </Field>
  );
}

/** A civil date; the browser's own control, which every platform's assistive technology knows. */
export function DateField(props: Omit<TextFieldProps, 'type'>) {
  return <TextField {...props} type="date" />;
}

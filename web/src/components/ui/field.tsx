import { Field as Base } from '@base-ui/react/field';
import { type ReactNode, use } from 'react';
import { cx } from '@/lib/cx';
import { FieldProblems, messageAt } from '@/lib/problems';

export interface FieldProps {
  label: ReactNode;
  /** The field's place in the request body, `contacts/0/email`: a problem with that pointer lands here. */
  name: string;
  hint?: ReactNode;
  required?: boolean;
  hideLabel?: boolean;
  className?: string;
  error?: string | null;
  children: ReactNode;
}

/** Label, control, hint and error, tied together for assistive technology. */
export function Field({ label, name, hint, required, hideLabel, className, error, children }: FieldProps) {
  const problems = use(FieldProblems);
  const message = error ?? messageAt(problems, name);
  return (
    <Base.Root invalid={Boolean(message)} className={cx('flex min-w-0 flex-col gap-1', className)} data-field={name}>
      <Base.Label className={cx('text-sm font-medium text-muted', hideLabel && 'sr-only')}>
        {label}
        {required ? <span className="text-red" aria-hidden="true"> *</span> : null}
      </Base.Label>
      {children}
      {message ? (
        <Base.Error match className="text-sm text-red">
          {message}
        </Base.Error>
      ) : null}
      {hint ? <Base.Description className="text-sm text-subtle">{hint}</Base.Description> : null}
    </Base.Root>
  );
}

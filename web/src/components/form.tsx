import { type FormEvent, type ReactNode, useState } from 'react';
import { toProblem } from '@/lib/api-error';
import { byField, FieldProblems } from '@/lib/problems';
import { ProblemBanner } from './problem-banner';

export interface FormProps {
  onSubmit: () => void;
  /** The last refusal: a summary on top, each error at its field. */
  error?: unknown;
  children: ReactNode;
  className?: string;
  id?: string;
  label?: string;
}

/** A form whose problems land on their fields. The server decides; nothing is checked twice. */
export function Form({ onSubmit, error, children, className, id, label }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit();
  };
  return (
    <FieldProblems value={error ? byField(toProblem(error)) : {}}>
      <form id={id} aria-label={label} noValidate onSubmit={submit} className={className}>
        {error ? (
          <div className="mb-4">
            <ProblemBanner error={error} focus />
          </div>
        ) : null}
        {children}
      </form>
    </FieldProblems>
  );
}

/** The state of a form: one object, changed by field. */
export function useForm<T extends object>(initial: T) {
  const [value, setValue] = useState(initial);
  const [dirty, setDirty] = useState(false);
  return {
    value,
    dirty,
    reset: (next: T) => {
      setValue(next);
      setDirty(false);
    },
    change: (part: Partial<T>) => {
      setValue((old) => ({ ...old, ...part }));
      setDirty(true);
    },
    /** `value` and `onValueChange` of a text-like field. */
    bind: <K extends keyof T>(key: K) => ({
      value: value[key],
      onValueChange: (next: T[K]) => {
        setValue((old) => ({ ...old, [key]: next }));
        setDirty(true);
      },
    }),
  };
}

/** Fields in a card under a heading. */
export function FormSection({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="card m-0 mb-4 min-w-0 p-4 sm:p-5">
      <legend className="float-start mb-3 w-full p-0 text-base font-semibold">
        {title}
        {hint ? <span className="block text-sm font-normal text-subtle">{hint}</span> : null}
      </legend>
      <div className="clear-both grid gap-x-4 gap-y-3.5 sm:grid-cols-2">{children}</div>
    </fieldset>
  );
}

import { use } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { FieldProblems, messageAt } from '@/lib/problems';

interface ChoicesProps {
  label: string;
  name: string;
  options: { value: string; label: string }[];
  value: string[];
  onValueChange: (value: string[]) => void;
  /** The order in which they were chosen counts, and is shown. */
  ordered?: boolean;
  hint?: string;
}

/** Several of a few. */
export function Choices({ label, name, options, value, onValueChange, ordered, hint }: ChoicesProps) {
  const message = messageAt(use(FieldProblems), name);
  const toggle = (one: string, on: boolean) => onValueChange(on ? [...value, one] : value.filter((other) => other !== one));
  const place = (one: string) => (ordered && value.includes(one) && value.length > 1 ? `${value.indexOf(one) + 1}. ` : '');
  return (
    <fieldset className="m-0 min-w-0 border-0 p-0 sm:col-span-2" data-field={name} aria-describedby={message ? `${name}-problem` : undefined}>
      <legend className="mb-1 p-0 text-sm font-medium text-muted">{label}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {options.map((option) => (
          <Checkbox key={option.value} label={place(option.value) + option.label} checked={value.includes(option.value)} onCheckedChange={(on) => toggle(option.value, on)} />
        ))}
      </div>
      {options.length === 0 ? <p className="m-0 text-sm text-subtle">There is nothing to choose from yet.</p> : null}
      {message ? (
        <p id={`${name}-problem`} className="m-0 mt-1 text-sm text-red">
          {message}
        </p>
      ) : null}
      {hint ? <p className="m-0 mt-1 text-sm text-subtle">{hint}</p> : null}
    </fieldset>
  );
}

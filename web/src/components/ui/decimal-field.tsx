import { useState } from 'react';
import { read } from '@/lib/decimal';
import { currentLocale, decimal } from '@/lib/format';
import { TextField, type TextFieldProps } from './text-field';

export interface DecimalFieldProps extends Omit<TextFieldProps, 'type' | 'value' | 'onValueChange'> {
  /** A plain decimal string, or empty. */
  value: string;
  onValueChange: (value: string) => void;
}

/**
 * A number kept as the decimal string the server expects. What was typed stays on screen while it is being typed;
 * text that is no number is passed on as it is, so that the server's problem can name it.
 */
export function DecimalField({ value, onValueChange, onBlur, error, ...rest }: DecimalFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed === null && value !== '' && read(value, 'en') === null;
  return (
    <TextField
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      inputClassName="num text-end"
      error={error ?? (wrong ? `“${value}” is not a number.` : undefined)}
      value={typed ?? (wrong ? value : value === '' ? '' : decimal(value))}
      onValueChange={(next) => {
        setTyped(next);
        onValueChange(read(next, currentLocale()) ?? next);
      }}
      onBlur={(event) => {
        setTyped(null);
        onBlur?.(event);
      }}
    />
  );
}

import { useQuery } from '@tanstack/react-query';
import { TextField, type TextFieldProps } from '@/components/ui/text-field';
import { accountOptionsQuery } from '@/lib/account-options';

/** A password that is being chosen, with what the server asks of it. */
export function NewPasswordField(props: Pick<TextFieldProps, 'value' | 'onValueChange' | 'className'> & { name?: string; label?: string }) {
  const options = useQuery(accountOptionsQuery);
  const least = options.data?.password_min_length ?? 15;
  return (
    <TextField
      label="Password"
      name="password"
      type="password"
      required
      autoComplete="new-password"
      hint={`At least ${least} characters. A sentence is easy to remember and hard to guess.`}
      {...props}
    />
  );
}

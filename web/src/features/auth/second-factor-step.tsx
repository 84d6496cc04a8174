import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Form } from '@/components/form';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/text-field';
import { ApiError } from '@/lib/api-error';
import type { Me } from '@/lib/types';
import { useTitle } from '@/lib/use-title';
import { showSecondFactor } from './api';
import { AuthFrame } from './auth-frame';

interface SecondFactorStepProps {
  /** What may be shown: `totp`, `recovery_code`. */
  methods: string[];
  onDone: (me: Me) => void;
  onBack: () => void;
}

const DIGITS = 6;
const digits = (text: string) => text.replace(/[\s-]/g, '');

/** The second step of a sign-in: a code, typed or pasted, with or without blanks. */
export function SecondFactorStep({ methods, onDone, onBack }: SecondFactorStepProps) {
  useTitle('Second factor');
  const [recovery, setRecovery] = useState(!methods.includes('totp'));
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: (text: string) => showSecondFactor({ method: recovery ? 'recovery_code' : 'totp', code: text.trim() }),
    onSuccess: onDone,
    // The next code takes the place of the wrong one.
    onError: () => field.current?.select(),
  });
  const type = (text: string) => {
    setCode(text);
    // Six digits are all there is to it: nobody has to press a button for the sixth.
    const whole = new RegExp(`^\\d{${DIGITS}}$`).test(digits(text)) && digits(text) !== digits(code);
    if (!recovery && whole && !send.isPending) send.mutate(text);
  };
  const change = () => {
    setRecovery(!recovery);
    setCode('');
    send.reset();
  };
  const refused = send.error instanceof ApiError ? send.error.code : null;
  const over = refused === 'challenge_ended';
  const wrong = refused === 'wrong_code';
  return (
    <AuthFrame title="Second factor" subtitle={recovery ? 'Each of your recovery codes works once.' : 'The code that your authenticator app shows now.'}>
      <Form onSubmit={() => send.mutate(code)} error={wrong ? null : send.error} label="Second factor">
        <div className="grid gap-4">
          <TextField
            key={recovery ? 'recovery' : 'app'}
            ref={field}
            error={wrong ? send.error?.message : null}
            label={recovery ? 'Recovery code' : 'Code'}
            name="code"
            required
            autoFocus
            autoComplete={recovery ? 'off' : 'one-time-code'}
            inputMode={recovery ? 'text' : 'numeric'}
            spellCheck={false}
            inputClassName="num font-mono"
            placeholder={recovery ? undefined : '123 456'}
            value={code}
            onValueChange={type}
          />
          {over ? (
            <Button kind="primary" onClick={onBack}>
              Begin again
            </Button>
          ) : (
            <Button type="submit" kind="primary" busy={send.isPending} disabled={digits(code) === ''}>
              Sign in
            </Button>
          )}
          <p className="m-0 flex flex-wrap justify-between gap-3">
            <Button kind="ghost" size="sm" onClick={onBack}>
              Back
            </Button>
            {methods.length > 1 ? (
              <Button kind="ghost" size="sm" onClick={change}>
                {recovery ? 'Use the authenticator app' : 'Use a recovery code'}
              </Button>
            ) : null}
          </p>
        </div>
      </Form>
    </AuthFrame>
  );
}

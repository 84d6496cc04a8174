import { type ReactNode, useState } from 'react';
import { useMe } from '@/lib/session';
import { stepUp, wantsProof } from '@/lib/step-up';
import { TextField } from './ui/text-field';

interface Proof {
  /** The fields, once they are asked for. */
  fields: ReactNode;
  /** Before the request, each time: shows the password when it was asked for. */
  prove: () => Promise<void>;
  /** After a refusal: asks for it when that is what was refused. */
  refused: (error: unknown) => void;
}

/** Asks for password and second factor only when the server does. */
export function useProof(): Proof {
  const { second_factor } = useMe();
  const [asked, setAsked] = useState(false);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const fields = asked ? (
    <>
      <TextField
        label="Your password"
        name="password"
        type="password"
        required
        autoComplete="current-password"
        hint="Asked for when you signed in more than ten minutes ago."
        value={password}
        onValueChange={setPassword}
      />
      {second_factor.set_up ? (
        <TextField
          label="Code of your authenticator app"
          name="second_factor/code"
          required
          autoComplete="one-time-code"
          inputClassName="num"
          hint="Or one of your recovery codes."
          value={code}
          onValueChange={setCode}
        />
      ) : null}
    </>
  ) : null;
  return {
    fields,
    prove: async () => {
      if (asked) await stepUp(password, code);
    },
    refused: (error) => setAsked((old) => old || wantsProof(error)),
  };
}

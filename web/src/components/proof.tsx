import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { knowsPasskeys, stepUpWithPasskey } from '@/lib/passkeys';
import { secondFactorsQuery } from '@/lib/second-factors';
import { useMe } from '@/lib/session';
import { stepUp, wantsProof } from '@/lib/step-up';
import { PasskeyOutcome } from './passkey-outcome';
import { Button } from './ui/button';
import { Or } from './ui/or';
import { TextField } from './ui/text-field';

interface Proof {
  /** The fields, once they are asked for; a passkey goes on with `again` by itself. */
  fields: (again: () => void) => ReactNode;
  /** Before the request, each time: shows the password when it was asked for. */
  prove: () => Promise<void>;
  /** After a refusal: asks for it when that is what was refused. */
  refused: (error: unknown) => void;
}

/** Asks for a passkey, or password and second factor, only when the server does. */
export function useProof(): Proof {
  const [asked, setAsked] = useState(false);
  const [typed, setTyped] = useState({ password: '', code: '' });
  // A passkey proves at once, before the fields are gone.
  const proved = useRef(false);
  return {
    fields: (again) =>
      asked ? (
        <ProofFields
          typed={typed}
          onType={(part) => setTyped({ ...typed, ...part })}
          onProved={() => {
            proved.current = true;
            setAsked(false);
            again();
          }}
        />
      ) : null,
    prove: async () => {
      if (asked && !proved.current) await stepUp(typed.password, typed.code);
    },
    refused: (error) => {
      if (!wantsProof(error)) return;
      proved.current = false;
      setAsked(true);
    },
  };
}

interface ProofFieldsProps {
  typed: { password: string; code: string };
  onType: (part: Partial<ProofFieldsProps['typed']>) => void;
  onProved: () => void;
}

function ProofFields({ typed, onType, onProved }: ProofFieldsProps) {
  const { second_factor } = useMe();
  const factors = useQuery({ ...secondFactorsQuery, enabled: second_factor.set_up });
  const passkeys = (factors.data?.passkeys.length ?? 0) > 0 && knowsPasskeys();
  const app = factors.data?.authenticator !== null;
  return (
    <>
      {passkeys ? <PasskeyProof onProved={onProved} /> : null}
      <TextField
        label="Your password"
        name="password"
        type="password"
        required
        autoComplete="current-password"
        hint="Asked for when you signed in more than ten minutes ago."
        value={typed.password}
        onValueChange={(password) => onType({ password })}
      />
      {second_factor.set_up ? (
        <TextField
          label={app ? 'Code of your authenticator app' : 'Recovery code'}
          name="second_factor/code"
          required
          autoComplete={app ? 'one-time-code' : 'off'}
          inputClassName="num"
          hint={app ? 'Or one of your recovery codes.' : 'Each works once.'}
          value={typed.code}
          onValueChange={(code) => onType({ code })}
        />
      ) : null}
    </>
  );
}

/** The quicker way for who has one; below it stands the other. */
function PasskeyProof({ onProved }: { onProved: () => void }) {
  const show = useMutation({ mutationFn: stepUpWithPasskey, onSuccess: onProved });
  return (
    <div className="col-span-full grid gap-3">
      <PasskeyOutcome error={show.error} />
      <Button icon={<KeyRound size={15} aria-hidden="true" />} busy={show.isPending} onClick={() => show.mutate()}>
        Use a passkey
      </Button>
      <Or />
    </div>
  );
}

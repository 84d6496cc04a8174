import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { PasskeyOutcome } from '@/components/passkey-outcome';
import { Button } from '@/components/ui/button';
import { Or } from '@/components/ui/or';
import { signInWithPasskey } from '@/lib/passkeys';
import type { Me } from '@/lib/types';

interface PasskeyWayProps {
  remember: boolean;
  organization?: string;
  onBegin: () => void;
  onDone: (me: Me) => void;
}

/** The other way in, without address and password. */
export function PasskeyWay({ remember, organization, onBegin, onDone }: PasskeyWayProps) {
  const show = useMutation({ mutationFn: () => signInWithPasskey(remember, organization), onMutate: onBegin, onSuccess: onDone });
  return (
    <>
      <Or />
      <PasskeyOutcome error={show.error} />
      <Button icon={<KeyRound size={15} aria-hidden="true" />} busy={show.isPending} onClick={() => show.mutate()}>
        Sign in with a passkey
      </Button>
    </>
  );
}

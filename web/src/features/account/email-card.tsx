import { useMutation } from '@tanstack/react-query';
import { Card } from '@/components/detail-frame';
import { Form, useForm } from '@/components/form';
import { useProof } from '@/components/proof';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/text-field';
import { useMe } from '@/lib/session';
import { changeEmail } from './api';

const EMPTY = { email: '' };

/** Another address to sign in with; it counts once its mailbox has shown that it is there. */
export function EmailCard() {
  const { user } = useMe();
  const form = useForm(EMPTY);
  const proof = useProof();
  const change = useMutation({
    mutationFn: async () => {
      await proof.prove();
      await changeEmail(form.value.email.trim());
      return form.value.email.trim();
    },
    onError: proof.refused,
    onSuccess: () => form.reset(EMPTY),
  });
  const shown = proof.fields(() => change.mutate());
  return (
    <Card title="E-mail address">
      <Form onSubmit={() => change.mutate()} error={change.error} label="Change the e-mail address">
        {change.data ? (
          <div className="mb-4">
            <Banner kind="done" title="A mail is on its way">
              Open the link in the mailbox of {change.data} within 24 hours. Until then you sign in with {user.email}.
            </Banner>
          </div>
        ) : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label="New address" name="email" type="email" required autoComplete="off" hint={`Now it is ${user.email}.`} {...form.bind('email')} />
          {shown ? <div className="grid gap-4 sm:col-start-1">{shown}</div> : null}
        </div>
        <div className="mt-4 flex justify-end">
          <Button type="submit" busy={change.isPending} disabled={!form.dirty}>
            Change the address
          </Button>
        </div>
      </Form>
    </Card>
  );
}

import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Form, useForm } from '@/components/form';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/text-field';
import { accountOptionsQuery } from '@/lib/account-options';
import { requestReset } from './api';
import { AuthFrame } from './auth-frame';

export function ForgotPasswordPage() {
  const options = useQuery(accountOptionsQuery);
  const form = useForm({ email: '' });
  const send = useMutation({ mutationFn: () => requestReset(form.value.email) });
  if (options.data && !options.data.mail) {
    return (
      <AuthFrame title="Forgotten password">
        <p className="mt-0 mb-4 text-muted">This server sends no mail. Ask an administrator to set a new password for you.</p>
        <Link to="/sign-in">Go to sign-in</Link>
      </AuthFrame>
    );
  }
  if (send.isSuccess) {
    return (
      <AuthFrame title="Look into your mailbox">
        <p className="mt-0 mb-4">
          If there is an account for <strong className="break-words">{form.value.email}</strong>, a link is on its way. It works for 30 minutes.
        </p>
        <Link to="/sign-in">Go to sign-in</Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Forgotten password" subtitle="A link to set a new one comes by mail.">
      <Form onSubmit={() => send.mutate()} error={send.error} label="Forgotten password">
        <div className="grid gap-4">
          <TextField label="E-mail" name="email" type="email" autoComplete="username" required {...form.bind('email')} />
          <div className="flex flex-wrap items-center justify-between gap-3">
            <Link to="/sign-in">Go to sign-in</Link>
            <Button type="submit" kind="primary" busy={send.isPending}>
              Send the link
            </Button>
          </div>
        </div>
      </Form>
    </AuthFrame>
  );
}

import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Form, useForm } from '@/components/form';
import { NewPasswordField } from '@/components/new-password-field';
import { Banner } from '@/components/ui/banner';
import { Button, buttonClass } from '@/components/ui/button';
import { completeReset } from './api';
import { AuthFrame } from './auth-frame';
import { useLinkToken } from './link-token';

export function ResetPasswordPage() {
  const token = useLinkToken();
  const form = useForm({ password: '' });
  const send = useMutation({ mutationFn: () => completeReset({ token, password: form.value.password }) });
  if (send.isSuccess) {
    return (
      <AuthFrame title="The new password counts">
        <p className="mt-0 mb-4 text-muted">Every device was signed out. Sign in with the new password.</p>
        <Link to="/sign-in" className={buttonClass('primary')}>
          Sign in
        </Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Set a new password" subtitle="Every device is signed out by it.">
      {token ? null : (
        <div className="mb-4">
          <Banner kind="warning" title="The link is incomplete">
            Open the whole link of the mail.
          </Banner>
        </div>
      )}
      <Form onSubmit={() => send.mutate()} error={send.error} label="Set a new password">
        <div className="grid gap-4">
          <NewPasswordField label="New password" {...form.bind('password')} />
          <div className="flex flex-wrap items-center justify-between gap-3">
            <Link to="/forgot-password">Ask for another link</Link>
            <Button type="submit" kind="primary" busy={send.isPending} disabled={!token}>
              Set the password
            </Button>
          </div>
        </div>
      </Form>
    </AuthFrame>
  );
}

import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ProblemBanner } from '@/components/problem-banner';
import { Banner } from '@/components/ui/banner';
import { Button, buttonClass } from '@/components/ui/button';
import { confirmSignUp } from './api';
import { AuthFrame } from './auth-frame';
import { useLinkToken } from './link-token';

/** By a button, not at once: programs that look at the links of a mail must not use it up. */
export function ConfirmSignUpPage() {
  const token = useLinkToken();
  const confirm = useMutation({ mutationFn: () => confirmSignUp(token) });
  if (confirm.isSuccess) {
    return (
      <AuthFrame title="Your account is ready">
        <p className="mt-0 mb-4 text-muted">The address is confirmed and your organization made.</p>
        <Link to="/sign-in" className={buttonClass('primary')}>
          Sign in
        </Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Confirm your e-mail address">
      <div className="grid gap-4">
        <ProblemBanner error={confirm.error} focus />
        {token ? (
          <p className="m-0 text-muted">This completes your sign-up.</p>
        ) : (
          <Banner kind="warning" title="The link is incomplete">
            Open the whole link of the mail.
          </Banner>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Link to="/sign-up">Sign up anew</Link>
          <Button kind="primary" busy={confirm.isPending} disabled={!token} onClick={() => confirm.mutate()}>
            Confirm the address
          </Button>
        </div>
      </div>
    </AuthFrame>
  );
}

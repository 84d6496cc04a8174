import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProblemBanner } from '@/components/problem-banner';
import { Banner } from '@/components/ui/banner';
import { Button, buttonClass } from '@/components/ui/button';
import { AuthFrame } from './auth-frame';
import { useLinkToken } from './link-token';

interface LinkPageProps {
  title: string;
  about: string;
  action: string;
  follow: (token: string) => Promise<void>;
  /** Where else to go. */
  beside: ReactNode;
  done: { title: string; about: string };
}

/** Where a link of a mail leads. By a button, not at once: programs that look at the links of a mail must not use it up. */
export function LinkPage({ title, about, action, follow, beside, done }: LinkPageProps) {
  const token = useLinkToken();
  const send = useMutation({ mutationFn: () => follow(token) });
  if (send.isSuccess) {
    return (
      <AuthFrame title={done.title}>
        <p className="mt-0 mb-4 text-muted">{done.about}</p>
        <Link to="/sign-in" className={buttonClass('primary')}>
          Sign in
        </Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title}>
      <div className="grid gap-4">
        <ProblemBanner error={send.error} focus />
        {token ? (
          <p className="m-0 text-muted">{about}</p>
        ) : (
          <Banner kind="warning" title="The link is incomplete">
            Open the whole link of the mail.
          </Banner>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          {beside}
          <Button kind="primary" busy={send.isPending} disabled={!token} onClick={() => send.mutate()}>
            {action}
          </Button>
        </div>
      </div>
    </AuthFrame>
  );
}

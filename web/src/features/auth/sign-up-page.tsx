import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Form, useForm } from '@/components/form';
import { NewPasswordField } from '@/components/new-password-field';
import { ProblemBanner } from '@/components/problem-banner';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/text-field';
import { accountOptionsQuery } from '@/lib/account-options';
import { resendSignUp, signUp } from './api';
import { AuthFrame } from './auth-frame';
import { CompanyFields, companyBody, emptyCompany } from './company-fields';

export function SignUpPage() {
  const options = useQuery(accountOptionsQuery);
  const form = useForm({ ...emptyCompany(), name: '', email: '', password: '' });
  const { value } = form;
  const send = useMutation({
    mutationFn: () => signUp({ name: value.name, email: value.email, password: value.password, organization: companyBody(value) }),
  });
  if (send.isSuccess) return <MailSent email={value.email} />;
  const closed = options.data && (options.data.sign_up !== 'open' || !options.data.mail);
  if (closed) {
    return (
      <AuthFrame title="Sign-up is closed">
        <p className="mt-0 mb-4 text-muted">Nobody can sign up here. Ask a member of your organization for an account.</p>
        <Link to="/sign-in">Go to sign-in</Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Sign up" subtitle="with a new organization" wide>
      <Form onSubmit={() => send.mutate()} error={send.error} label="Sign up">
        <h2 className="mt-0 mb-2 text-base font-semibold">1. You</h2>
        <div className="grid gap-x-4 gap-y-3.5 sm:grid-cols-2">
          <TextField label="Your name" name="name" required autoComplete="name" {...form.bind('name')} />
          <TextField label="E-mail" name="email" type="email" required autoComplete="username" {...form.bind('email')} />
          <NewPasswordField className="sm:col-span-2" {...form.bind('password')} />
        </div>
        <h2 className="mt-6 mb-2 text-base font-semibold">2. Your company</h2>
        <CompanyFields form={form} />
        <div className="mt-5 flex flex-wrap items-center justify-between gap-3">
          <Link to="/sign-in">I have an account</Link>
          <Button type="submit" kind="primary" busy={send.isPending}>
            Sign up
          </Button>
        </div>
      </Form>
    </AuthFrame>
  );
}

/** The same for every address: whether there was an account, only its mailbox learns. */
function MailSent({ email }: { email: string }) {
  const again = useMutation({ mutationFn: () => resendSignUp(email) });
  return (
    <AuthFrame title="Look into your mailbox">
      <div className="grid gap-4">
        <ProblemBanner error={again.error} />
        {again.isSuccess ? <Banner kind="done" title="Another mail is on its way">The link of the first one no longer works.</Banner> : null}
        <p className="m-0">
          A mail is on its way to <strong className="break-words">{email}</strong>. Open the link in it within 24 hours; until then there is no account.
        </p>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Link to="/sign-in">Go to sign-in</Link>
          <Button busy={again.isPending} onClick={() => again.mutate()}>
            Send it again
          </Button>
        </div>
      </div>
    </AuthFrame>
  );
}

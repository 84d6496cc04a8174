import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Form, useForm } from '@/components/form';
import { NewPasswordField } from '@/components/new-password-field';
import { Banner } from '@/components/ui/banner';
import { Button, buttonClass } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { TextField } from '@/components/ui/text-field';
import { adopt, meQuery } from '@/lib/session';
import { setUp, setupStateQuery } from './api';
import { AuthFrame } from './auth-frame';
import { CompanyFields, companyBody, emptyCompany } from './company-fields';
import { useLinkToken } from './link-token';

export function SetupPage() {
  const token = useLinkToken();
  const state = useQuery(setupStateQuery);
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useForm({ ...emptyCompany(), name: '', email: '', password: '', demo_data: true });
  const { value } = form;
  const send = useMutation({
    mutationFn: () =>
      setUp({
        token,
        organization: companyBody(value),
        administrator: { name: value.name, email: value.email, password: value.password },
        demo_data: value.demo_data,
      }),
    onSuccess: async (me) => {
      client.setQueryData(meQuery.queryKey, adopt(me));
      client.setQueryData(setupStateQuery.queryKey, { needed: false });
      await navigate({ to: '/', replace: true });
    },
  });
  if (state.data && !state.data.needed) {
    return (
      <AuthFrame title="Already set up">
        <p className="mt-0 mb-4 text-muted">This server has its organization and administrator. The one-time link no longer works.</p>
        <Link to="/sign-in" className={buttonClass('primary')}>
          Go to sign-in
        </Link>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Welcome" subtitle="Two answers and you take your first order." wide>
      {token ? null : (
        <div className="mb-4">
          <Banner kind="warning" title="The link is incomplete">
            Open the whole link that the server printed when it started. It carries a one-time token.
          </Banner>
        </div>
      )}
      <Form onSubmit={() => send.mutate()} error={send.error} label="Set up">
        <h2 className="mt-0 mb-2 text-base font-semibold">1. Your company</h2>
        <CompanyFields form={form} />
        <h2 className="mt-6 mb-2 text-base font-semibold">2. The first administrator</h2>
        <div className="grid gap-x-4 gap-y-3.5 sm:grid-cols-2">
          <TextField label="Your name" name="administrator/name" required autoComplete="name" {...form.bind('name')} />
          <TextField label="E-mail" name="administrator/email" type="email" required autoComplete="username" {...form.bind('email')} />
          <NewPasswordField name="administrator/password" className="sm:col-span-2" {...form.bind('password')} />
        </div>
        <div className="mt-5 flex flex-wrap items-center justify-between gap-3">
          <Checkbox
            label="Add demo customers, products and orders"
            checked={value.demo_data}
            onCheckedChange={(demo_data) => form.change({ demo_data })}
          />
          <Button type="submit" kind="primary" busy={send.isPending}>
            Create and sign in
          </Button>
        </div>
      </Form>
    </AuthFrame>
  );
}

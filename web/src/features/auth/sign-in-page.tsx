import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Eye, EyeOff } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Form, useForm } from '@/components/form';
import { Banner } from '@/components/ui/banner';
import { Button, IconButton } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { TextField } from '@/components/ui/text-field';
import { ApiError } from '@/lib/api-error';
import { accountOptionsQuery } from '@/lib/account-options';
import { adopt, meQuery } from '@/lib/session';
import type { Me } from '@/lib/types';
import { setupStateQuery, signIn } from './api';
import { AuthFrame } from './auth-frame';

// What not everybody needs comes after the page.
const PasskeyWay = lazy(() => import('./passkey-way').then((module) => ({ default: module.PasskeyWay })));
const SecondFactorStep = lazy(() => import('./second-factor-step').then((module) => ({ default: module.SecondFactorStep })));

/** Only an address within this app may be the way back. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

export function SignInPage() {
  const { next, organization } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const setup = useQuery(setupStateQuery);
  const { data: options } = useQuery(accountOptionsQuery);
  const form = useForm({ email: '', password: '', remember: false });
  const [shown, setShown] = useState(false);
  // With every attempt by password, what was said of a passkey is over.
  const [tries, setTries] = useState(0);
  const email = useRef<HTMLInputElement>(null);
  useEffect(() => email.current?.focus(), []);
  const enter = async (me: Me) => {
    client.setQueryData(meQuery.queryKey, adopt(me));
    await navigate({ href: safeNext(next) });
  };
  const send = useMutation({
    mutationFn: () => signIn({ ...form.value, organization_id: organization }),
    onSuccess: enter,
  });
  // The password was right, and is not all that is asked for.
  const waits = send.error instanceof ApiError && send.error.code === 'second_factor_required' ? send.error.problem : null;
  if (waits) {
    return (
      <Suspense fallback={<AuthFrame title="Sign in">{null}</AuthFrame>}>
        <SecondFactorStep methods={waits.methods as string[]} onDone={enter} onBack={() => send.reset()} />
      </Suspense>
    );
  }
  return (
    <AuthFrame title="Sign in" subtitle="to take, confirm and follow orders">
      {setup.data?.needed ? (
        <div className="mb-4">
          <Banner title="This server is not set up yet">
            Open the one-time link that the server printed when it started, or run <code className="font-mono text-sm">som admin create</code>.
          </Banner>
        </div>
      ) : null}
      <Form
        onSubmit={() => {
          setTries(tries + 1);
          send.mutate();
        }}
        error={send.error}
        label="Sign in"
      >
        <div className="grid gap-4">
          <TextField ref={email} label="E-mail" name="email" type="email" autoComplete="username" required {...form.bind('email')} />
          <TextField
            label="Password"
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            required
            suffix={
              <span className="pointer-events-auto -me-1.5">
                <IconButton size="sm" label={shown ? 'Hide password' : 'Show password'} onClick={() => setShown(!shown)}>
                  {shown ? <EyeOff size={16} aria-hidden="true" /> : <Eye size={16} aria-hidden="true" />}
                </IconButton>
              </span>
            }
            {...form.bind('password')}
          />
          <Checkbox
            label="Keep me signed in on this device"
            checked={form.value.remember}
            onCheckedChange={(remember) => form.change({ remember })}
          />
          <Button type="submit" kind="primary" busy={send.isPending}>
            Sign in
          </Button>
          <Suspense fallback={<div className="h-[calc(var(--control-h)+2.5rem)]" />}>
            <PasskeyWay key={tries} remember={form.value.remember} organization={organization} onBegin={() => send.reset()} onDone={enter} />
          </Suspense>
        </div>
      </Form>
      {options?.mail ? (
        <p className="m-0 mt-4 flex flex-wrap justify-between gap-3">
          <Link to="/forgot-password">Forgotten password</Link>
          {options.sign_up === 'open' ? <Link to="/sign-up">Sign up</Link> : null}
        </p>
      ) : null}
    </AuthFrame>
  );
}

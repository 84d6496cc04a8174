import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '@/lib/api';

export const setupStateQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => body(api.GET('/api/v1/setup')),
  retry: false,
});

export function signIn(request: Schemas['SignIn']) {
  return body(api.POST('/api/v1/auth/sign-in', { body: request }));
}

export function showSecondFactor(request: Schemas['SecondFactor']) {
  return body(api.POST('/api/v1/auth/sign-in/second-factor', { body: request }));
}

export function setUp(request: Schemas['CompleteSetup']) {
  return body(api.POST('/api/v1/setup', { body: request }));
}

export async function signUp(request: Schemas['SignUp']) {
  await api.POST('/api/v1/auth/sign-up', { body: request });
}

export async function resendSignUp(email: string) {
  await api.POST('/api/v1/auth/sign-up/resend', { body: { email } });
}

export async function confirmSignUp(token: string) {
  await api.POST('/api/v1/auth/sign-up/confirm', { body: { token } });
}

export async function requestReset(email: string) {
  await api.POST('/api/v1/auth/password-reset', { body: { email } });
}

export async function completeReset(request: Schemas['CompleteReset']) {
  await api.POST('/api/v1/auth/password-reset/complete', { body: request });
}

export function viewInvitation(token: string) {
  return body(api.POST('/api/v1/auth/invitations/view', { body: { token } }));
}

export async function acceptInvitation(request: Schemas['AcceptInvitation']) {
  await api.POST('/api/v1/auth/invitations/accept', { body: request });
}

export function joinOrganization(token: string) {
  return body(api.POST('/api/v1/auth/invitations/join', { body: { token } }));
}

export async function confirmEmail(token: string) {
  await api.POST('/api/v1/auth/email/confirm', { body: { token } });
}

export async function undoEmail(token: string) {
  await api.POST('/api/v1/auth/email/undo', { body: { token } });
}

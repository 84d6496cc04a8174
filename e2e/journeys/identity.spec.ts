/** Who one is: second factors, passkeys, sign-up, invitations and forgotten passwords, with real mails and without a pointer. */
import { type Locator, type Page, request } from '@playwright/test';
import { post, signInByApi } from '../support/api.ts';
import { codeOf, plugIn } from '../support/factors.ts';
import { keyIn, pressOn, tabTo } from '../support/keyboard.ts';
import { expectAccessible, expectNoSidewaysScroll } from '../support/layout.ts';
import { linkSentTo } from '../support/mailbox.ts';
import { countPointerEvents } from '../support/pointer.ts';
import { expect, owner, test } from '../support/test.ts';

test.use({ who: 'nobody', viewport: { width: 1366, height: 900 } });
test.describe.configure({ timeout: 240_000 });

const DESK = { width: 1366, height: 900 };
const PHONE = { width: 390, height: 844 };
const PASSWORD = 'violet harbour nine lamps';

let pointers: () => number;

test.beforeEach(async ({ page }) => {
  pointers = await countPointerEvents(page);
});

test.afterEach(() => {
  expect(pointers(), 'the pointer was not needed').toBe(0);
});

/** As it stands: nothing for axe to say, no sideways scroll, at desk and on the phone, light and dark. */
async function expectFit(page: Page, overlay = false): Promise<void> {
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page, { overlay });
    }
  }
}

/** A rep of the demo company whom nobody else signs in as. */
async function newMember(name: string): Promise<string> {
  const email = `${name.toLowerCase()}@demo.example`;
  const admin = await request.newContext();
  await signInByApi(admin, owner().email, owner().password);
  await post(admin, '/members', { name: `${name} Journey`, email, password: PASSWORD, role: 'rep' });
  await admin.dispose();
  return email;
}

const button = (at: Page | Locator, name: string) => at.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

async function passwordIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await keyIn(page, page.getByLabel('E-mail'), email);
  await keyIn(page, page.getByLabel(/^Password/), password);
  await page.keyboard.press('Enter');
}

const signedIn = (page: Page) => expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible();

async function signOut(page: Page): Promise<void> {
  await pressOn(page, button(page.getByRole('main'), 'Sign out'));
  await expect(heading(page, 'Sign in')).toBeVisible();
}

test('an authenticator app is set up and asked for; a recovery code stands in for it, once', async ({ page }) => {
  const email = await newMember('Tilda');
  await page.goto('/sign-in?next=/account');
  await passwordIn(page, email);
  await signedIn(page);
  await pressOn(page, button(page, 'Set up…'));
  await pressOn(page, button(page, 'Begin'));
  await expect(page.getByRole('img', { name: /^QR code/ })).toBeVisible();
  await expectFit(page, true);
  const secret = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  await keyIn(page, page.getByRole('textbox', { name: 'Code' }), codeOf(secret));
  await page.keyboard.press('Enter');
  const list = page.getByRole('list', { name: 'Recovery codes' });
  await expect(list.getByRole('listitem')).toHaveCount(10);
  await expectFit(page, true);
  const [recovery = ''] = await list.getByRole('listitem').allTextContents();
  await pressOn(page, button(page, 'Done'));
  await expect(page.getByText('10 left')).toBeVisible();
  await expectFit(page);
  await signOut(page);

  await page.goto('/sign-in?next=/account');
  await passwordIn(page, email);
  await expect(heading(page, 'Second factor')).toBeVisible();
  await expectFit(page);
  // The code that set it up is used; the app would show the next one in half a minute.
  await keyIn(page, page.getByRole('textbox', { name: 'Code' }), codeOf(secret, 1));
  await signedIn(page);
  await expect(page).toHaveURL(/\/account$/);
  await signOut(page);

  const withRecovery = async () => {
    await page.goto('/sign-in?next=/account');
    await passwordIn(page, email);
    await pressOn(page, button(page, 'Use a recovery code'));
    await keyIn(page, page.getByRole('textbox', { name: 'Recovery code' }), recovery);
    await page.keyboard.press('Enter');
  };
  await withRecovery();
  await signedIn(page);
  await expect(page.getByText('9 left')).toBeVisible();
  await signOut(page);
  await withRecovery();
  await expect(page.getByRole('textbox', { name: 'Recovery code' })).toHaveAccessibleDescription(/wrong/);
  await expectFit(page);
});

test('a passkey is added, signs in without address and password, and proves who one is', async ({ page }) => {
  const authenticator = await plugIn(page);
  const email = await newMember('Petra');
  await page.goto('/sign-in?next=/account');
  await passwordIn(page, email);
  await signedIn(page);
  await pressOn(page, button(page, 'Add a passkey…'));
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await keyIn(page, dialog.getByRole('textbox', { name: 'Name' }), 'Desk');
  await expectFit(page, true);
  await authenticator.recognizes(false);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('No passkey was shown')).toBeVisible();
  await expectFit(page, true);
  await authenticator.recognizes(true);
  await pressOn(page, button(dialog, 'Continue'));
  await expect(page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')).toHaveCount(10);
  await pressOn(page, button(page, 'Done'));
  await expect(button(page, 'Remove Desk')).toBeVisible();
  await signOut(page);

  await page.goto('/sign-in?next=/account');
  const show = button(page, 'Sign in with a passkey');
  await expect(show).toBeVisible();
  await authenticator.recognizes(false);
  await pressOn(page, show);
  await expect(page.getByText('No passkey was shown')).toBeVisible();
  await expectFit(page);
  await authenticator.recognizes(true);
  await pressOn(page, show);
  await signedIn(page);
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByText(/last used now/).first()).toBeVisible();

  // Ten minutes are not waited for: the refusal that comes after them is put in the way, once.
  const refusal = { title: 'Show your password again first', status: 403, code: 'reauth_required' };
  await page.route('**/api/v1/passkeys/*', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(refusal) }), { times: 1 });
  const proved = page.waitForResponse((answer) => answer.url().endsWith('/auth/step-up/passkey'));
  await pressOn(page, button(page, 'Remove Desk'));
  const asking = page.getByRole('dialog', { name: 'Remove “Desk”' });
  await pressOn(page, button(asking, 'Remove it'));
  await expect(button(asking, 'Use a passkey')).toBeVisible();
  await expectFit(page, true);
  await pressOn(page, button(asking, 'Use a passkey'));
  expect((await proved).status()).toBe(204);
  await expect(asking).toHaveCount(0);
  await expect(button(page, 'Remove Desk')).toHaveCount(0);
});

test('who signs up confirms by mail, signs in and begins a first order', async ({ page }) => {
  const email = `nora.${Date.now()}@kontor.example`;
  await page.goto('/sign-in');
  await expect(button(page, 'Sign in with a passkey')).toBeVisible();
  await expectFit(page);
  await pressOn(page, page.getByRole('link', { name: 'Sign up' }));
  await expect(heading(page, 'Sign up')).toBeVisible();
  await expectFit(page);
  await keyIn(page, page.getByLabel('Your name'), 'Nora Kontor');
  await keyIn(page, page.getByLabel('E-mail'), email);
  await keyIn(page, page.getByLabel(/^Password/), PASSWORD);
  await keyIn(page, page.getByRole('textbox', { name: 'Name', exact: true }), 'Kontor Trading');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Look into your mailbox')).toBeVisible();
  await expectFit(page);

  await page.goto(await linkSentTo(email, 'Confirm your e-mail address'));
  await expect(heading(page, 'Confirm your e-mail address')).toBeVisible();
  await expect(page).toHaveURL(/\/confirm-sign-up$/);
  await expectFit(page);
  await pressOn(page, button(page, 'Confirm the address'));
  await expect(heading(page, 'Your account is ready')).toBeVisible();
  await expectFit(page);
  await pressOn(page, page.getByRole('link', { name: 'Sign in' }));
  await passwordIn(page, email);
  await signedIn(page);
  await page.keyboard.type('co');
  await expect(page.getByRole('combobox', { name: /Customer/ })).toBeFocused();
  await expect(page).toHaveURL(/\/orders\/new$/);
});

test('a forgotten password is set anew by mail, and the old one counts no more', async ({ page }) => {
  const email = await newMember('Otis');
  await page.goto('/sign-in');
  await pressOn(page, page.getByRole('link', { name: 'Forgotten password' }));
  await expect(heading(page, 'Forgotten password')).toBeVisible();
  await expectFit(page);
  await keyIn(page, page.getByLabel('E-mail'), email);
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Look into your mailbox')).toBeVisible();
  await expectFit(page);

  await page.goto(await linkSentTo(email, 'Set a new password'));
  await expect(page).toHaveURL(/\/reset-password$/);
  await expectFit(page);
  await keyIn(page, page.getByLabel(/^New password/), 'seven quiet lanterns ashore');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'The new password counts')).toBeVisible();
  await expectFit(page);
  await pressOn(page, page.getByRole('link', { name: 'Sign in' }));
  await passwordIn(page, email);
  await expect(page.getByRole('alert')).toBeVisible();
  await expectFit(page);
  await passwordIn(page, email, 'seven quiet lanterns ashore');
  await signedIn(page);
});

test('a role of one’s own is made, narrowed and given to a member', async ({ page }) => {
  const email = await newMember('Rolanda');
  const { email: boss, password } = owner();
  await page.goto('/sign-in?next=/settings/roles');
  await passwordIn(page, boss, password);
  await signedIn(page);
  await expectFit(page);
  await pressOn(page, page.getByRole('link', { name: 'New role' }));
  const role = `Field sales ${Date.now()}`;
  await keyIn(page, page.getByRole('textbox', { name: 'Name' }), role);
  await choose(page, page.getByRole('combobox', { name: 'Made from' }), 'Rep');
  await tabTo(page, page.getByRole('checkbox', { name: 'Read orders' }));
  await page.keyboard.press('End');
  await expect(page.getByRole('checkbox', { name: 'Comment orders' })).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: 'Write orders' })).not.toBeChecked();
  await expectFit(page);
  await page.keyboard.press('Control+s');
  await expect(heading(page, role)).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Write orders' })).not.toBeChecked();
  await expectFit(page);

  await page.goto('/settings/members');
  await pressOn(page, page.getByRole('link', { name: 'Rolanda Journey' }));
  await expect(page.getByText(email)).toBeVisible();
  await choose(page, page.getByRole('combobox', { name: 'Role' }), role);
  await expectFit(page);
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Rolanda Journey saved').first()).toBeVisible();
  await page.goto('/settings/roles');
  await pressOn(page, page.getByRole('link', { name: role }));
  await expect(page.getByText(/1 member has it/).first()).toBeVisible();
  await pressOn(page, button(page, 'Remove…'));
  const dialog = page.getByRole('dialog', { name: /^Remove/ });
  await expect(button(dialog, 'Remove')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expectFit(page, true);
});

test('a colleague is invited by mail, and comes with a password of their own; an address is changed by mail', async ({ page }) => {
  const email = `ivo.${Date.now()}@kontor.example`;
  const { email: boss, password } = owner();
  await page.goto('/sign-in?next=/settings/invitations/new');
  await passwordIn(page, boss, password);
  await signedIn(page);
  await keyIn(page, page.getByRole('textbox', { name: 'E-mail' }), email);
  await keyIn(page, page.getByRole('textbox', { name: 'Name' }), 'Ivo Kontor');
  await page.keyboard.press('Control+s');
  await expect(button(page, 'Send again…')).toBeVisible();
  await expectFit(page);
  const link = await linkSentTo(email, 'invites you to');
  await page.goto('/account');
  await signOut(page);

  await page.goto(link);
  await expect(heading(page, 'Join')).toBeVisible();
  await expectFit(page);
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ivo Kontor');
  await keyIn(page, page.getByLabel(/^Password/), PASSWORD);
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Your account is ready')).toBeVisible();
  await page.goto('/sign-in?next=/account');
  await passwordIn(page, email);
  await signedIn(page);

  const other = `ivo.new.${Date.now()}@kontor.example`;
  await keyIn(page, page.getByLabel('New address'), other);
  await page.keyboard.press('Enter');
  await expect(page.getByText('A mail is on its way')).toBeVisible();
  await expectFit(page);
  await page.goto(await linkSentTo(other, 'Confirm your new e-mail address'));
  await expect(heading(page, 'Confirm your new e-mail address')).toBeVisible();
  await expectFit(page);
  await pressOn(page, button(page, 'Confirm the address'));
  await expect(heading(page, 'The new address counts')).toBeVisible();
  await page.goto('/sign-in');
  await passwordIn(page, other);
  await signedIn(page);
});

/** Opens a list of choices, types until the one is found, and takes it. */
async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('Enter');
  const wanted = page.getByRole('option', { name: option, exact: true });
  await expect(wanted).toBeVisible();
  await page.keyboard.type(option);
  await expect(wanted).toHaveAttribute('data-highlighted', '');
  await page.keyboard.press('Enter');
  await expect(field).toHaveText(option);
}

import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/lib/api';
import { coded, me, pageOf, PERMISSIONS } from '@/testing/builders';
import { escape } from '@/testing/dialogs';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

const AT = '2026-11-20T09:30:00Z';
const ONE_PAGE = { next: null, prev: null, has_more: false, count: null };
const stamps = { version: 3, created_at: AT, updated_at: AT, etag: '"3"' };

const member = (change: Partial<Schemas['MemberView']> = {}): Schemas['MemberView'] => ({
  id: 'mem_2', user_id: 'usr_2', name: 'Rita Rep', email: 'rita@example.com', role: 'rep', role_name: 'rep', row_scope: 'own', team_id: null, state: 'active', ...stamps, ...change,
});
const policy = (change: Partial<Schemas['ApprovalPolicyView']> = {}): Schemas['ApprovalPolicyView'] => ({
  id: 'pol_1', name: 'Large orders', measure: 'total', threshold: '5000', currency: 'EUR', approver_roles: ['owner'], active: true, ...stamps, ...change,
});
const ROLES = {
  data: [
    { name: 'owner', base: 'owner', built_in: true, members: 1, version: 0, row_scope: 'organization', permissions: ['orders.read', 'orders.approve', 'members.write'] },
    { name: 'rep', base: 'rep', built_in: true, members: 4, version: 0, row_scope: 'own', permissions: ['orders.read'] },
    { id: 'role_1', name: 'Field sales', base: 'rep', built_in: false, members: 0, version: 1, row_scope: 'team', permissions: ['orders.read', 'orders.approve'], discount_limit: '10', approval_limit: '5000' },
  ],
  permissions: ['orders.read', 'orders.approve', 'members.write'],
};
const team = { id: 'tea_1', name: 'North', ...stamps };

interface Sent {
  match: string | null;
  body: unknown;
}
const sentBy = (request: Request, body: unknown): Sent => ({ match: request.headers.get('if-match'), body });

beforeEach(() => {
  server.use(
    mock('get', '/api/v1/roles', ROLES),
    mock('get', '/api/v1/teams', { data: [team], page: ONE_PAGE }),
    mock('get', '/api/v1/members', { data: [member(), member({ id: 'mem_3', name: 'Otto Owner', email: 'otto@example.com', role: 'owner', role_name: 'owner', row_scope: 'organization' })], page: ONE_PAGE }),
    mock('get', '/api/v1/members/{id}', member()),
  );
});

const may = (permissions: string[]) => server.use(mock('get', '/api/v1/me', () => me({ permissions })));

async function choose(user: ReturnType<typeof renderPage>['user'], field: string, option: string) {
  await user.click(await screen.findByRole('combobox', { name: field }));
  await user.click(await screen.findByRole('option', { name: option }));
}

describe('the settings', () => {
  it('are found by keys, and hold what one may look at', async () => {
    may(['orders.read', 'settings.read', 'taxes.read']);
    server.use(mock('get', '/api/v1/dashboard', () => refuse(500, 'internal')));
    const { user, at } = renderPage('/settings');
    expect(await screen.findByRole('link', { name: 'Organization' })).toHaveAttribute('href', '/settings/organization');
    expect(screen.getByRole('link', { name: 'Tax rules' })).toHaveAttribute('href', '/settings/tax-rules');
    const main = within(screen.getByRole('main'));
    for (const hidden of ['Members', 'Roles', 'Audit log', 'Units', 'Payment terms']) expect(main.queryByRole('link', { name: hidden })).not.toBeInTheDocument();
    await user.keyboard('gh');
    await waitFor(() => expect(at()).toBe('/'));
    await user.keyboard('ga');
    await waitFor(() => expect(at()).toBe('/settings'));
    expect(within(screen.getByRole('navigation', { name: 'Main' })).getByRole('link', { name: 'Settings' })).toHaveAttribute('aria-current', 'page');
  });

  it('say what is not there, and what one may not see', async () => {
    const { unmount } = renderPage('/settings/wishes');
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeInTheDocument();
    unmount();
    may(PERMISSIONS.filter((name) => name !== 'members.read'));
    const next = renderPage('/settings/members');
    expect(await screen.findByRole('heading', { name: 'You may not use this page' })).toBeInTheDocument();
    next.unmount();
    may(PERMISSIONS.filter((name) => name !== 'members.write'));
    renderPage('/settings/members/mem_2');
    expect(await screen.findByText('You may look at it, not change it.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Deactivate/ })).not.toBeInTheDocument();
  });
});

describe('members', () => {
  it('are listed and found by words, and get another role in the version that was seen', async () => {
    const sent: Sent[] = [];
    server.use(
      mock('get', '/api/v1/me', me({ membership: { id: 'mem_1', role: 'owner', role_name: 'owner', row_scope: 'organization', team_id: null } })),
      mock('patch', '/api/v1/members/{id}', ({ body, request }) => {
        sent.push(sentBy(request, body));
        return member({ role: 'owner', role_name: 'owner', row_scope: 'organization', version: 4 });
      }),
    );
    const { user, at } = renderPage('/settings/members');
    expect(await screen.findByRole('row', { name: /Otto Owner.*Everything.*Active/ })).toBeInTheDocument();
    await user.type(screen.getByRole('searchbox'), 'rita');
    await waitFor(() => expect(screen.queryByText('Otto Owner')).not.toBeInTheDocument());
    await user.click(screen.getByRole('link', { name: 'Rita Rep' }));
    await waitFor(() => expect(at()).toBe('/settings/members/mem_2'));
    expect(await screen.findByText(/^rita@example.com · no second factor · Last changed/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await choose(user, 'Role', 'Owner');
    await choose(user, 'Sees', 'As the role: everything');
    await choose(user, 'Team', 'North');
    await user.keyboard('{Control>}s{/Control}');
    expect(await screen.findByText('Rita Rep saved')).toBeInTheDocument();
    expect(sent).toEqual([{ match: '"3"', body: { role: 'owner', row_scope: null, team_id: 'tea_1' } }]);
    await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled());
  });

  it('get a role of the organization’s own, by who shows the password when it is asked for', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push(body)),
      mock('patch', '/api/v1/members/{id}', ({ body }) => {
        sent.push(body);
        if (sent.length === 1) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        return member({ role_id: 'role_1', role_name: 'Field sales', version: 4 });
      }),
    );
    const { user } = renderPage('/settings/members/mem_2');
    await choose(user, 'Role', 'Field sales');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await user.type(await screen.findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Rita Rep saved')).toBeInTheDocument();
    expect(sent).toEqual([{ role_id: 'role_1' }, { password: 'correct horse battery staple' }, { role_id: 'role_1' }]);
  });

  it('are made with a first password, and problems land on their fields', async () => {
    server.use(
      mock('post', '/api/v1/members', () =>
        refuse(422, 'validation_failed', {
          errors: [
            { pointer: '#/email', code: 'invalid_email', detail: 'Not an e-mail address.' },
            { pointer: '#/password', code: 'password_too_short', detail: 'At least 15 characters.' },
          ],
        }),
      ),
    );
    const { user } = renderPage('/settings/members/new');
    await user.type(await screen.findByRole('textbox', { name: /Name/ }), 'Nora New');
    await user.click(screen.getByRole('button', { name: 'Create member' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: /E-mail/ })).toHaveAccessibleDescription(/Not an e-mail address/));
    expect(screen.getByLabelText(/First password/)).toHaveAccessibleDescription(/At least 15 characters/);
    expect(screen.getByRole('textbox', { name: /Name/ })).toHaveValue('Nora New');
  });

  it('are deactivated only when asked twice, and activated again', async () => {
    const states: unknown[] = [];
    server.use(
      mock('patch', '/api/v1/members/{id}', ({ body }) => {
        states.push(body);
        if (states.length === 1) return refuse(409, 'last_owner', { title: 'One owner must stay' });
        return member({ state: body.state ?? 'active', version: 4 });
      }),
    );
    const { user } = renderPage('/settings/members/mem_2');
    const button = await screen.findByRole('button', { name: 'Deactivate…' });
    await user.click(button);
    await escape(user, await screen.findByRole('dialog', { name: 'Deactivate “Rita Rep”' }));
    await waitFor(() => expect(button).toHaveFocus());
    expect(states).toEqual([]);
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Deactivate' }));
    expect(await within(dialog).findByText('One owner must stay')).toBeInTheDocument();
    server.use(mock('get', '/api/v1/members/{id}', member({ state: 'suspended', version: 4 })));
    await user.click(within(dialog).getByRole('button', { name: 'Deactivate' }));
    expect(await screen.findByText('Deactivated')).toBeInTheDocument();
    server.use(mock('get', '/api/v1/members/{id}', member({ version: 5 })));
    await user.click(screen.getByRole('button', { name: 'Activate' }));
    expect(await screen.findByRole('button', { name: 'Deactivate…' })).toBeInTheDocument();
    expect(states).toEqual([{ state: 'suspended' }, { state: 'suspended' }, { state: 'active' }]);
  });
});

describe('the roles', () => {
  it('show what each may do, for the eye and for the ear', async () => {
    renderPage('/settings/roles');
    expect(await screen.findByRole('row', { name: /^Permission Owner Rep Field sales\s*from Rep$/ })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Sees Everything Only what is theirs What their team sells' })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Gives at most any discount any discount 10%' })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Approves at most any total — €5,000.00' })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Approve yes no yes' })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Members' })).toBeInTheDocument();
  });
});

describe('approval policies', () => {
  it('are made per currency, with the roles that may decide, and their problems at the fields', async () => {
    const sent: unknown[] = [];
    server.use(
      mock('get', '/api/v1/approval-policies/{id}', policy({ id: 'pol_2', name: 'Dollars', currency: 'USD' })),
      mock('post', '/api/v1/approval-policies', ({ body }) => {
        sent.push(body);
        if (sent.length === 1) return refuse(422, 'validation_failed', { errors: [{ pointer: '#/threshold', code: 'invalid_decimal', detail: 'Not a number.' }, { pointer: '#/approver_roles', code: 'required', detail: 'At least one role must be able to decide.' }] });
        return policy({ id: 'pol_2', name: 'Dollars', currency: 'USD' });
      }, { status: 201 }),
    );
    const { user, at } = renderPage('/settings/approval-policies/new');
    await user.type(await screen.findByRole('textbox', { name: /Name/ }), 'Dollars');
    await choose(user, 'Orders in', 'USD · US Dollar');
    for (const role of ['Owner', 'Admin', 'Manager']) await user.click(screen.getByRole('checkbox', { name: role }));
    await user.click(screen.getByRole('button', { name: 'Create approval policy' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: /Total above/ })).toHaveAccessibleDescription(/Not a number/));
    expect(screen.getByRole('group', { name: 'May decide' })).toHaveAccessibleDescription('At least one role must be able to decide.');
    await user.type(screen.getByRole('textbox', { name: /Total above/ }), '7,500');
    await user.click(screen.getByRole('checkbox', { name: 'Owner' }));
    await user.click(screen.getByRole('button', { name: 'Create approval policy' }));
    await waitFor(() => expect(at()).toBe('/settings/approval-policies/pol_2'));
    expect(sent[1]).toEqual({ name: 'Dollars', measure: 'total', threshold: '7500', currency: 'USD', approver_roles: ['owner'] });
  });

  it('say what they ask for, change only what was changed, and end', async () => {
    const sent: Sent[] = [];
    server.use(
      mock('get', '/api/v1/approval-policies', pageOf([policy(), policy({ id: 'pol_3', name: 'Thin', measure: 'margin_percent', threshold: '15', currency: null, active: false })])),
      mock('get', '/api/v1/approval-policies/{id}', policy()),
      mock('patch', '/api/v1/approval-policies/{id}', ({ body, request }) => {
        sent.push(sentBy(request, body));
        return policy({ threshold: body.threshold ?? '5000', active: body.active ?? true, version: 4 });
      }),
    );
    const { user } = renderPage('/settings/approval-policies');
    expect(await screen.findByRole('row', { name: /Large orders.*Total above €5,000.00.*Owner.*In force/ })).toBeInTheDocument();
    expect(screen.getByRole('row', { name: /Thin.*Margin below 15%.*Ended/ })).toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'Large orders' }));
    const threshold = await screen.findByRole('textbox', { name: /Total above/ });
    expect(screen.getByRole('combobox', { name: 'Looks at' })).toBeDisabled();
    await user.clear(threshold);
    await user.type(threshold, '6000');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(sent).toEqual([{ match: '"3"', body: { threshold: '6000' } }]));
    await user.click(await screen.findByRole('button', { name: 'End…' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'End' }));
    await waitFor(() => expect(sent.at(-1)?.body).toEqual({ active: false }));
  });
});

describe('number series', () => {
  it('show the next number before they are changed', async () => {
    const series: Schemas['NumberSeriesView'] = { id: 'ser_1', document_type: 'order', template: 'SO-{YYYY}-{NNNNNN}', next_number: 'SO-2026-000043', version: 1, etag: '"1"' };
    const asked: (string | null)[] = [];
    server.use(
      mock('get', '/api/v1/number-series/{id}', series),
      mock('patch', '/api/v1/number-series/{id}', ({ body, query }) => {
        asked.push(query.get('dry_run'));
        if (!body.template?.includes('{N')) return refuse(422, 'validation_failed', { errors: [{ pointer: '#/template', code: 'invalid_template', detail: 'A counter is missing.' }] });
        return { ...series, template: body.template, next_number: 'A-00043', version: query.get('dry_run') ? 1 : 2 };
      }),
    );
    const { user } = renderPage('/settings/number-series/ser_1');
    const field = await screen.findByRole('textbox', { name: /Template/ });
    expect(field).toHaveAccessibleDescription(/The next number is SO-2026-000043/);
    await user.clear(field);
    await user.type(field, 'A');
    await waitFor(() => expect(field).toHaveAccessibleDescription(/A counter is missing/));
    await user.type(field, '-{{NNNNN}');
    await waitFor(() => expect(field).toHaveAccessibleDescription(/The next number is A-00043/));
    expect(asked).not.toContain(null);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(asked.at(-1)).toBeNull());
  });
});

describe('taxes', () => {
  it('have rules whose taxes keep their order, and which are removed only when asked twice', async () => {
    const rule: Schemas['TaxRuleView'] = { id: 'rul_1', tax_class: 'standard', country: 'DE', region: null, customer_tax_status: 'taxable', taxes: ['VAT19'], exemption_reason: null, ...stamps };
    const tax = (code: string, name: string): Schemas['TaxView'] => ({ id: code, code, name, rate: '19', compound: false, valid_from: null, valid_to: null, status: 'active', ...stamps });
    const sent: unknown[] = [];
    server.use(
      mock('get', '/api/v1/tax-rules', () => pageOf(sent.includes('removed') ? [] : [rule])),
      mock('get', '/api/v1/tax-rules/{id}', rule),
      mock('get', '/api/v1/taxes', pageOf([tax('LUX', 'Luxury'), tax('VAT19', 'VAT 19 %')])),
      mock('get', '/api/v1/tax-classes', pageOf([{ ...coded('standard', 'Standard'), is_default: true }])),
      mock('patch', '/api/v1/tax-rules/{id}', ({ body }) => {
        sent.push(body);
        return { ...rule, taxes: ['VAT19', 'LUX'], version: 4 };
      }),
      mock('delete', '/api/v1/tax-rules/{id}', () => void sent.push('removed')),
    );
    const { user, at } = renderPage('/settings/tax-rules/rul_1');
    await user.click(await screen.findByRole('checkbox', { name: 'Luxury, 19%' }));
    expect(screen.getByRole('checkbox', { name: '1. VAT 19 %' })).toBeChecked();
    expect(screen.getByRole('checkbox', { name: '2. Luxury, 19%' })).toBeChecked();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(sent).toEqual([{ taxes: ['VAT19', 'LUX'] }]));
    await user.click(screen.getByRole('button', { name: 'Remove…' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(at()).toBe('/settings/tax-rules'));
    expect(await screen.findByText('No tax rules yet')).toBeInTheDocument();
  });
});

describe('the organization', () => {
  const organization: Schemas['OrganizationView'] = {
    id: 'org_1', name: 'Northwind Supplies', country: 'DE', currency: 'EUR', currency_fixed: true, time_zone: 'Europe/Berlin', locale: 'en', rounding_mode: 'half_up',
    tax_mode: 'document', cash_rounding: null, prices_include_tax: false, customer_po_policy: 'warn', four_eyes: false, second_factor_roles: [], discount_limits: { rep: '10' }, approval_limits: { manager: '5000' },
    version: 2, created_at: AT, updated_at: AT,
  };

  it('sends what was changed only; an empty limit is lifted; a limit’s problem lands on it', async () => {
    const sent: Sent[] = [];
    server.use(
      mock('get', '/api/v1/organization', organization),
      mock('patch', '/api/v1/organization', ({ body, request }) => {
        sent.push(sentBy(request, body));
        if (sent.length === 1) return refuse(422, 'validation_failed', { errors: [{ pointer: '#/discount_limits/manager', code: 'out_of_range', detail: 'At most 100.' }] });
        return { ...organization, four_eyes: true, version: 3 };
      }),
    );
    const { user } = renderPage('/settings/organization');
    await user.click(await screen.findByRole('checkbox', { name: 'Nobody approves an order of their own' }));
    expect(screen.getByRole('combobox', { name: 'Currency' })).toBeDisabled();
    const give = within(screen.getByRole('group', { name: /Highest discount/ }));
    await user.clear(give.getByRole('textbox', { name: 'Rep' }));
    await user.type(give.getByRole('textbox', { name: 'Manager' }), '250');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(give.getByRole('textbox', { name: 'Manager' })).toHaveAccessibleDescription('At most 100.'));
    expect(sent[0]).toEqual({ match: '"2"', body: { four_eyes: true, discount_limits: { manager: '250', rep: null } } });
    await user.clear(give.getByRole('textbox', { name: 'Manager' }));
    await user.keyboard('{Control>}s{/Control}');
    expect(await screen.findByText('Organization saved')).toBeInTheDocument();
    expect(sent[1]?.body).toEqual({ four_eyes: true, discount_limits: { rep: null } });
  });
});

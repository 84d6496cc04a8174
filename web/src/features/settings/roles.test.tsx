import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/lib/api';
import { me, PERMISSIONS } from '@/testing/builders';
import { renderPage } from '@/testing/render-page';
import { mock, refuse, server } from '@/testing/server';

type Role = Schemas['RoleView'];

const builtIn = (name: string, permissions: string[], change: Partial<Role> = {}): Role => ({
  name, base: name, built_in: true, members: 1, version: 0, row_scope: 'organization', permissions, ...change,
});
const ALL = ['orders.read', 'orders.write', 'orders.approve', 'orders.deliver', 'prices.override', 'prices.read', 'customers.read', 'members.read', 'members.write', 'cost.read', 'jobs.read'];
const FIELD: Role = {
  id: 'role_1', name: 'Field sales', base: 'rep', built_in: false, members: 2, version: 3, row_scope: 'team', permissions: ['orders.read', 'jobs.read'], discount_limit: '10', approval_limit: null,
  created_at: '2026-11-20T09:30:00Z', updated_at: '2026-11-20T09:30:00Z',
};
let field: Role;
let sent: { method: string; match: string | null; body?: unknown }[];

beforeEach(() => {
  sent = [];
  field = FIELD;
  server.use(
    mock('get', '/api/v1/roles', () => ({
      data: [builtIn('owner', ALL), builtIn('admin', ALL), builtIn('rep', ['orders.read', 'orders.write', 'jobs.read'], { row_scope: 'own', discount_limit: '5' }), field],
      permissions: ALL,
    })),
    mock('get', '/api/v1/roles/{id}', () => field),
    mock('post', '/api/v1/auth/step-up', ({ body }) => void sent.push({ method: 'step-up', match: null, body })),
  );
});

async function choose(user: ReturnType<typeof renderPage>['user'], label: string | RegExp, option: string) {
  await user.click(await screen.findByRole('combobox', { name: label }));
  await user.click(await screen.findByRole('option', { name: option }));
}

const box = (name: string) => screen.getByRole('checkbox', { name });

describe('a role of one’s own', () => {
  it('is made from a built-in one, without what its maker may not give', async () => {
    server.use(
      mock('post', '/api/v1/roles', ({ body }) => {
        sent.push({ method: 'post', match: null, body });
        if (sent.length === 1) return refuse(422, 'validation_failed', { errors: [{ pointer: '#/permissions/1', code: 'permission_not_yours', detail: 'You can give only permissions that you have yourself.' }] });
        if (sent.length === 2) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        return field;
      }, { status: 201 }),
    );
    const { user, at } = renderPage('/settings/roles');
    await user.click(await screen.findByRole('link', { name: 'New role' }));
    await waitFor(() => expect(at()).toBe('/settings/roles/new'));
    expect(await screen.findByRole('textbox', { name: 'Name' })).toBeInTheDocument();
    expect(screen.queryByRole('grid')).not.toBeInTheDocument();
    await user.click(screen.getByRole('combobox', { name: 'Made from' }));
    expect((await screen.findAllByRole('option')).map(({ textContent }) => textContent)).toEqual(['Admin', 'Rep']);
    await user.click(screen.getByRole('option', { name: 'Rep' }));
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Field sales');
    expect(box('Write orders')).toBeChecked();
    // An administrator without the permission for jobs cannot give it.
    expect(box('Read background jobs')).toBeDisabled();
    expect(box('Read background jobs')).not.toBeChecked();
    expect(screen.getByRole('combobox', { name: 'Sees' })).toHaveTextContent('Only what is theirs');
    expect(screen.getByRole('textbox', { name: /Gives at most/ })).toHaveValue('5');
    await choose(user, 'Sees', 'What their team sells');
    await user.click(box('Approve orders'));
    await user.click(box('Write orders'));
    await user.type(screen.getByRole('textbox', { name: /Approves at most/ }), '2,500');
    await user.click(screen.getByRole('button', { name: 'Create role' }));
    await waitFor(() => expect(screen.getByRole('grid', { name: 'It may' })).toHaveAccessibleDescription(/only permissions that you have yourself/));
    await user.click(screen.getByRole('button', { name: 'Create role' }));
    await user.type(await screen.findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(screen.getByRole('button', { name: 'Create role' }));
    await waitFor(() => expect(at()).toBe('/settings/roles/role_1'));
    const body = { name: 'Field sales', base: 'rep', permissions: ['orders.read', 'orders.approve'], row_scope: 'team', discount_limit: '5', approval_limit: '2500' };
    expect(sent.map(({ body: one }) => one)).toEqual([body, body, { password: 'correct horse battery staple' }, body]);
  });

  it('is changed in the version that was seen, and read again when somebody was faster', async () => {
    server.use(
      mock('patch', '/api/v1/roles/{id}', ({ body, request }) => {
        sent.push({ method: 'patch', match: request.headers.get('if-match'), body });
        if (sent.length === 1) {
          field = { ...FIELD, version: 4, name: 'Field force' };
          return refuse(412, 'stale_version', { title: 'Somebody else changed this role' });
        }
        field = { ...field, version: 5, permissions: body.permissions ?? field.permissions, discount_limit: body.discount_limit ?? null };
        return field;
      }),
    );
    const { user } = renderPage('/settings/roles');
    await user.click(await screen.findByRole('link', { name: 'Field sales' }));
    expect(await screen.findByText(/made from Rep · 2 members have it/)).toBeInTheDocument();
    expect(await screen.findByRole('grid', { name: 'It may' })).toBeInTheDocument();
    expect(screen.getByRole('combobox', { name: 'Made from' })).toBeDisabled();
    // What the role has may stay, or go, whoever changes it.
    expect(box('Read background jobs')).toBeEnabled();
    await user.click(box('Read background jobs'));
    await user.clear(screen.getByRole('textbox', { name: /Gives at most/ }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Somebody else changed this role');
    expect(await screen.findByRole('heading', { name: 'Field force' })).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(sent).toHaveLength(2));
    const body = { permissions: ['orders.read'], discount_limit: null };
    expect(sent).toEqual([{ method: 'patch', match: '"3"', body }, { method: 'patch', match: '"4"', body }]);
  });

  it('is walked through by arrow keys, and ticked by Space', async () => {
    const { user } = renderPage('/settings/roles/role_1');
    await screen.findByRole('grid', { name: 'It may' });
    const tabbed = screen.getAllByRole('checkbox').filter((one) => one.tabIndex === 0);
    expect(tabbed).toEqual([box('Read orders')]);
    box('Read orders').focus();
    const walk: [string, string][] = [
      ['{ArrowRight}', 'Write orders'], ['{ArrowRight}', 'Approve orders'], ['{ArrowRight}', 'Deliver orders'], ['{ArrowRight}', 'Deliver orders'],
      ['{ArrowDown}', 'Override prices'], ['{ArrowDown}', 'Read customers'], ['{ArrowDown}', 'Read members'], ['{ArrowDown}', 'Read cost and margin'],
      ['{ArrowDown}', 'Read background jobs'], ['{ArrowDown}', 'Read background jobs'], ['{Control>}{Home}{/Control}', 'Read orders'], ['{ArrowUp}', 'Read orders'],
      ['{End}', 'Deliver orders'], ['{ArrowLeft}', 'Approve orders'], ['{Home}', 'Read orders'], ['{Control>}{End}{/Control}', 'Read background jobs'], ['{ArrowUp}', 'Read cost and margin'],
    ];
    for (const [keys, place] of walk) {
      await user.keyboard(keys);
      expect(box(place), `after ${keys}`).toHaveFocus();
    }
    await user.keyboard(' ');
    expect(box('Read cost and margin')).toBeChecked();
    await user.tab();
    expect(screen.getByRole('link', { name: 'Cancel' })).toHaveFocus();
    await user.tab({ shift: true });
    expect(box('Read cost and margin')).toHaveFocus();
  });

  it('is removed by who shows the password, when nobody has it any more', async () => {
    server.use(
      mock('delete', '/api/v1/roles/{id}', ({ request }) => {
        sent.push({ method: 'delete', match: request.headers.get('if-match') });
        if (sent.length === 1) return refuse(409, 'role_in_use', { title: 'Members have this role' });
        if (sent.length === 2) return refuse(403, 'reauth_required', { title: 'Show your password again first' });
        return undefined;
      }),
    );
    const { user, at } = renderPage('/settings/roles/role_1');
    await user.click(await screen.findByRole('button', { name: 'Remove…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Remove “Field sales”' });
    expect(dialog).toHaveTextContent(/2 members have it\. Give them another role first/);
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Members have this role');
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    await user.type(await within(dialog).findByLabelText(/Your password/), 'correct horse battery staple');
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(at()).toBe('/settings/roles'));
    expect(sent.map(({ method, match }) => `${method} ${match}`)).toEqual(['delete "3"', 'delete "3"', 'step-up null', 'delete "3"']);
  });

  it('is only looked at by who may not change members', async () => {
    server.use(mock('get', '/api/v1/me', () => me({ permissions: PERMISSIONS.filter((name) => name !== 'members.write') })));
    const { unmount } = renderPage('/settings/roles');
    expect(await screen.findByRole('link', { name: 'Field sales' })).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'New role' })).not.toBeInTheDocument();
    unmount();
    renderPage('/settings/roles/role_1');
    expect(await screen.findByRole('grid', { name: 'It may' })).toHaveAttribute('aria-readonly', 'true');
    for (const one of screen.getAllByRole('checkbox')) expect(one).toBeDisabled();
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
    expect(screen.queryByText(/Arrow keys/)).not.toBeInTheDocument();
  });
});

describe('a member', () => {
  it('is offered no role that allows more than one may do oneself, nor that of an owner', async () => {
    server.use(
      mock('get', '/api/v1/teams', { data: [], page: { next: null, prev: null, has_more: false, count: null } }),
      mock('get', '/api/v1/me', () => me({ permissions: ['members.read', 'members.write', ...ALL.filter((name) => name !== 'jobs.read')] })),
      mock('get', '/api/v1/roles', { data: [builtIn('owner', ALL), builtIn('admin', ALL), builtIn('viewer', ['orders.read']), { ...FIELD, permissions: ['orders.read'] }], permissions: ALL }),
    );
    const { user } = renderPage('/settings/members/new');
    await user.click(await screen.findByRole('combobox', { name: 'Role' }));
    expect((await screen.findAllByRole('option')).map(({ textContent }) => textContent)).toEqual(['Viewer', 'Field sales']);
    expect(screen.getByText('Roles that allow more than yours are not offered.')).toBeInTheDocument();
  });
});

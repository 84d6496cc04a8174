-- Tenancy helpers, organizations, users, memberships, teams and sessions.
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

-- The organization the transaction works for; null when none was set.
create function som_organization() returns uuid language sql stable parallel safe
as $$ select nullif(current_setting('som.organization', true), '')::uuid $$;

-- What the transaction may do beside one organization: '' | identity | worker.
create function som_scope() returns text language sql stable parallel safe
as $$ select coalesce(current_setting('som.scope', true), '') $$;

-- Forces row level security on a table of one organization.
create function som_protect(t regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('create policy tenant on %s using (organization_id = som_organization()) with check (organization_id = som_organization())', t);
    execute format('create policy backup on %s for select to som_backup using (true)', t);
end $$;

-- The same for a table that sign-in or the job runner must read across organizations; `scopes` names which.
create function som_protect_platform(t regclass, scopes text[]) returns void language plpgsql as $$
declare
    test text := format('som_scope() = any (%L::text[]) or organization_id = som_organization()', scopes);
begin
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
    execute format('create policy platform on %s using (%s) with check (%s)', t, test, test);
    execute format('create policy backup on %s for select to som_backup using (true)', t);
end $$;

create table organizations (
    id uuid primary key,
    -- its own id again, so that every policy reads alike
    organization_id uuid generated always as (id) stored,
    name text not null check (length(name) between 1 and 200),
    country char(2) not null,
    currency char(3) not null,
    time_zone text not null default 'UTC',
    locale text not null default 'en',
    rounding_mode text not null default 'half_up' check (rounding_mode in ('half_up', 'half_even')),
    tax_mode text not null default 'document' check (tax_mode in ('document', 'line')),
    cash_rounding numeric(19,4) check (cash_rounding > 0),
    prices_include_tax boolean not null default false,
    customer_po_policy text not null default 'warn' check (customer_po_policy in ('allow', 'warn', 'refuse')),
    four_eyes boolean not null default true,
    -- highest manual discount per role in per cent; a role that is not named has no limit
    discount_limits jsonb not null default '{"rep": "10", "manager": "25"}',
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
select som_protect_platform('organizations', '{identity,worker}');

create table users (
    id uuid primary key,
    email text not null check (length(email) <= 254),
    name text not null check (length(name) between 1 and 200),
    password_hash text,
    state text not null default 'active' check (state in ('active', 'disabled')),
    last_organization_id uuid,
    failed_sign_ins int not null default 0,
    locked_until timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index users_email_key on users (lower(email));
alter table users enable row level security;
alter table users force row level security;
create policy platform on users using (som_scope() in ('identity', 'worker')) with check (som_scope() in ('identity', 'worker'));
create policy backup on users for select to som_backup using (true);

create table teams (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 200),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, name)
);
select som_protect('teams');

create table memberships (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    user_id uuid not null references users (id),
    role text not null check (role in ('owner', 'admin', 'manager', 'rep', 'finance', 'warehouse', 'viewer')),
    -- null: the role's own scope
    row_scope text check (row_scope in ('own', 'team', 'organization')),
    team_id uuid,
    state text not null default 'active' check (state in ('active', 'suspended')),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, user_id),
    foreign key (organization_id, team_id) references teams (organization_id, id)
);
create index memberships_user_idx on memberships (user_id);
create index memberships_team_idx on memberships (organization_id, team_id);
select som_protect_platform('memberships', '{identity,worker}');

-- An organization sees its members' names and addresses, nobody else's.
create policy colleagues on users for select using (
    exists (select from memberships m where m.user_id = users.id and m.organization_id = som_organization()));

create table sessions (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    user_id uuid not null references users (id),
    epoch int not null default 1,
    remember boolean not null default false,
    amr text[] not null default '{pwd}',
    authenticated_at timestamptz not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    idle_expires_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    user_agent text not null default '',
    ip inet,
    primary key (organization_id, id)
);
create unique index sessions_id_key on sessions (id);
create index sessions_user_idx on sessions (user_id, created_at desc) where ended_at is null;
select som_protect_platform('sessions', '{identity,worker}');

create table refresh_tokens (
    organization_id uuid not null,
    session_id uuid not null,
    token_hash bytea not null check (length(token_hash) = 32),
    issued_at timestamptz not null,
    used_at timestamptz,
    successor_hash bytea,
    -- when an access token issued with this refresh token was first seen: the lost-answer rule needs it
    access_used_at timestamptz,
    revoked_at timestamptz,
    primary key (token_hash),
    foreign key (organization_id, session_id) references sessions (organization_id, id) on delete cascade
);
create index refresh_tokens_session_idx on refresh_tokens (organization_id, session_id);
select som_protect_platform('refresh_tokens', '{identity,worker}');

-- One-time links: first run now; verification, reset and invitations later.
create table one_time_tokens (
    id uuid primary key,
    organization_id uuid references organizations (id),
    purpose text not null check (purpose in ('setup', 'verify_email', 'reset_password', 'invite')),
    user_id uuid references users (id),
    token_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
select som_protect_platform('one_time_tokens', '{identity,worker}');

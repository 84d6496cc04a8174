-- Second factors belong to people, not to organizations: an authenticator app, recovery codes, and sign-ins that wait for one of them.
create table authenticators (
    user_id uuid primary key references users (id),
    -- sealed with a key for people; null while the first one is only being set up
    secret text,
    -- the step of the last code that was taken: no code is taken twice
    last_step bigint,
    added_at timestamptz,
    last_used_at timestamptz,
    -- one that is being set up: it counts from its first right code on
    pending_secret text,
    pending_until timestamptz,
    check ((secret is null) = (added_at is null)),
    check ((pending_secret is null) = (pending_until is null))
);

create table recovery_codes (
    user_id uuid not null references users (id),
    code_hash bytea not null check (length(code_hash) = 32),
    created_at timestamptz not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
);

-- A sign-in whose password was right. Five minutes, five codes, one session.
create table sign_in_challenges (
    token_hash bytea primary key check (length(token_hash) = 32),
    user_id uuid not null references users (id),
    organization_id uuid not null references organizations (id),
    remember boolean not null,
    attempts int not null default 0,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index sign_in_challenges_user_idx on sign_in_challenges (user_id);
create index sign_in_challenges_expires_idx on sign_in_challenges (expires_at);
select som_protect_platform('sign_in_challenges', '{identity,worker}');

do $$
declare
    t text;
begin
    foreach t in array array['authenticators', 'recovery_codes'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy platform on %I using (som_scope() in (''identity'', ''worker'')) with check (som_scope() in (''identity'', ''worker''))', t);
        execute format('create policy backup on %I for select to som_backup using (true)', t);
    end loop;
end $$;

-- Since when a person has a second factor; told to colleagues who look after members.
alter table users add column second_factor_since timestamptz;
-- The roles that must have one.
alter table organizations add column second_factor_roles text[] not null default '{}'
    check (second_factor_roles <@ array['owner', 'admin', 'manager', 'rep', 'finance', 'warehouse', 'viewer']);

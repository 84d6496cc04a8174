-- Passkeys: public keys of authenticators that know their person. One is both factors at once.
create table passkeys (
    user_id uuid not null references users (id),
    id uuid primary key,
    -- what the authenticator calls it
    credential_id bytea not null unique check (length(credential_id) between 1 and 1023),
    name text not null check (length(name) between 1 and 200),
    -- public key, counter and what was found out about it
    credential jsonb not null,
    created_at timestamptz not null,
    last_used_at timestamptz
);
create index passkeys_user_idx on passkeys (user_id, created_at);

-- What an authenticator is to answer. Five minutes, once.
create table passkey_ceremonies (
    token_hash bytea primary key check (length(token_hash) = 32),
    purpose text not null check (purpose in ('registration', 'authentication')),
    -- whose, for a registration
    user_id uuid references users (id),
    state jsonb not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check ((user_id is null) = (purpose = 'authentication'))
);
create index passkey_ceremonies_expires_idx on passkey_ceremonies (expires_at);

do $$
declare
    t text;
begin
    foreach t in array array['passkeys', 'passkey_ceremonies'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy platform on %I using (som_scope() in (''identity'', ''worker'')) with check (som_scope() in (''identity'', ''worker''))', t);
        execute format('create policy backup on %I for select to som_backup using (true)', t);
    end loop;
end $$;

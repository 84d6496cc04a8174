-- Keys of programs: a person's rights, narrowed. The text of a key is nowhere, only its hash.
create table api_keys (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    -- the first key of a row of rotations: what quotas and idempotency keys are bound to
    family_id uuid not null,
    user_id uuid not null,
    name text not null check (length(name) between 1 and 100),
    -- how the text begins, to tell keys apart
    hint text not null check (length(hint) <= 20),
    token_hash bytea not null check (length(token_hash) = 32),
    scopes text[] not null check (cardinality(scopes) between 1 and 100),
    networks text[] not null default '{}' check (cardinality(networks) <= 20),
    -- narrows what the owner sees; null: the same
    row_scope text check (row_scope in ('own', 'team')),
    expires_at timestamptz not null,
    last_used_at timestamptz,
    last_used_ip inet,
    revoked_at timestamptz,
    replaced_by uuid,
    -- days before the end of the last letter about it
    warned_days int,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, user_id) references memberships (organization_id, user_id),
    foreign key (organization_id, replaced_by) references api_keys (organization_id, id),
    -- whoever sets it, no key lives longer than a year (and a leap day)
    constraint api_keys_life_check check (expires_at <= created_at + interval '366 days')
);
create unique index api_keys_token_hash_key on api_keys (token_hash);
create index api_keys_user_idx on api_keys (organization_id, user_id, created_at desc);
create index api_keys_replaced_by_idx on api_keys (organization_id, replaced_by) where replaced_by is not null;
-- for the letters before the end
create index api_keys_expires_idx on api_keys (expires_at) where revoked_at is null and replaced_by is null;
select som_protect_platform('api_keys', '{identity,worker}');

-- Identity providers (OpenID Connect) an organization lets its people sign in with, what they say about roles, and sign-ins on their way there and back.
create table identity_providers (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 200),
    -- compared byte by byte with what discovery and tokens say
    issuer text not null check (length(issuer) between 1 and 500),
    client_id text not null check (length(client_id) between 1 and 255),
    -- sealed with the organization's keys; null for a client that has none
    client_secret text,
    scopes text[] not null,
    -- the claim that names a person's groups
    group_claim text check (length(group_claim) between 1 and 100),
    -- values of the claim acr that mean a second factor, beside "mfa" in amr
    second_factor_acr text[] not null default '{}',
    enabled boolean not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id)
);
create unique index identity_providers_id_key on identity_providers (id);
create unique index identity_providers_name_key on identity_providers (organization_id, lower(name));
select som_protect_platform('identity_providers', '{identity,worker}');

-- Which role a group gives; the first that fits counts. Nobody becomes an owner by it.
create table identity_provider_groups (
    organization_id uuid not null,
    provider_id uuid not null,
    place int not null,
    -- "*": everybody
    group_name text not null check (length(group_name) between 1 and 200),
    role text check (role in ('admin', 'manager', 'rep', 'finance', 'warehouse', 'viewer')),
    role_id uuid,
    primary key (organization_id, provider_id, place),
    check ((role is null) <> (role_id is null)),
    constraint identity_provider_groups_provider_id_fkey
        foreign key (organization_id, provider_id) references identity_providers (organization_id, id) on delete cascade,
    constraint identity_provider_groups_role_id_fkey foreign key (organization_id, role_id) references roles (organization_id, id)
);
create index identity_provider_groups_role_idx on identity_provider_groups (organization_id, role_id) where role_id is not null;
select som_protect_platform('identity_provider_groups', '{identity,worker}');

-- Domains whose people get an account when they first come. One belongs to one organization, which proved it.
create table identity_provider_domains (
    organization_id uuid not null,
    provider_id uuid not null,
    domain text not null check (domain = lower(domain) and length(domain) between 3 and 253),
    proof text not null,
    verified_at timestamptz,
    primary key (organization_id, provider_id, domain),
    constraint identity_provider_domains_provider_id_fkey
        foreign key (organization_id, provider_id) references identity_providers (organization_id, id) on delete cascade
);
create unique index identity_provider_domains_verified_key on identity_provider_domains (domain) where verified_at is not null;
select som_protect_platform('identity_provider_domains', '{identity,worker}');

-- Who somebody is at an issuer: by subject, never by address. Stays when the provider is set up anew.
create table user_identities (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    issuer text not null,
    subject text not null check (length(subject) between 1 and 255),
    user_id uuid not null references users (id),
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    primary key (organization_id, id),
    constraint user_identities_subject_key unique (organization_id, issuer, subject)
);
create index user_identities_user_idx on user_identities (user_id);
select som_protect_platform('user_identities', '{identity,worker}');

-- On the way to a provider and back: ten minutes, once, in the browser that holds the token.
create table sso_journeys (
    token_hash bytea primary key check (length(token_hash) = 32),
    organization_id uuid not null,
    provider_id uuid not null,
    purpose text not null check (purpose in ('sign_in', 'link', 'step_up')),
    -- who links or steps up, in which session
    user_id uuid references users (id),
    session_id uuid,
    remember boolean not null,
    return_to text not null check (length(return_to) between 1 and 500),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check ((user_id is null) = (purpose = 'sign_in')),
    check ((session_id is null) = (purpose = 'sign_in')),
    foreign key (organization_id, provider_id) references identity_providers (organization_id, id) on delete cascade,
    foreign key (organization_id, session_id) references sessions (organization_id, id) on delete cascade
);
create index sso_journeys_expires_idx on sso_journeys (expires_at);
create index sso_journeys_session_idx on sso_journeys (organization_id, session_id) where session_id is not null;
create index sso_journeys_provider_idx on sso_journeys (organization_id, provider_id);
select som_protect_platform('sso_journeys', '{identity,worker}');

-- What was shown before the second factor: a password, or another server's word.
alter table sign_in_challenges add column methods text[] not null default '{pwd}';

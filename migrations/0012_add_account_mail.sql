-- Accounts by e-mail: links that carry what they are for, invitations, known devices, and which mails went to which address.
alter table users add column email_verified_at timestamptz;
alter table users drop constraint users_state_check;
alter table users add constraint users_state_check check (state in ('active', 'disabled', 'deleted'));

-- Who left by themselves is not let in again by a colleague's switch, only by an invitation they accept.
alter table memberships drop constraint memberships_state_check;
alter table memberships add constraint memberships_state_check check (state in ('active', 'suspended', 'left'));

alter table one_time_tokens drop constraint one_time_tokens_purpose_check;
alter table one_time_tokens add constraint one_time_tokens_purpose_check
    check (purpose in ('setup', 'verify_email', 'reset_password', 'invite', 'sign_up', 'confirm_old_email', 'confirm_new_email'));
-- the address the link goes to, in lower case
alter table one_time_tokens add column email text check (length(email) <= 254);
-- what happens when the link is used
alter table one_time_tokens add column payload jsonb not null default '{}';
create index one_time_tokens_email_idx on one_time_tokens (email, purpose) where email is not null;
create index one_time_tokens_user_idx on one_time_tokens (user_id) where user_id is not null;

create table invitations (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    email text not null check (length(email) <= 254),
    role text not null check (role in ('owner', 'admin', 'manager', 'rep', 'finance', 'warehouse', 'viewer')),
    row_scope text check (row_scope in ('own', 'team', 'organization')),
    team_id uuid,
    state text not null default 'open' check (state in ('open', 'accepted', 'revoked')),
    invited_by uuid not null references users (id),
    expires_at timestamptz not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, team_id) references teams (organization_id, id)
);
create unique index invitations_open_key on invitations (organization_id, lower(email)) where state = 'open';
create index invitations_team_idx on invitations (organization_id, team_id);
select som_protect_platform('invitations', '{identity}');

-- A browser that signed in before: it is not slowed down by others' guesses, and its sign-ins are not news.
create table known_devices (
    token_hash bytea primary key check (length(token_hash) = 32),
    user_id uuid not null references users (id),
    user_agent text not null default '',
    created_at timestamptz not null,
    last_seen_at timestamptz not null
);
create index known_devices_user_idx on known_devices (user_id, last_seen_at desc);
alter table known_devices enable row level security;
alter table known_devices force row level security;
create policy platform on known_devices using (som_scope() in ('identity', 'worker')) with check (som_scope() in ('identity', 'worker'));
create policy backup on known_devices for select to som_backup using (true);

-- Mails by address (hashed): nobody can be flooded, whoever asks.
create table mail_sends (
    id uuid primary key,
    address_hash bytea not null check (length(address_hash) = 32),
    class text not null check (class in ('requested', 'notice')),
    at timestamptz not null
);
create index mail_sends_address_idx on mail_sends (address_hash, class, at desc);
create index mail_sends_at_idx on mail_sends (at);
alter table mail_sends enable row level security;
alter table mail_sends force row level security;
create policy platform on mail_sends using (som_scope() in ('identity', 'worker')) with check (som_scope() in ('identity', 'worker'));
create policy backup on mail_sends for select to som_backup using (true);

-- Sign-in and sign-up put mails into the queue in their own transaction; of the queue they see nothing else.
create policy mail on jobs using (som_scope() = 'identity' and organization_id is null and kind in ('send_mail', 'account_mail'))
    with check (som_scope() = 'identity' and organization_id is null and kind in ('send_mail', 'account_mail'));

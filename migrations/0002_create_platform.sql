-- Audit, outbox, jobs, idempotency, number series, external references, custom fields.
create function som_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create table audit_events (
    organization_id uuid not null references organizations (id),
    seq bigint generated always as identity,
    id uuid not null,
    at timestamptz not null,
    actor_id uuid,
    actor_kind text not null check (actor_kind in ('user', 'api_key', 'system')),
    actor_name text not null default '',
    request_id uuid,
    entity text not null,
    entity_id uuid not null,
    entity_version int,
    action text not null,
    -- {"field": {"from": …, "to": …}} for edits, facts for the rest; never secrets
    diff jsonb not null default '{}',
    primary key (organization_id, seq)
);
create index audit_events_entity_idx on audit_events (organization_id, entity, entity_id, seq desc);
select som_protect('audit_events');
revoke update, delete on audit_events from som_app;
create trigger audit_events_append_only before update or delete on audit_events
    for each row execute function som_refuse_change();

create table outbox_events (
    organization_id uuid not null references organizations (id),
    seq bigint generated always as identity,
    id uuid not null,
    at timestamptz not null,
    type text not null,
    entity text not null,
    entity_id uuid not null,
    entity_version int,
    payload jsonb not null default '{}',
    processed_at timestamptz,
    primary key (organization_id, seq)
);
create index outbox_events_open_idx on outbox_events (seq) where processed_at is null;
select som_protect_platform('outbox_events', '{worker}');

create table jobs (
    organization_id uuid references organizations (id),
    id uuid primary key,
    kind text not null,
    payload jsonb not null default '{}',
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'dead', 'cancelled')),
    attempts int not null default 0,
    max_attempts int not null default 8 check (max_attempts between 1 and 25),
    run_at timestamptz not null,
    locked_until timestamptz,
    locked_by text,
    -- a second job with the same key while one is waiting is the same job
    dedup_key text,
    progress_done bigint not null default 0,
    progress_total bigint,
    result jsonb,
    last_error text,
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
);
create index jobs_ready_idx on jobs (run_at, id) where state = 'queued';
create index jobs_running_idx on jobs (locked_until) where state = 'running';
create index jobs_organization_idx on jobs (organization_id, created_at desc, id desc);
create unique index jobs_dedup_key on jobs (kind, dedup_key) where dedup_key is not null and state in ('queued', 'running');
select som_protect_platform('jobs', '{worker}');

create table idempotency_keys (
    organization_id uuid not null references organizations (id),
    credential_id uuid not null,
    method text not null,
    path text not null,
    key text not null check (length(key) between 1 and 255),
    request_hash bytea not null,
    status int,
    headers jsonb,
    body text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (organization_id, credential_id, key, method, path)
);
create index idempotency_keys_expires_idx on idempotency_keys (expires_at);
select som_protect_platform('idempotency_keys', '{worker}');

-- Fast series, gaps allowed; a process takes numbers in blocks so that no order waits for another.
create table number_series (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    document_type text not null check (document_type in ('order')),
    template text not null default 'SO-{YYYY}-{NNNNNN}',
    version int not null default 1,
    primary key (organization_id, id),
    unique (organization_id, document_type)
);
select som_protect('number_series');
create table number_series_counters (
    organization_id uuid not null,
    series_id uuid not null,
    -- the year, or 0 when the template has none
    period int not null,
    next_no bigint not null default 1 check (next_no > 0),
    primary key (organization_id, series_id, period),
    foreign key (organization_id, series_id) references number_series (organization_id, id)
) with (fillfactor = 50);
select som_protect('number_series_counters');

create table external_refs (
    organization_id uuid not null references organizations (id),
    entity text not null check (entity in ('customer', 'product', 'order', 'price_list')),
    source text not null check (length(source) between 1 and 60),
    ref text not null check (length(ref) between 1 and 200),
    entity_id uuid not null,
    primary key (organization_id, entity, source, ref),
    unique (organization_id, entity, entity_id, source)
);
select som_protect('external_refs');

create table custom_fields (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    entity text not null check (entity in ('customer', 'product', 'order')),
    key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    label text not null,
    kind text not null check (kind in ('text', 'number', 'boolean', 'date', 'choice')),
    choices text[] not null default '{}',
    required boolean not null default false,
    -- kept behind the personal-data type
    secret boolean not null default false,
    position int not null default 0,
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, entity, key)
);
select som_protect('custom_fields');

-- The audit log as one chain of hashes an organization, sealed behind the transactions that write it.
create table audit_seals (
    organization_id uuid not null references organizations (id),
    -- the place in the chain, from 1 without gaps
    position bigint not null check (position > 0),
    -- the entry
    seq bigint not null,
    -- of the hash before and the entry
    hash bytea not null check (length(hash) = 32),
    sealed_at timestamptz not null,
    primary key (organization_id, position),
    unique (organization_id, seq)
);
select som_protect_platform('audit_seals', '{worker}');

-- The head of each chain, and from where on entries may be without a seal.
create table audit_chains (
    organization_id uuid primary key references organizations (id),
    position bigint not null default 0,
    hash bytea not null check (length(hash) = 32),
    -- every entry below it has its seal
    floor bigint not null default 0,
    -- becomes the floor when the transactions that were under way then are over
    mark bigint,
    mark_xid bigint,
    marked_at timestamptz,
    checkpoint_position bigint not null default 0,
    checkpoint_at timestamptz,
    check ((mark is null) = (mark_xid is null) and (mark is null) = (marked_at is null))
);
select som_protect_platform('audit_chains', '{worker}');

-- Signed statements of how long a chain was and what its hash; the same go to a place outside of the database.
create table audit_checkpoints (
    organization_id uuid not null references organizations (id),
    position bigint not null check (position > 0),
    hash bytea not null check (length(hash) = 32),
    at timestamptz not null,
    key_id text not null,
    signature bytea not null check (length(signature) = 64),
    primary key (organization_id, position)
);
select som_protect_platform('audit_checkpoints', '{worker}');

revoke update, delete, truncate on audit_seals, audit_checkpoints from som_app;
revoke delete, truncate on audit_chains from som_app;
create trigger audit_seals_append_only before update or delete on audit_seals
    for each row execute function som_refuse_change();
create trigger audit_seals_kept before truncate on audit_seals
    for each statement execute function som_refuse_change();
create trigger audit_checkpoints_append_only before update or delete on audit_checkpoints
    for each row execute function som_refuse_change();
create trigger audit_checkpoints_kept before truncate on audit_checkpoints
    for each statement execute function som_refuse_change();
create trigger audit_events_kept before truncate on audit_events
    for each statement execute function som_refuse_change();

-- The sealer looks for organizations with new entries.
create policy sealer on audit_events for select using (som_scope() = 'worker');
-- Rows lie in the order of their time: a small index is enough to find a period.
create index audit_events_at_idx on audit_events using brin (at);

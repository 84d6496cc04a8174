-- Changing keys while the server runs: which configured keys were seen, how far the sealing anew is, and who signed earlier checkpoints.
create table server_keys (
    purpose text not null check (purpose in ('session', 'csrf', 'cursor', 'encryption')),
    -- a fingerprint
    key_id text not null check (length(key_id) between 4 and 40),
    first_seen_at timestamptz not null,
    primary key (purpose, key_id)
);
alter table server_keys enable row level security;
alter table server_keys force row level security;
create policy platform on server_keys using (som_scope() = 'worker') with check (som_scope() = 'worker');
create policy backup on server_keys for select to som_backup using (true);
revoke update, delete, truncate on server_keys from som_app;

-- Public keys whose checkpoints count although they are not configured any more: the key after each vouches for it.
create table audit_signers (
    key_id text primary key,
    public_key bytea not null check (length(public_key) = 32),
    vouched_by text not null,
    signature bytea not null check (length(signature) = 64),
    at timestamptz not null
);
alter table audit_signers enable row level security;
alter table audit_signers force row level security;
create policy proof on audit_signers for select using (true);
create policy worker on audit_signers for insert with check (som_scope() = 'worker');
create policy backup on audit_signers for select to som_backup using (true);
revoke update, delete, truncate on audit_signers from som_app;

-- How far a part of an organization's personal data is on its way to the newest keys. One walk after the other, until one finds nothing.
create table reseal_progress (
    organization_id uuid not null references organizations (id),
    part text not null check (length(part) between 1 and 60),
    encryption_version int not null,
    index_version int not null,
    -- the walk under way, or the last one
    begun_at timestamptz not null,
    after_id uuid not null,
    after_version int not null,
    seen bigint not null default 0,
    resealed bigint not null default 0,
    -- rows that somebody was changing
    passed_over bigint not null default 0,
    unreadable bigint not null default 0,
    updated_at timestamptz not null,
    -- the walk found nothing that was not as it should be
    finished_at timestamptz,
    primary key (organization_id, part)
);
select som_protect_platform('reseal_progress', '{worker}');

-- A snapshot stays what was agreed; only what is sealed in it may be sealed anew.
create function som_snapshot_in_the_clear(doc jsonb) returns jsonb language sql immutable as $$
    select (doc - '{bill_to,ship_to,custom}'::text[]) || jsonb_build_object('custom',
        (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(case when jsonb_typeof(doc -> 'custom') = 'object' then doc -> 'custom' else '{}' end)
          where not (jsonb_typeof(value) = 'object' and value ? '$sealed')))
$$;
create function som_keep_snapshot() returns trigger language plpgsql as $$
begin
    if (new.organization_id, new.order_id, new.version, new.sha256, new.created_at, new.created_by)
        is distinct from (old.organization_id, old.order_id, old.version, old.sha256, old.created_at, old.created_by)
        or som_snapshot_in_the_clear(new.doc) is distinct from som_snapshot_in_the_clear(old.doc) then
        raise exception 'what was agreed does not change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger order_snapshots_kept before update on order_snapshots for each row execute function som_keep_snapshot();
grant update (doc) on order_snapshots to som_app;

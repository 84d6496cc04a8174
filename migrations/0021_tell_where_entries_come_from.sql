-- The address an entry came from, and what the last proof of a chain found.
alter table audit_events add column ip text check (length(ip) <= 45);
alter table audit_chains
    add column proved_at timestamptz,
    add column proved_entries bigint,
    -- the first fault; null when there was none
    add column finding jsonb,
    add constraint audit_chains_proof check ((proved_at is null) = (proved_entries is null) and (finding is null or proved_at is not null));

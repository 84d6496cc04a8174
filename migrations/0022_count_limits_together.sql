-- Rate limits that guard accounts, counted for all instances where there is no Redis (limits.store = postgres).
-- The times of the events let in, in milliseconds; rows past their end are removed by the hourly clean-up.
create table rate_limit_windows (
    policy text not null check (length(policy) between 1 and 60),
    key text not null check (length(key) between 1 and 100),
    events bigint[] not null,
    let_in boolean not null,
    ends_at timestamptz not null,
    primary key (policy, key)
);
create index rate_limit_windows_ends_idx on rate_limit_windows (ends_at);
alter table rate_limit_windows enable row level security;
alter table rate_limit_windows force row level security;
create policy platform on rate_limit_windows using (som_scope() in ('identity', 'worker')) with check (som_scope() in ('identity', 'worker'));
create policy backup on rate_limit_windows for select to som_backup using (true);

-- Proofs of work that counted: each counts once, for all instances, until its question is too old.
create table proofs_of_work (
    nonce bytea primary key check (length(nonce) = 16),
    expires_at timestamptz not null
);
create index proofs_of_work_expires_idx on proofs_of_work (expires_at);
alter table proofs_of_work enable row level security;
alter table proofs_of_work force row level security;
create policy platform on proofs_of_work using (som_scope() in ('identity', 'worker')) with check (som_scope() in ('identity', 'worker'));
create policy backup on proofs_of_work for select to som_backup using (true);

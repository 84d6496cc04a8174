-- What an import last wrote under a key of another system, so that the same file changes nothing when it comes again.
create table import_marks (
    organization_id uuid not null references organizations (id),
    entity text not null check (entity in ('customers', 'products', 'prices', 'orders')),
    source text not null check (length(source) between 1 and 60),
    ref text not null check (length(ref) between 1 and 200),
    hash bytea not null check (length(hash) = 32),
    at timestamptz not null,
    primary key (organization_id, entity, source, ref)
);
select som_protect('import_marks');

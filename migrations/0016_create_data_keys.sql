-- Keys of personal data, wrapped by the key of keys, and indexes that find sealed values without reading them.
create table data_keys (
    organization_id uuid not null references organizations (id),
    purpose text not null check (purpose in ('encryption', 'blind_index')),
    version int not null check (version > 0),
    -- which key of keys wrapped it
    kek text not null,
    -- null: destroyed, nothing was sealed with it any more
    wrapped bytea,
    created_at timestamptz not null,
    -- every process knows it before it is used
    active_from timestamptz not null,
    destroyed_at timestamptz,
    primary key (organization_id, purpose, version),
    check ((wrapped is null) = (destroyed_at is not null))
);
select som_protect_platform('data_keys', '{worker}');
revoke delete on data_keys from som_app;

alter table customers add column email_index bytea, add column phone_index bytea, add column tax_number_index bytea;
alter table contacts add column email_index bytea, add column phone_index bytea;
create index customers_email_index_idx on customers (organization_id, email_index) where email_index is not null;
create index customers_phone_index_idx on customers (organization_id, phone_index) where phone_index is not null;
create index customers_tax_number_index_idx on customers (organization_id, tax_number_index) where tax_number_index is not null;
create index contacts_email_index_idx on contacts (organization_id, email_index) where email_index is not null;
create index contacts_phone_index_idx on contacts (organization_id, phone_index) where phone_index is not null;

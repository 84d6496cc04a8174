-- Roles an organization makes itself, beside the built-in ones.
create table roles (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 200),
    -- the built-in role it was made from: how long sessions live, who may decide approvals and what new orders belong to follow it
    base text not null check (base in ('admin', 'manager', 'rep', 'finance', 'warehouse', 'viewer')),
    permissions text[] not null,
    row_scope text not null check (row_scope in ('own', 'team', 'organization')),
    -- highest manual discount in per cent, highest total in the base currency that may be approved; null: no limit
    discount_limit numeric check (discount_limit between 0 and 100),
    approval_limit numeric check (approval_limit >= 0),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id)
);
create unique index roles_name_key on roles (organization_id, lower(name));
select som_protect_platform('roles', '{identity,worker}');

alter table memberships add column role_id uuid;
alter table memberships add constraint memberships_role_id_fkey foreign key (organization_id, role_id) references roles (organization_id, id);
create index memberships_role_idx on memberships (organization_id, role_id) where role_id is not null;

-- Units, taxes, customers, products and price lists.
create table units (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null check (length(code) between 1 and 20),
    name text not null,
    -- quantities are multiples of this; 1 for whole pieces
    step numeric(15,4) not null default 1 check (step > 0),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code)
);
select som_protect('units');

create table tax_classes (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null check (length(code) between 1 and 40),
    name text not null,
    is_default boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code)
);
create unique index tax_classes_default_key on tax_classes (organization_id) where is_default;
select som_protect('tax_classes');

create table taxes (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null check (length(code) between 1 and 40),
    name text not null,
    rate numeric(9,6) not null check (rate between 0 and 100),
    compound boolean not null default false,
    valid_from date,
    valid_to date check (valid_to >= valid_from),
    status text not null default 'active' check (status in ('active', 'archived')),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code)
);
select som_protect('taxes');

-- Which taxes, in which order, for a tax class in a country (null: anywhere) and a customer's tax status. The most specific rule wins.
create table tax_rules (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    tax_class_id uuid not null,
    country char(2),
    region text,
    customer_tax_status text not null default 'taxable' check (customer_tax_status in ('taxable', 'exempt', 'reverse_charge')),
    tax_ids uuid[] not null default '{}',
    exemption_reason text,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique nulls not distinct (organization_id, tax_class_id, country, region, customer_tax_status),
    foreign key (organization_id, tax_class_id) references tax_classes (organization_id, id)
);
select som_protect('tax_rules');

create table payment_terms (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null,
    name text not null,
    due_days int not null check (due_days between 0 and 3650),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code)
);
select som_protect('payment_terms');

create table customer_groups (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null,
    name text not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code)
);
select som_protect('customer_groups');

create table price_lists (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null check (length(code) between 1 and 40),
    name text not null check (length(name) between 1 and 200),
    currency char(3) not null,
    includes_tax boolean not null default false,
    -- organization: everyone; group and customer: those named in price_list_scopes
    scope text not null default 'organization' check (scope in ('organization', 'group', 'customer')),
    customer_id uuid,
    group_id uuid,
    priority int not null default 0,
    valid_from date,
    valid_to date check (valid_to >= valid_from),
    status text not null default 'active' check (status in ('draft', 'active', 'archived')),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code),
    check ((scope = 'customer') = (customer_id is not null)),
    check ((scope = 'group') = (group_id is not null)),
    foreign key (organization_id, group_id) references customer_groups (organization_id, id)
);
select som_protect('price_lists');

create table customers (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    code text not null check (length(code) between 1 and 60),
    name text not null check (length(name) between 1 and 200),
    kind text not null default 'company' check (kind in ('company', 'person')),
    status text not null default 'active' check (status in ('active', 'blocked', 'archived')),
    group_id uuid,
    price_list_id uuid,
    payment_term_id uuid,
    currency char(3) not null,
    tax_status text not null default 'taxable' check (tax_status in ('taxable', 'exempt', 'reverse_charge')),
    -- personal: written and read only through the Personal type
    tax_number text,
    email text,
    phone text,
    credit_limit numeric(19,4) check (credit_limit >= 0),
    owner_id uuid,
    team_id uuid,
    notes text not null default '',
    custom jsonb not null default '{}',
    search text not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid,
    updated_at timestamptz not null,
    updated_by uuid,
    primary key (organization_id, id),
    unique (organization_id, code),
    foreign key (organization_id, group_id) references customer_groups (organization_id, id),
    foreign key (organization_id, price_list_id) references price_lists (organization_id, id),
    foreign key (organization_id, payment_term_id) references payment_terms (organization_id, id),
    foreign key (organization_id, team_id) references teams (organization_id, id)
);
alter table price_lists add foreign key (organization_id, customer_id) references customers (organization_id, id);
create index customers_name_idx on customers (organization_id, name, id);
create index customers_created_idx on customers (organization_id, created_at desc, id desc);
create index customers_status_idx on customers (organization_id, status, name, id);
create index customers_owner_idx on customers (organization_id, owner_id, name, id);
create index customers_team_idx on customers (organization_id, team_id, name, id);
create index customers_search_idx on customers using gin (search gin_trgm_ops);
create index customers_prefix_idx on customers (organization_id, search text_pattern_ops);
select som_protect('customers');

create table contacts (
    organization_id uuid not null,
    id uuid not null,
    customer_id uuid not null,
    name text not null check (length(name) between 1 and 200),
    role text not null default '',
    email text,
    phone text,
    is_primary boolean not null default false,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, customer_id) references customers (organization_id, id)
);
create index contacts_customer_idx on contacts (organization_id, customer_id);
select som_protect('contacts');

create table addresses (
    organization_id uuid not null,
    id uuid not null,
    customer_id uuid not null,
    label text not null default '',
    -- billing, shipping or both
    kind text not null default 'both' check (kind in ('billing', 'shipping', 'both')),
    recipient text,
    lines text not null,
    city text not null default '',
    region text not null default '',
    postal_code text not null default '',
    country char(2) not null,
    is_default boolean not null default false,
    valid_from date,
    valid_to date check (valid_to >= valid_from),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, customer_id) references customers (organization_id, id)
);
create index addresses_customer_idx on addresses (organization_id, customer_id);
select som_protect('addresses');

create table categories (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    parent_id uuid,
    code text not null,
    name text not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, code),
    foreign key (organization_id, parent_id) references categories (organization_id, id)
);
select som_protect('categories');

create table products (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    sku text not null check (length(sku) between 1 and 64),
    name text not null check (length(name) between 1 and 300),
    barcode text,
    category_id uuid,
    kind text not null default 'goods' check (kind in ('goods', 'service', 'recurring')),
    unit_id uuid not null,
    -- sold in multiples of this (packs); 0 units is never a multiple
    pack_multiple numeric(15,4) check (pack_multiple > 0),
    tax_class_id uuid,
    invoice_policy text not null default 'delivered' check (invoice_policy in ('ordered', 'delivered')),
    list_price numeric(15,6) check (list_price >= 0),
    cost numeric(15,6) check (cost >= 0),
    status text not null default 'active' check (status in ('active', 'phase_out', 'blocked', 'archived')),
    description text not null default '',
    custom jsonb not null default '{}',
    search text not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid,
    updated_at timestamptz not null,
    updated_by uuid,
    primary key (organization_id, id),
    unique (organization_id, sku),
    foreign key (organization_id, category_id) references categories (organization_id, id),
    foreign key (organization_id, unit_id) references units (organization_id, id),
    foreign key (organization_id, tax_class_id) references tax_classes (organization_id, id)
);
create unique index products_barcode_key on products (organization_id, barcode) where barcode is not null;
create index products_name_idx on products (organization_id, name, id);
create index products_created_idx on products (organization_id, created_at desc, id desc);
create index products_status_idx on products (organization_id, status, sku, id);
create index products_category_idx on products (organization_id, category_id, sku, id);
create index products_sku_prefix_idx on products (organization_id, upper(sku) text_pattern_ops);
create index products_search_idx on products using gin (search gin_trgm_ops);
select som_protect('products');

-- 1 of `unit_id` = numerator / denominator of the product's own unit.
create table product_units (
    organization_id uuid not null,
    product_id uuid not null,
    unit_id uuid not null,
    numerator bigint not null check (numerator > 0),
    denominator bigint not null check (denominator > 0),
    barcode text,
    primary key (organization_id, product_id, unit_id),
    foreign key (organization_id, product_id) references products (organization_id, id),
    foreign key (organization_id, unit_id) references units (organization_id, id)
);
create unique index product_units_barcode_key on product_units (organization_id, barcode) where barcode is not null;
select som_protect('product_units');

-- One price or tier. Two rows for the same target and quantity may not overlap in time: the database refuses it.
create table prices (
    organization_id uuid not null,
    id uuid not null,
    price_list_id uuid not null,
    -- exactly one target: a product, a category, or everything
    product_id uuid,
    category_id uuid,
    unit_id uuid,
    min_quantity numeric(15,4) not null default 0 check (min_quantity >= 0),
    tier_mode text not null default 'volume' check (tier_mode in ('volume', 'graduated')),
    -- a price, or a per cent off the product's list price
    unit_price numeric(15,6) check (unit_price >= 0),
    discount_percent numeric(9,6) check (discount_percent between 0 and 100),
    valid_from date,
    valid_to date check (valid_to >= valid_from),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    check (num_nonnulls(product_id, category_id) <= 1),
    check (num_nonnulls(unit_price, discount_percent) = 1),
    foreign key (organization_id, price_list_id) references price_lists (organization_id, id),
    foreign key (organization_id, product_id) references products (organization_id, id),
    foreign key (organization_id, category_id) references categories (organization_id, id),
    constraint prices_no_overlap exclude using gist (
        organization_id with =, price_list_id with =,
        coalesce(product_id, category_id, '00000000-0000-0000-0000-000000000000'::uuid) with =,
        coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid) with =,
        min_quantity with =,
        daterange(valid_from, valid_to, '[]') with &&)
);
create index prices_list_idx on prices (organization_id, price_list_id, product_id, min_quantity);
create index prices_product_idx on prices (organization_id, product_id);
select som_protect('prices');

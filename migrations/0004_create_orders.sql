-- Orders, their lines (the quantity ledger), holds, approvals, deliveries, snapshots and comments.
create table orders (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    number text not null,
    lifecycle text not null default 'draft'
        check (lifecycle in ('draft', 'pending_approval', 'confirmed', 'completed', 'closed', 'cancelled')),
    fulfilment_status text not null default 'unfulfilled'
        check (fulfilment_status in ('not_applicable', 'unfulfilled', 'partial', 'shipped', 'delivered')),
    invoice_status text not null default 'nothing_to_invoice'
        check (invoice_status in ('nothing_to_invoice', 'to_invoice', 'partial', 'invoiced', 'to_credit', 'credited')),
    payment_status text not null default 'not_due'
        check (payment_status in ('not_due', 'unpaid', 'partial', 'paid', 'overpaid', 'partially_refunded', 'refunded')),
    return_status text not null default 'none' check (return_status in ('none', 'requested', 'partial', 'returned')),
    has_backorder boolean not null default false,
    hold_count int not null default 0 check (hold_count >= 0),
    customer_id uuid not null,
    -- copied from the customer, so that a list touches one table
    customer_code text not null,
    customer_name text not null,
    customer_po text,
    owner_id uuid,
    team_id uuid,
    currency char(3) not null,
    price_list_id uuid,
    payment_term_id uuid,
    order_date date not null,
    requested_date date check (requested_date >= order_date),
    valid_until date,
    -- personal: JSON behind the Personal type
    bill_to text,
    ship_to text,
    rounding_mode text not null check (rounding_mode in ('half_up', 'half_even')),
    tax_mode text not null check (tax_mode in ('document', 'line')),
    cash_rounding numeric(19,4) check (cash_rounding > 0),
    discount_percent numeric(9,6) check (discount_percent between 0 and 100),
    discount_amount numeric(19,4) check (discount_amount >= 0),
    subtotal numeric(19,4) not null default 0,
    line_discount_total numeric(19,4) not null default 0,
    order_discount numeric(19,4) not null default 0,
    net_total numeric(19,4) not null default 0,
    tax_total numeric(19,4) not null default 0,
    grand_total numeric(19,4) not null default 0 check (grand_total >= 0),
    rounding_adjustment numeric(19,4) not null default 0,
    payable_total numeric(19,4) not null default 0,
    cost_total numeric(19,4),
    -- [{"code","rate","base","amount"}]
    tax_summary jsonb not null default '[]',
    line_count int not null default 0,
    notes text not null default '',
    custom jsonb not null default '{}',
    cancel_reason text,
    submitted_at timestamptz,
    submitted_by uuid,
    confirmed_at timestamptz,
    completed_at timestamptz,
    closed_at timestamptz,
    cancelled_at timestamptz,
    -- what the approval was given for
    snapshot_hash bytea,
    search text not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid,
    updated_at timestamptz not null,
    updated_by uuid,
    primary key (organization_id, id),
    unique (organization_id, number),
    check ((confirmed_at is not null) or lifecycle in ('draft', 'pending_approval', 'cancelled')),
    check ((cancelled_at is not null) = (lifecycle = 'cancelled')),
    check (num_nonnulls(discount_percent, discount_amount) <= 1),
    foreign key (organization_id, customer_id) references customers (organization_id, id),
    foreign key (organization_id, price_list_id) references price_lists (organization_id, id),
    foreign key (organization_id, payment_term_id) references payment_terms (organization_id, id),
    foreign key (organization_id, team_id) references teams (organization_id, id)
) with (fillfactor = 85);
-- Every default list and filter has an index that also gives its order.
create index orders_created_idx on orders (organization_id, created_at desc, id desc);
create index orders_order_date_idx on orders (organization_id, order_date desc, id desc);
create index orders_requested_idx on orders (organization_id, requested_date, id);
create index orders_lifecycle_idx on orders (organization_id, lifecycle, created_at desc, id desc);
create index orders_fulfilment_idx on orders (organization_id, fulfilment_status, created_at desc, id desc) where lifecycle = 'confirmed';
create index orders_invoice_idx on orders (organization_id, invoice_status, created_at desc, id desc);
create index orders_customer_idx on orders (organization_id, customer_id, created_at desc, id desc);
create index orders_customer_name_idx on orders (organization_id, customer_name, id);
create index orders_total_idx on orders (organization_id, grand_total desc, id desc);
create index orders_owner_idx on orders (organization_id, owner_id, created_at desc, id desc);
create index orders_team_idx on orders (organization_id, team_id, created_at desc, id desc);
create index orders_hold_idx on orders (organization_id, created_at desc, id desc) where hold_count > 0;
create index orders_customer_po_idx on orders (organization_id, customer_id, customer_po) where customer_po is not null;
create index orders_number_prefix_idx on orders (organization_id, number text_pattern_ops);
create index orders_search_idx on orders using gin (search gin_trgm_ops);
select som_protect('orders');

create table order_lines (
    organization_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    position int not null check (position > 0),
    kind text not null check (kind in ('goods', 'service', 'recurring', 'charge', 'text')),
    product_id uuid,
    sku text,
    description text not null,
    unit text,
    tax_class_id uuid,
    invoice_policy text not null check (invoice_policy in ('ordered', 'delivered')),
    shippable boolean not null,
    requested_date date,
    -- the ledger (all in the line's unit)
    ordered numeric(15,4) not null default 0 check (ordered >= 0),
    cancelled numeric(15,4) not null default 0,
    reserved numeric(15,4) not null default 0 check (reserved >= 0),
    picked numeric(15,4) not null default 0 check (picked >= 0),
    shipped numeric(15,4) not null default 0,
    delivered numeric(15,4) not null default 0,
    returned numeric(15,4) not null default 0,
    return_requested numeric(15,4) not null default 0 check (return_requested >= 0),
    return_credited numeric(15,4) not null default 0,
    invoiced numeric(15,4) not null default 0,
    credited numeric(15,4) not null default 0,
    -- money
    unit_price numeric(15,6),
    price_includes_tax boolean not null default false,
    system_price numeric(15,6),
    price_locked boolean not null default false,
    price_source jsonb,
    -- [{"percent":"5"}] or [{"amount":"1.00"}], applied in order
    discounts jsonb not null default '[]',
    gross numeric(19,4) not null default 0,
    discount numeric(19,4) not null default 0,
    net numeric(19,4) not null default 0,
    order_discount_share numeric(19,4) not null default 0,
    base numeric(19,4) not null default 0,
    tax numeric(19,4) not null default 0,
    -- [{"code","rate","compound","amount"}]
    taxes jsonb not null default '[]',
    exemption_reason text,
    discountable boolean not null default true,
    cost numeric(15,6),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, order_id, position) deferrable initially deferred,
    check (cancelled between 0 and ordered),
    check (shipped between 0 and ordered - cancelled),
    check (delivered between 0 and shipped),
    check (returned between 0 and shipped),
    check (return_credited between 0 and returned),
    check (credited between 0 and invoiced),
    check ((kind = 'text') = (unit_price is null)),
    foreign key (organization_id, order_id) references orders (organization_id, id),
    foreign key (organization_id, product_id) references products (organization_id, id)
) with (fillfactor = 80);
create index order_lines_sku_idx on order_lines (organization_id, upper(sku) text_pattern_ops, order_id);
create index order_lines_product_idx on order_lines (organization_id, product_id, order_id);
select som_protect('order_lines');

create table order_holds (
    organization_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    line_id uuid,
    type text not null check (type in ('credit', 'manual', 'address', 'fraud', 'quality')),
    blocks text not null default 'both' check (blocks in ('ship', 'invoice', 'both')),
    reason text not null default '',
    expires_at timestamptz,
    placed_at timestamptz not null,
    placed_by uuid,
    released_at timestamptz,
    released_by uuid,
    release_reason text,
    primary key (organization_id, id),
    foreign key (organization_id, order_id) references orders (organization_id, id),
    foreign key (organization_id, line_id) references order_lines (organization_id, id)
);
create index order_holds_order_idx on order_holds (organization_id, order_id);
select som_protect('order_holds');

create table approval_policies (
    organization_id uuid not null references organizations (id),
    id uuid not null,
    name text not null,
    measure text not null check (measure in ('total', 'discount_percent', 'margin_percent')),
    -- matches when total or discount is above, or margin is below
    threshold numeric(19,4) not null,
    currency char(3),
    approver_roles text[] not null default '{owner,admin,manager}',
    active boolean not null default true,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, id),
    check ((measure = 'total') = (currency is not null))
);
select som_protect('approval_policies');

create table order_approvals (
    organization_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    policy_id uuid not null,
    policy_name text not null,
    measured numeric(19,4) not null,
    snapshot_hash bytea not null,
    state text not null default 'pending' check (state in ('pending', 'approved', 'rejected', 'superseded')),
    requested_at timestamptz not null,
    requested_by uuid,
    decided_at timestamptz,
    decided_by uuid,
    reason text,
    primary key (organization_id, id),
    foreign key (organization_id, order_id) references orders (organization_id, id),
    foreign key (organization_id, policy_id) references approval_policies (organization_id, id)
);
create index order_approvals_order_idx on order_approvals (organization_id, order_id);
select som_protect('order_approvals');

create table deliveries (
    organization_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    delivered_date date not null,
    note text not null default '',
    created_at timestamptz not null,
    created_by uuid,
    primary key (organization_id, id),
    foreign key (organization_id, order_id) references orders (organization_id, id)
);
create index deliveries_order_idx on deliveries (organization_id, order_id);
select som_protect('deliveries');
create table delivery_lines (
    organization_id uuid not null,
    delivery_id uuid not null,
    line_id uuid not null,
    quantity numeric(15,4) not null check (quantity > 0),
    primary key (organization_id, delivery_id, line_id),
    foreign key (organization_id, delivery_id) references deliveries (organization_id, id),
    foreign key (organization_id, line_id) references order_lines (organization_id, id)
);
select som_protect('delivery_lines');

create table order_snapshots (
    organization_id uuid not null,
    order_id uuid not null,
    version int not null,
    doc jsonb not null,
    sha256 bytea not null,
    created_at timestamptz not null,
    created_by uuid,
    primary key (organization_id, order_id, version),
    foreign key (organization_id, order_id) references orders (organization_id, id)
);
select som_protect('order_snapshots');
revoke update, delete on order_snapshots from som_app;

create table order_comments (
    organization_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    body text not null check (length(body) between 1 and 4000),
    created_at timestamptz not null,
    created_by uuid,
    author_name text not null default '',
    primary key (organization_id, id),
    foreign key (organization_id, order_id) references orders (organization_id, id)
);
create index order_comments_order_idx on order_comments (organization_id, order_id, created_at desc);
select som_protect('order_comments');

-- Day buckets for the dashboard: kept by the job that reads the outbox, so that no write waits for a hot row.
create table order_days (
    organization_id uuid not null references organizations (id),
    day date not null,
    owner_id uuid not null default '00000000-0000-0000-0000-000000000000',
    team_id uuid not null default '00000000-0000-0000-0000-000000000000',
    currency char(3) not null,
    confirmed_count int not null default 0,
    confirmed_total numeric(19,4) not null default 0,
    cancelled_count int not null default 0,
    cancelled_total numeric(19,4) not null default 0,
    primary key (organization_id, day, owner_id, team_id, currency)
);
select som_protect('order_days');

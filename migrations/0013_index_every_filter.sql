-- Every field that the API offers as a filter is found by an index, also where its values are rare. An index on a status alone is small (equal
-- keys are stored once) and costs a write little; the common values are read from the index of the order asked for.
drop index orders_fulfilment_idx;
create index orders_fulfilment_idx on orders (organization_id, fulfilment_status, created_at desc, id desc);
create index orders_payment_idx on orders (organization_id, payment_status, created_at desc, id desc) where payment_status <> 'not_due';
create index orders_return_idx on orders (organization_id, return_status, created_at desc, id desc) where return_status <> 'none';
create index orders_backorder_idx on orders (organization_id, created_at desc, id desc) where has_backorder;
create index orders_currency_idx on orders (organization_id, currency);
-- Orders are confirmed about in the order they are stored in.
create index orders_confirmed_idx on orders using brin (confirmed_at) with (autosummarize = on);

create index customers_group_idx on customers (organization_id, group_id, name, id);
create index customers_kind_idx on customers (organization_id, kind);
create index customers_currency_idx on customers (organization_id, currency);
create index customers_tax_status_idx on customers (organization_id, tax_status);
create index customers_credit_idx on customers (organization_id, credit_limit) where credit_limit is not null;
create index customers_updated_idx on customers (organization_id, updated_at);

create index products_kind_idx on products (organization_id, kind);
create index products_unit_idx on products (organization_id, unit_id);
create index products_tax_class_idx on products (organization_id, tax_class_id);
create index products_price_idx on products (organization_id, list_price);
create index products_pack_idx on products (organization_id, pack_multiple) where pack_multiple is not null;
create index products_updated_idx on products (organization_id, updated_at);

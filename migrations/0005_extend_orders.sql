-- The owner's name beside the order, so that a list touches one table; hold types and approval measures as the domain names them.
alter table orders add column owner_name text;

alter table order_holds drop constraint order_holds_type_check;
alter table order_holds add constraint order_holds_type_check
    check (type in ('credit', 'customer', 'address', 'payment', 'fraud', 'quality', 'manual'));

alter table approval_policies drop constraint approval_policies_measure_check;
alter table approval_policies drop constraint approval_policies_check;
alter table approval_policies add constraint approval_policies_measure_check
    check (measure in ('amount', 'discount_percent', 'margin_percent'));
alter table approval_policies add constraint approval_policies_currency_check
    check ((measure = 'amount') = (currency is not null));

-- Work queues of the dashboard are counted from small partial indexes.
create index orders_to_approve_idx on orders (organization_id, created_at desc) where lifecycle = 'pending_approval';
create index orders_to_deliver_idx on orders (organization_id, requested_date)
    where lifecycle = 'confirmed' and fulfilment_status in ('unfulfilled', 'partial');

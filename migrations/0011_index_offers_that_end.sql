-- Offers are found by their last day, to be cancelled after it.
create index orders_offer_end_idx on orders (organization_id, valid_until, id)
    where lifecycle in ('draft', 'pending_approval') and valid_until is not null;

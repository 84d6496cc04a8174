-- The value of what is still to be delivered is summed from the index alone.
create index orders_open_value_idx on orders (organization_id, currency) include (grand_total, owner_id, team_id)
    where lifecycle = 'confirmed' and fulfilment_status in ('unfulfilled', 'partial');

-- What a customer's confirmed orders come to in the customer's currency; `but` is left out.
create function som_exposure(organization uuid, customer uuid, but uuid) returns numeric language sql stable
as $$
    select coalesce(sum(o.payable_total), 0) from orders o
     where o.organization_id = organization and o.customer_id = customer and o.lifecycle = 'confirmed' and o.id is distinct from but
       and o.currency = (select c.currency from customers c where c.organization_id = organization and c.id = customer)
$$;

-- The same under the customer's lock, in one round trip: two orders cannot both slip under the limit. Volatile, so that the sum sees what
-- was committed while the lock was waited for.
create function som_exposure_locked(organization uuid, customer uuid, but uuid) returns numeric language plpgsql volatile
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(organization::text || customer::text, 2));
    return som_exposure(organization, customer, but);
end $$;

-- The sum touches only open orders of the customer, however many there were before.
create index orders_exposure_idx on orders (organization_id, customer_id, currency) include (payable_total) where lifecycle = 'confirmed';

-- The prices that may apply to some products for a buyer: the one query behind orders, previews and explanations.
-- Plain SQL that the planner puts in place: arguments must be values or columns, not subqueries, to keep it so.
create function som_prices_in_reach(
    in_organization uuid,
    in_customer uuid,
    in_group uuid,
    -- the list assigned to the customer
    in_assigned uuid,
    -- the list the document names
    in_named uuid,
    in_products uuid[],
    -- null: every currency
    in_currency text,
    -- null: every day
    in_day date
) returns table (
    price_id uuid,
    list_id uuid,
    source text,
    priority int,
    currency text,
    includes_tax boolean,
    product_id uuid,
    -- the category of the products; the price may be that of one `distance` levels above
    category_id uuid,
    distance int,
    unit_id uuid,
    min_quantity numeric,
    tier_mode text,
    unit_price numeric,
    discount_percent numeric,
    valid_from date,
    valid_to date
) language sql stable parallel safe as $$
    with recursive above as (
        select distinct p.category_id as leaf, p.category_id as id, 0 as distance
          from products p
         where p.organization_id = in_organization and p.id = any(in_products) and p.category_id is not null
        union all
        select a.leaf, c.parent_id, a.distance + 1
          from above a
          join categories c on c.organization_id = in_organization and c.id = a.id
         where c.parent_id is not null and a.distance < 50
    )
    select x.id, l.id,
           case when l.id = in_named then 'contract' when l.scope = 'customer' or l.id = in_assigned then 'customer' else l.scope end,
           l.priority, l.currency::text, l.includes_tax, x.product_id, x.leaf, x.distance, x.unit_id, x.min_quantity, x.tier_mode,
           x.unit_price, x.discount_percent, greatest(x.valid_from, l.valid_from), least(x.valid_to, l.valid_to)
      from price_lists l
     cross join lateral (
           select p.id, p.product_id, null::uuid as leaf, 0 as distance, p.unit_id, p.min_quantity, p.tier_mode,
                  p.unit_price, p.discount_percent, p.valid_from, p.valid_to
             from prices p
            where p.organization_id = in_organization and p.price_list_id = l.id and p.product_id = any(in_products)
           union all
           select p.id, p.product_id, a.leaf, coalesce(a.distance, 0), p.unit_id, p.min_quantity, p.tier_mode,
                  p.unit_price, p.discount_percent, p.valid_from, p.valid_to
             from prices p
             left join above a on a.id = p.category_id
            where p.organization_id = in_organization and p.price_list_id = l.id and p.product_id is null
              and (p.category_id is null or a.leaf is not null)) x
     where l.organization_id = in_organization and l.status = 'active'
       and (l.scope = 'organization' or l.customer_id = in_customer or l.group_id = in_group or l.id = in_assigned or l.id = in_named)
       and (in_currency is null or l.currency = in_currency)
       and (in_day is null or ((l.valid_from is null or l.valid_from <= in_day) and (l.valid_to is null or l.valid_to >= in_day)
            and (x.valid_from is null or x.valid_from <= in_day) and (x.valid_to is null or x.valid_to >= in_day)))
$$;

-- The value of what is still to be delivered, kept while orders change: home reads a few sums instead of all open orders.
-- Every change appends a row, so that no order waits for a hot one; the follower of the outbox folds them into the sums. The value at any
-- moment is both together.
create table order_open_values (
    organization_id uuid not null references organizations (id),
    owner_id uuid not null,
    team_id uuid not null,
    currency char(3) not null,
    total numeric(19,4) not null default 0,
    primary key (organization_id, owner_id, team_id, currency)
) with (fillfactor = 50);
select som_protect('order_open_values');

-- Without a foreign key: rows come from the trigger below only, and the order they belong to has one.
create table order_open_changes (
    organization_id uuid not null,
    seq bigint generated always as identity,
    -- as in order_days, nobody is the nil uuid
    owner_id uuid not null,
    team_id uuid not null,
    currency char(3) not null,
    amount numeric(19,4) not null,
    primary key (organization_id, seq)
);
select som_protect('order_open_changes');

create function som_is_open(lifecycle text, fulfilment_status text) returns boolean language sql immutable parallel safe
as $$ select lifecycle = 'confirmed' and fulfilment_status in ('unfulfilled', 'partial') $$;

create function som_open_value_changed() returns trigger language plpgsql as $$
declare
    nobody constant uuid := '00000000-0000-0000-0000-000000000000';
begin
    if tg_op <> 'INSERT' and som_is_open(old.lifecycle, old.fulfilment_status) then
        insert into order_open_changes (organization_id, owner_id, team_id, currency, amount)
        values (old.organization_id, coalesce(old.owner_id, nobody), coalesce(old.team_id, nobody), old.currency, -old.grand_total);
    end if;
    if tg_op <> 'DELETE' and som_is_open(new.lifecycle, new.fulfilment_status) then
        insert into order_open_changes (organization_id, owner_id, team_id, currency, amount)
        values (new.organization_id, coalesce(new.owner_id, nobody), coalesce(new.team_id, nobody), new.currency, new.grand_total);
    end if;
    return null;
end $$;

create trigger orders_open_value_insert after insert on orders for each row
    when (som_is_open(new.lifecycle, new.fulfilment_status)) execute function som_open_value_changed();
create trigger orders_open_value_update after update on orders for each row
    when ((som_is_open(old.lifecycle, old.fulfilment_status) or som_is_open(new.lifecycle, new.fulfilment_status))
        and (old.lifecycle, old.fulfilment_status, old.grand_total, old.currency, old.owner_id, old.team_id)
            is distinct from (new.lifecycle, new.fulfilment_status, new.grand_total, new.currency, new.owner_id, new.team_id))
    execute function som_open_value_changed();
create trigger orders_open_value_delete after delete on orders for each row
    when (som_is_open(old.lifecycle, old.fulfilment_status)) execute function som_open_value_changed();

-- What is open today, organization by organization: row security holds for the owner of the tables too.
do $$
declare
    organization uuid;
begin
    perform set_config('som.scope', 'worker', true);
    for organization in select id from organizations loop
        perform set_config('som.organization', organization::text, true);
        insert into order_open_values (organization_id, owner_id, team_id, currency, total)
        select o.organization_id, coalesce(o.owner_id, '00000000-0000-0000-0000-000000000000'),
               coalesce(o.team_id, '00000000-0000-0000-0000-000000000000'), o.currency, sum(o.grand_total)
          from orders o where o.organization_id = organization and som_is_open(o.lifecycle, o.fulfilment_status)
         group by 1, 2, 3, 4;
    end loop;
    perform set_config('som.organization', '', true);
    perform set_config('som.scope', '', true);
end $$;

-- Nobody sums open orders any more.
drop index orders_open_value_idx;

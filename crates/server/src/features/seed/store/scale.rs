//! The mass: customers, products and orders made by the database from their numbers. What chance decides is a hash of the number, so that
//! the same numbers give the same data.

#![expect(
    clippy::disallowed_methods,
    reason = "put together from pieces that draw by chance"
)]

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::security::seal::Place;

/// A fraction below one out of a number and a purpose.
macro_rules! chance {
    ($number:literal, $purpose:literal) => {
        concat!(
            "((hashint8extended((",
            $number,
            ")::bigint, ",
            $purpose,
            ") & 1048575) / 1048576.0::float8)"
        )
    };
}

/// A version 7 identifier out of an instant and a text.
macro_rules! identifier {
    ($at:literal, $text:literal) => {
        concat!(
            "(lpad(to_hex((extract(epoch from ",
            $at,
            ") * 1000)::bigint), 12, '0') || '7' || substr(md5(",
            $text,
            "), 1, 3) || '8' || substr(md5(",
            $text,
            "), 4, 15))::uuid"
        )
    };
}

/// Sellers, or the owners of an organization without sellers.
macro_rules! people {
    () => {
        "people as materialized (
            select m.user_id, u.name, m.team_id, row_number() over (order by m.created_at, m.id) - 1 as place, count(*) over () as many
              from memberships m join users u on u.id = m.user_id
             where m.organization_id = $1 and m.state = 'active' and m.role = coalesce(
                   (select 'rep' from memberships r where r.organization_id = $1 and r.state = 'active' and r.role = 'rep' limit 1), 'owner'))"
    };
}

const CUSTOMERS: &str = concat!(
    "with ", people!(), ", made as (
        insert into customers (organization_id, id, code, name, currency, owner_id, team_id, search, created_at, updated_at)
        select $1, ", identifier!("c.at", "'customer' || $1::text || c.n"), ", c.code, c.name, $4, p.user_id, p.team_id, lower(c.code || ' ' || c.name), c.at, c.at
          from (select n, 'S-' || lpad(n::text, 6, '0') as code, $5::timestamptz + n * interval '1 second' as at,
                       ($6::text[])[1 + n % cardinality($6)] || ' ' || ($7::text[])[1 + n / cardinality($6) % cardinality($7)] || ' '
                       || ($8::text[])[1 + n / (cardinality($6) * cardinality($7)) % cardinality($8)] as name
                  from generate_series($2::bigint, $3::bigint) n) c
          left join people p on p.place = c.n % p.many
        on conflict (organization_id, code) do nothing
        returning id, code, created_at
    )
    insert into addresses (organization_id, id, customer_id, lines, city, postal_code, country, is_default, created_at, updated_at)
    select $1, ", identifier!("created_at", "'address' || $1::text || code"), ", id, '', ($9::text[])[place], ($10::text[])[place], $11, true, created_at, created_at
      from (select *, 1 + substr(code, 3)::bigint % cardinality($9) as place from made) m
    returning id"
);

const PRODUCTS: &str = concat!(
    "insert into products (organization_id, id, sku, name, unit_id, tax_class_id, list_price, cost, search, created_at, updated_at)
     select $1, ", identifier!("$4::timestamptz", "'product' || $1::text || p.n"), ", p.sku, p.name, u.id, t.id, p.price, round(p.price * 0.6, 2), lower(p.sku || ' ' || p.name), $4, $4
       from (select n, 'S-' || lpad(n::text, 5, '0') as sku,
                    ($5::text[])[1 + n % cardinality($5)] || ' ' || ($6::text[])[1 + n / cardinality($5) % cardinality($6)] || ' ' || n as name,
                    round(exp(0.7 + 6.2 * ", chance!("n", "3"), ")::numeric, $7) as price
               from generate_series($2::bigint, $3::bigint) n) p
       join units u on u.organization_id = $1 and u.code = 'pcs'
       left join tax_classes t on t.organization_id = $1 and t.is_default
     on conflict (organization_id, sku) do nothing"
);

/// One statement for a batch: headers, lines, holds, audit and day buckets. Stories: completed, closed, cancelled, discarded, draft,
/// delivered, partial, open.
const ORDERS: &str = concat!(
    "with ", people!(), ", numbered as materialized (
        select u.number, u.day, $4::bigint + u.place as n, ", chance!("$4 + u.place", "11"), " as roll, $8::date - u.day as age
          from unnest($2::text[], $3::date[]) with ordinality u (number, day, place)
    ), drawn as materialized (
        select n.*, c.id as customer_id, c.code as customer_code, c.name as customer_name, c.owner_id, p.name as owner_name, c.team_id, ",
        identifier!("n.at", "'order' || $1::text || n.n"), " as id, ($13::text[])[1 + substr(c.code, 3)::bigint % cardinality($13)] as address,
               case when ", chance!("n.n", "13"), " < 0.5 then 'PO-' || (100000 + n.n) end as customer_po
          from (select *, least((day + time '08:00' + ", chance!("n", "14"), " * interval '9 hours') at time zone $7, $9::timestamptz - interval '1 minute') as at,
                       case when age > 45 then case when roll < 0.86 then 'completed' when roll < 0.90 then 'closed' when roll < 0.95 then 'cancelled'
                                                    when roll < 0.97 then 'discarded' when roll < 0.98 then 'draft' else 'delivered' end
                            when age > 14 then case when roll < 0.55 then 'completed' when roll < 0.78 then 'delivered' when roll < 0.85 then 'partial'
                                                    when roll < 0.90 then 'open' when roll < 0.95 then 'cancelled' when roll < 0.97 then 'closed' else 'draft' end
                            else case when roll < 0.50 then 'open' when roll < 0.64 then 'partial' when roll < 0.82 then 'delivered'
                                      when roll < 0.95 then 'draft' else 'cancelled' end end as story
                  from numbered) n
          join customers c on c.organization_id = $1 and c.code = 'S-' || lpad((1 + least(floor($5::bigint * power(", chance!("n.n", "12"), ", 2.2)), $5 - 1))::bigint::text, 6, '0')
          left join people p on p.user_id = c.owner_id
    ), priced as (
        select d.n, d.id as order_id, d.at, d.story, l.position, pr.id as product_id, pr.sku, pr.name, pr.tax_class_id, pr.cost, pr.list_price as price, un.code as unit,
               q.ordered, q.percent, round(q.ordered * pr.list_price, $12) as gross, round(round(q.ordered * pr.list_price, $12) * q.percent / 100, $12) as discount,
               case when d.story in ('completed', 'delivered') then q.ordered when d.story in ('partial', 'closed') then ceil(q.ordered / 2) else 0 end as shipped
          from drawn d
          cross join lateral generate_series(1, 1 + floor(5 * power(", chance!("d.n", "15"), ", 1.6))::int) l (position)
          cross join lateral (select (1 + (d.story in ('partial', 'closed'))::int + floor(20 * power(", chance!("d.n * 8 + l.position", "16"), ", 2)))::numeric as ordered,
                              (case when ", chance!("d.n * 8 + l.position", "17"), " < 0.8 then 0 else 5 end)::numeric as percent) q
          join products pr on pr.organization_id = $1 and pr.sku = 'S-' || lpad((1 + least(floor($6::bigint * power(", chance!("d.n * 8 + l.position", "18"), ", 1.8)), $6 - 1))::bigint::text, 5, '0')
          join units un on un.organization_id = $1 and un.id = pr.unit_id
    ), taxed as (
        select *, round(upto * $11 / 100, $12) - round((upto - net) * $11 / 100, $12) as tax
          from (select *, gross - discount as net, sum(gross - discount) over (partition by n order by position) as upto from priced) p
    ), sums as (
        select n, count(*) as lines, sum(net) as net, sum(discount) as discount, sum(tax) as tax, round(sum(cost * ordered), $12) as cost from taxed group by n
    ), told as materialized (
        select d.*, s.lines, s.net, s.discount, s.tax, s.net + s.tax as total, s.cost,
               case d.story when 'discarded' then 'cancelled' when 'delivered' then 'confirmed' when 'partial' then 'confirmed' when 'open' then 'confirmed' else d.story end as lifecycle,
               case when d.story not in ('draft', 'discarded') then d.at end as confirmed_at,
               least(d.at + (1 + 9 * ", chance!("d.n", "19"), ") * interval '1 day', $9) as last_at,
               d.story = 'open' and ", chance!("d.n", "20"), " < 0.05 as held
          from drawn d join sums s using (n)
    ), headed as (
        insert into orders (organization_id, id, number, lifecycle, fulfilment_status, invoice_status, payment_status, hold_count, customer_id, customer_code, customer_name,
               customer_po, owner_id, owner_name, team_id, currency, order_date, requested_date, bill_to, ship_to, rounding_mode, tax_mode, subtotal, line_discount_total,
               net_total, tax_total, grand_total, payable_total, cost_total, tax_summary, line_count, cancel_reason, submitted_at, confirmed_at, completed_at, closed_at,
               cancelled_at, search, created_at, created_by, updated_at, updated_by)
        select $1, id, number, lifecycle,
               case story when 'completed' then 'delivered' when 'delivered' then 'delivered' when 'closed' then 'delivered' when 'partial' then 'partial' else 'unfulfilled' end,
               case story when 'completed' then 'invoiced' when 'closed' then 'invoiced' when 'delivered' then 'to_invoice' when 'partial' then 'to_invoice' else 'nothing_to_invoice' end,
               case when story in ('completed', 'closed') then 'paid' else 'not_due' end,
               held::int, customer_id, customer_code, customer_name, customer_po, owner_id, owner_name, team_id, $14, day, day + 3 + (n % 14)::int, null, null,
               'half_up', 'document', net, discount, net, tax, total, total, cost,
               case when $10::text is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object('code', $10, 'rate', $11::text, 'base', net::text, 'amount', tax::text)) end,
               lines, case when story = 'closed' then 'The customer takes no more' when lifecycle = 'cancelled' then 'Ordered twice' end,
               confirmed_at, confirmed_at, case when story = 'completed' then last_at end, case when story = 'closed' then last_at end,
               case when lifecycle = 'cancelled' then last_at end, concat_ws(' ', number, customer_name, customer_code, customer_po), at, owner_id,
               case when story in ('draft', 'open') then at else last_at end, owner_id
          from told
    ), lined as (
        insert into order_lines (organization_id, id, order_id, position, kind, product_id, sku, description, unit, tax_class_id, invoice_policy, shippable,
               ordered, cancelled, reserved, shipped, delivered, invoiced, unit_price, system_price, discounts, gross, discount, net, base, tax, taxes, cost, created_at, updated_at)
        select $1, ", identifier!("at", "'line' || order_id::text || position"), ", order_id, position, 'goods', product_id, sku, name, unit, tax_class_id, 'delivered', true,
               ordered, case when story in ('cancelled', 'discarded') then ordered when story = 'closed' then ordered - shipped else 0 end,
               case when story in ('open', 'partial') then ordered - shipped else 0 end, shipped, shipped,
               case when story in ('completed', 'closed') then shipped else 0 end, price, price,
               case when percent > 0 then jsonb_build_array(jsonb_build_object('percent', percent::text)) else '[]'::jsonb end, gross, discount, net, net, tax,
               case when $10::text is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object('code', $10, 'rate', $11::text, 'compound', false, 'amount', tax::text)) end,
               cost, at, at
          from taxed
    ), stopped as (
        insert into order_holds (organization_id, id, order_id, type, reason, placed_at)
        select $1, ", identifier!("last_at", "'hold' || id::text"), ", id, 'quality', 'The samples are being checked', last_at from told where held
    ), noted as (
        insert into audit_events (organization_id, id, at, actor_id, actor_kind, actor_name, entity, entity_id, entity_version, action, diff)
        select $1, ", identifier!("e.at", "e.action || e.id::text"), ", e.at, e.owner_id, case when e.owner_id is null then 'system' else 'user' end, coalesce(e.owner_name, 'System'), 'order', e.id, 1, e.action, e.diff
          from (select id, at, owner_id, owner_name, 'created' as action, jsonb_build_object('number', number, 'customer', customer_name, 'lines', lines) as diff, 1 as place from told
                union all
                select id, confirmed_at, owner_id, owner_name, 'confirmed', '{\"lifecycle\": {\"from\": \"draft\", \"to\": \"confirmed\"}}'::jsonb, 2 from told where confirmed_at is not null
                union all
                select id, last_at, owner_id, owner_name, case lifecycle when 'confirmed' then 'delivered' when 'completed' then 'delivered' else lifecycle end, '{}'::jsonb, 3
                  from told where story in ('completed', 'delivered', 'partial', 'closed', 'cancelled', 'discarded')) e order by e.id, e.place
    ), days as (
        select day, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') as owner_id, coalesce(team_id, '00000000-0000-0000-0000-000000000000') as team_id,
               sum(confirmed) as confirmed, sum(confirmed * total) as confirmed_total, sum(1 - confirmed) as cancelled, sum((1 - confirmed) * total) as cancelled_total
          from (select (confirmed_at at time zone $7)::date as day, owner_id, team_id, total, 1 as confirmed from told where confirmed_at is not null
                union all
                select (last_at at time zone $7)::date, owner_id, team_id, total, 0 from told where story = 'cancelled') e
         group by 1, 2, 3
    ), counted as (
        insert into order_days as o (organization_id, day, owner_id, team_id, currency, confirmed_count, confirmed_total, cancelled_count, cancelled_total)
        select $1, day, owner_id, team_id, $14, confirmed, confirmed_total, cancelled, cancelled_total from days order by day, owner_id, team_id
        on conflict (organization_id, day, owner_id, team_id, currency) do update set
            confirmed_count = o.confirmed_count + excluded.confirmed_count, confirmed_total = o.confirmed_total + excluded.confirmed_total,
            cancelled_count = o.cancelled_count + excluded.cancelled_count, cancelled_total = o.cancelled_total + excluded.cancelled_total
    )
    select id, address from told"
);

const SEAL_LINES: &str = "update addresses a set lines = s.lines from unnest($2::uuid[], $3::text[]) s (id, lines) where a.organization_id = $1 and a.id = s.id";

const SEAL_ORDERS: &str =
    "update orders o set bill_to = s.bill_to, ship_to = s.ship_to from unnest($2::uuid[], $3::text[], $4::text[]) s (id, bill_to, ship_to)
      where o.organization_id = $1 and o.id = s.id";

/// Words and places that rows are made of.
#[derive(Debug)]
pub(in crate::features::seed) struct Words {
    pub(in crate::features::seed) first: Vec<String>,
    pub(in crate::features::seed) trades: Vec<String>,
    pub(in crate::features::seed) things: Vec<String>,
    pub(in crate::features::seed) cities: Vec<String>,
    pub(in crate::features::seed) postal_codes: Vec<String>,
    /// Street lines as JSON.
    pub(in crate::features::seed) lines: Vec<String>,
    /// The same addresses as orders hold them.
    pub(in crate::features::seed) snapshots: Vec<String>,
}

/// What the rows of a run have in common.
#[derive(Debug)]
pub(in crate::features::seed) struct Frame {
    pub(in crate::features::seed) organization: Uuid,
    pub(in crate::features::seed) country: String,
    pub(in crate::features::seed) currency: String,
    pub(in crate::features::seed) exponent: i32,
    pub(in crate::features::seed) zone: String,
    pub(in crate::features::seed) now: DateTime<Utc>,
    pub(in crate::features::seed) today: NaiveDate,
    pub(in crate::features::seed) customers: i64,
    pub(in crate::features::seed) products: i64,
    /// Code and rate.
    pub(in crate::features::seed) tax: Option<(String, Decimal)>,
    pub(in crate::features::seed) words: Words,
}

/// Customers with numbers `from` to `to`; those that exist stay.
pub(in crate::features::seed) async fn customers(
    db: &mut TenantTx,
    frame: &Frame,
    from: i64,
    to: i64,
    since: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let words = &frame.words;
    let made: Vec<Uuid> = sqlx::query_scalar(CUSTOMERS)
        .bind(frame.organization)
        .bind(from)
        .bind(to)
        .bind(&frame.currency)
        .bind(since)
        .bind(&words.first)
        .bind(&words.trades)
        .bind(&words.cities)
        .bind(&words.cities)
        .bind(&words.postal_codes)
        .bind(&frame.country)
        .fetch_all(&mut **db)
        .await?;
    // Each is bound to its row: the database cannot make them.
    let lines = made
        .iter()
        .zip(words.lines.iter().cycle())
        .map(|(id, text)| {
            let place = Place::new("addresses", "lines", *id);
            db.keys().seal(place, text)
        });
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    sqlx::query(SEAL_LINES)
        .bind(frame.organization)
        .bind(made)
        .bind(lines)
        .execute(&mut **db)
        .await
        .map(|_| ())
}

/// Products with numbers `from` to `to`; those that exist stay.
pub(in crate::features::seed) async fn products(
    db: &mut PgConnection,
    frame: &Frame,
    from: i64,
    to: i64,
    since: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(PRODUCTS)
        .bind(frame.organization)
        .bind(from)
        .bind(to)
        .bind(since)
        .bind(&frame.words.first)
        .bind(&frame.words.things)
        .bind(frame.exponent)
        .execute(db)
        .await
        .map(|_| ())
}

/// Orders with these numbers and days; `first` is what chance starts from. Returns which were made.
pub(in crate::features::seed) async fn orders(
    db: &mut TenantTx,
    frame: &Frame,
    numbers: &[String],
    days: &[NaiveDate],
    first: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let (code, rate) = match &frame.tax {
        Some((code, rate)) => (Some(code.as_str()), *rate),
        None => (None, Decimal::ZERO),
    };
    // A plan for these numbers each time, and no compiling of it: that takes longer than the work.
    sqlx::query("select set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)")
        .execute(&mut **db)
        .await?;
    let made: Vec<(Uuid, String)> = sqlx::query_as(ORDERS)
        .bind(frame.organization)
        .bind(numbers)
        .bind(days)
        .bind(first)
        .bind(frame.customers)
        .bind(frame.products)
        .bind(&frame.zone)
        .bind(frame.today)
        .bind(frame.now)
        .bind(code)
        .bind(rate)
        .bind(frame.exponent)
        .bind(&frame.words.snapshots)
        .bind(&frame.currency)
        .fetch_all(&mut **db)
        .await?;
    seal_orders(db, frame.organization, &made).await?;
    Ok(made.into_iter().map(|(id, _)| id).collect())
}

async fn seal_orders(
    db: &mut TenantTx,
    organization: Uuid,
    made: &[(Uuid, String)],
) -> Result<(), sqlx::Error> {
    let (mut ids, mut bill_to, mut ship_to) = (Vec::new(), Vec::new(), Vec::new());
    for (id, address) in made {
        let seal = |column| db.keys().seal(Place::new("orders", column, *id), address);
        bill_to.push(seal("bill_to")?);
        ship_to.push(seal("ship_to")?);
        ids.push(*id);
    }
    sqlx::query(SEAL_ORDERS)
        .bind(organization)
        .bind(ids)
        .bind(bill_to)
        .bind(ship_to)
        .execute(&mut **db)
        .await
        .map(|_| ())
}

/// The first tax of the default class at home.
pub(in crate::features::seed) async fn home_tax(
    db: &mut PgConnection,
    organization: Uuid,
    country: &str,
) -> Result<Option<(String, Decimal)>, sqlx::Error> {
    sqlx::query_as(
        "select t.code, case when scale(trim_scale(t.rate)) < 2 then round(t.rate, 2) else trim_scale(t.rate) end from tax_rules r join tax_classes c on c.organization_id = r.organization_id and c.id = r.tax_class_id and c.is_default
           join taxes t on t.organization_id = r.organization_id and t.id = r.tax_ids[1]
          where r.organization_id = $1 and r.customer_tax_status = 'taxable' and r.region is null and (r.country = $2 or r.country is null)
          order by r.country nulls last limit 1",
    )
    .bind(organization)
    .bind(country)
    .fetch_optional(db)
    .await
}

/// How many orders there are.
pub(in crate::features::seed) async fn count_orders(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from orders where organization_id = $1"#,
        organization
    )
    .fetch_one(db)
    .await
}

//! The limits of creating an order: hand-written SQL that writes the same rows into the same tables under the same row security, as a few
//! round trips and as a single call. An order made over HTTP is the pattern; every run copies it under new keys.

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::load::Worker;
use crate::stage::Stage;

/// The order that is copied, and the statements that do it.
#[derive(Debug, Clone)]
pub struct Pattern {
    organization: Uuid,
    order: Uuid,
    customer: Uuid,
    products: Vec<Uuid>,
    lines: usize,
    body: String,
    write: String,
}

/// What is read before anything is decided.
const READ: &str =
    "select c.name, c.status, c.currency, p.id, p.name, p.list_price, p.tax_class_id, x.unit_price
   from customers c join products p on p.organization_id = c.organization_id and p.id = any($3)
   left join prices x on x.organization_id = p.organization_id and x.product_id = p.id
  where c.organization_id = $1 and c.id = $2";

impl Pattern {
    /// Learns the newest order that was confirmed at once, and makes the function of the single call.
    pub async fn learn(stage: &Stage) -> Result<Self> {
        let mut admin = stage.admin().await?;
        let row = sqlx::query(
            "select o.organization_id, o.id, o.customer_id, array(select product_id from order_lines l where l.organization_id = o.organization_id and l.order_id = o.id) as products,
                    (select body from idempotency_keys k where k.path = '/api/v1/orders' order by k.created_at desc limit 1) as body
               from orders o where o.lifecycle = 'confirmed' and o.line_count = 5 and exists
                    (select from order_snapshots s where s.organization_id = o.organization_id and s.order_id = o.id) order by o.created_at desc limit 1",
        )
        .fetch_optional(&mut admin)
        .await?
        .context("no order of five lines was made yet")?;
        let products: Vec<Uuid> = row.try_get("products")?;
        let write = write(&mut admin).await?;
        sqlx::raw_sql(AssertSqlSafe(function(&write)))
            .execute(&mut admin)
            .await?;
        Ok(Self {
            organization: row.try_get("organization_id")?,
            order: row.try_get("id")?,
            customer: row.try_get("customer_id")?,
            lines: products.len(),
            products,
            body: row.try_get("body")?,
            write,
        })
    }

    fn keys(&self) -> (Uuid, Vec<Uuid>) {
        (
            Uuid::now_v7(),
            (0..self.lines).map(|_| Uuid::now_v7()).collect(),
        )
    }
}

/// The columns of a table but those that are set anew.
async fn columns(admin: &mut PgConnection, table: &str, but: &[&str]) -> Result<String> {
    let but: Vec<String> = but.iter().map(|name| (*name).to_owned()).collect();
    Ok(sqlx::query_scalar(
        "select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
          where table_schema = 'public' and table_name = $1 and column_name <> all($2) and is_generated = 'NEVER' and is_identity = 'NO'",
    )
    .bind(table)
    .bind(but)
    .fetch_one(admin)
    .await?)
}

/// One statement: order, lines, snapshot, two audit and two outbox rows, the idempotency row.
/// $1 organization, $2 pattern, $3 new order, $4 new lines, $5 body of the answer.
async fn write(admin: &mut PgConnection) -> Result<String> {
    let order = columns(admin, "orders", &["id", "number"]).await?;
    let line = columns(admin, "order_lines", &["id", "order_id"]).await?;
    let snapshot = columns(admin, "order_snapshots", &["order_id"]).await?;
    let audit = columns(admin, "audit_events", &["id", "entity_id"]).await?;
    Ok(format!(
        "with placed as (insert into orders ({order}, id, number) select {order}, $3, 'B-' || $3::text from orders where organization_id = $1 and id = $2),
          lined as (insert into order_lines ({line}, id, order_id) select {line}, ($4::uuid[])[position], $3 from order_lines where organization_id = $1 and order_id = $2),
          kept as (insert into order_snapshots ({snapshot}, order_id) select {snapshot}, $3 from order_snapshots where organization_id = $1 and order_id = $2 order by version limit 1),
          audited as (insert into audit_events ({audit}, id, entity_id) select {audit}, gen_random_uuid(), $3 from audit_events where organization_id = $1 and entity = 'order' and entity_id = $2 order by seq limit 2),
          told as (insert into outbox_events (organization_id, id, at, type, entity, entity_id, entity_version, payload)
                select $1, gen_random_uuid(), now(), 'order.' || action, 'order', $3, 1, '{{\"number\": \"SO-2026-000042\", \"currency\": \"EUR\", \"total\": \"123.45\", \"version\": 1}}'::jsonb from unnest(array['created', 'bench']) action)
         insert into idempotency_keys (organization_id, credential_id, method, path, key, request_hash, status, headers, body, created_at, expires_at)
         values ($1, $2, 'POST', '/api/v1/orders', $3::text, sha256($3::text::bytea), 201, '{{\"etag\": 1}}', $5, now(), now() + interval '2 days')"
    ))
}

fn function(write: &str) -> String {
    let named = [
        ("$1", "organization"),
        ("$2", "pattern"),
        ("$3", "made"),
        ("$4", "lines"),
        ("$5", "answer"),
    ];
    let write = named.iter().fold(write.to_owned(), |sql, (place, name)| {
        sql.replace(place, &format!("bench_create.{name}"))
    });
    let read = READ
        .replace("$1", "bench_create.organization")
        .replace("$2", "bench_create.customer")
        .replace("$3", "bench_create.products");
    format!(
        "create or replace function bench_create(organization uuid, pattern uuid, made uuid, lines uuid[], answer text, customer uuid, products uuid[])
         returns void language plpgsql as $bench$
         declare
            found record;
         begin
            perform set_config('som.organization', bench_create.organization::text, true);
            for found in {read} loop null; end loop;
            {write};
         end $bench$;
         grant execute on function bench_create to som_app"
    )
}

/// BEGIN with the organization · one read · one write · COMMIT.
pub struct RoundTrips(PgConnection, Pattern);

/// Everything in one call.
pub struct SingleCall(PgConnection, Pattern);

impl RoundTrips {
    /// So many connections.
    pub async fn many(count: usize, stage: &Stage, pattern: &Pattern) -> Result<Vec<Self>> {
        let mut workers = Vec::with_capacity(count);
        for _ in 0..count {
            workers.push(Self(stage.as_server().await?, pattern.clone()));
        }
        Ok(workers)
    }
}

impl SingleCall {
    /// So many connections.
    pub async fn many(count: usize, stage: &Stage, pattern: &Pattern) -> Result<Vec<Self>> {
        let mut workers = Vec::with_capacity(count);
        for _ in 0..count {
            workers.push(Self(stage.as_server().await?, pattern.clone()));
        }
        Ok(workers)
    }
}

impl Worker for RoundTrips {
    async fn once(&mut self) -> Result<usize> {
        let Self(connection, pattern) = self;
        let begin = format!(
            "begin; set local som.organization = '{}'",
            pattern.organization
        );
        let mut tx = connection.begin_with(AssertSqlSafe(begin)).await?;
        sqlx::query(READ)
            .bind(pattern.organization)
            .bind(pattern.customer)
            .bind(&pattern.products)
            .fetch_all(&mut *tx)
            .await?;
        let (order, lines) = pattern.keys();
        sqlx::query(AssertSqlSafe(pattern.write.clone()))
            .bind(pattern.organization)
            .bind(pattern.order)
            .bind(order)
            .bind(lines)
            .bind(&pattern.body)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(0)
    }
}

impl Worker for SingleCall {
    async fn once(&mut self) -> Result<usize> {
        let Self(connection, pattern) = self;
        let (order, lines) = pattern.keys();
        sqlx::query("select bench_create($1, $2, $3, $4, $5, $6, $7)")
            .bind(pattern.organization)
            .bind(pattern.order)
            .bind(order)
            .bind(lines)
            .bind(&pattern.body)
            .bind(pattern.customer)
            .bind(&pattern.products)
            .execute(connection)
            .await?;
        Ok(0)
    }
}

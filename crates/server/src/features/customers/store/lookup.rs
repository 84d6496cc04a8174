//! What customers refer to, and what other features ask about them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::CustomerRow;
use crate::permission::RowScope;

/// A customer as prices see it.
#[derive(Debug)]
pub(in crate::features::customers) struct BuyerRow {
    pub id: Uuid,
    pub group_id: Option<Uuid>,
    pub price_list_id: Option<Uuid>,
    pub currency: String,
}

pub(in crate::features::customers) async fn buyer(
    db: &mut PgConnection,
    organization: Uuid,
    scope: &RowScope,
    id: Uuid,
) -> Result<Option<BuyerRow>, sqlx::Error> {
    sqlx::query_as!(
        BuyerRow,
        "select id, group_id, price_list_id, currency from customers
          where organization_id = $1 and id = $2 and ($3 or owner_id = $4 or team_id = $5)",
        organization,
        id,
        scope.all,
        scope.user.uuid(),
        scope.team.map(Uuid::from),
    )
    .fetch_optional(db)
    .await
}

/// What exists of what a customer refers to; what it does not name counts as existing.
#[derive(Debug)]
pub(in crate::features::customers) struct Known {
    pub group: bool,
    /// The price list's currency.
    pub price_list: Option<String>,
    pub payment_term: bool,
    pub owner: bool,
    pub team: bool,
}

pub(in crate::features::customers) async fn known(
    db: &mut PgConnection,
    organization: Uuid,
    row: &CustomerRow,
) -> Result<Known, sqlx::Error> {
    sqlx::query_as!(
        Known,
        r#"select ($2::uuid is null or exists (select from customer_groups where organization_id = $1 and id = $2)) as "group!",
                  (select currency::text from price_lists where organization_id = $1 and id = $3) as price_list,
                  ($4::uuid is null or exists (select from payment_terms where organization_id = $1 and id = $4)) as "payment_term!",
                  ($5::uuid is null or exists (select from memberships where organization_id = $1 and user_id = $5)) as "owner!",
                  ($6::uuid is null or exists (select from teams where organization_id = $1 and id = $6)) as "team!""#,
        organization,
        row.group_id,
        row.price_list_id,
        row.payment_term_id,
        row.owner_id,
        row.team_id,
    )
    .fetch_one(db)
    .await
}

/// The number of the last generated code. Holds the organization's lock until the transaction ends, so that two cannot get the same.
pub(in crate::features::customers) async fn last_number(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<i64, sqlx::Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('customer code ' || $1::uuid::text, 0))",
        organization
    )
    .execute(&mut *db)
    .await?;
    sqlx::query_scalar!(
        r#"select coalesce(max(substr(code, 3)::bigint), 0) as "last!" from customers
            where organization_id = $1 and code like 'C-%' and code ~ '^C-[0-9]{6,12}$'"#,
        organization,
    )
    .fetch_one(db)
    .await
}

/// Something that happened to a customer.
#[derive(Debug)]
pub(in crate::features::customers) struct TimelineRow {
    pub seq: i64,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub action: String,
    pub diff: Value,
}

/// The newest rows before `before`.
pub(in crate::features::customers) async fn timeline(
    db: &mut PgConnection,
    organization: Uuid,
    customer: Uuid,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<TimelineRow>, sqlx::Error> {
    sqlx::query_as!(
        TimelineRow,
        "select seq, id, at, actor_id, actor_name, action, diff from audit_events
          where organization_id = $1 and entity = 'customer' and entity_id = $2 and action <> 'read' and seq < coalesce($3, 9223372036854775807)
          order by seq desc limit $4",
        organization,
        customer,
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

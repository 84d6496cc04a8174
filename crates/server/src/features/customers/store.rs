//! The SQL of customers.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::permission::RowScope;

/// A customer as prices see it.
#[derive(Debug)]
pub(super) struct BuyerRow {
    pub id: Uuid,
    pub group_id: Option<Uuid>,
    pub price_list_id: Option<Uuid>,
    pub currency: String,
}

pub(super) async fn buyer(
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

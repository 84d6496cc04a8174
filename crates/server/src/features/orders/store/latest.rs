//! The newest orders in sight.

#![expect(clippy::disallowed_methods, reason = "reads the columns of the list")]

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::features::orders::list::{COLUMNS, ItemRow};
use crate::http::list::push_scope;
use crate::permission::RowScope;

/// The newest `limit` orders.
pub async fn latest(
    db: &mut PgConnection,
    organization: Uuid,
    scope: &RowScope,
    limit: i64,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    let mut qb = QueryBuilder::<Postgres>::new("select ");
    qb.push(COLUMNS)
        .push(" from orders o where o.organization_id = ")
        .push_bind(organization);
    push_scope(&mut qb, scope, "o.owner_id", "o.team_id");
    qb.push(" order by o.created_at desc, o.id desc limit ")
        .push_bind(limit);
    qb.build_query_as().fetch_all(db).await
}

//! The rows a caller may see, as one SQL condition: lists, search, detail and export all push this one.

use sqlx::{Postgres, QueryBuilder};

use crate::permission::RowScope;

/// Pushes ` and (…)` for rows whose owner is `owner_sql` and whose team is `team_sql`; nothing when all rows are in sight.
pub fn push_scope(
    qb: &mut QueryBuilder<Postgres>,
    scope: &RowScope,
    owner_sql: &'static str,
    team_sql: &'static str,
) {
    if scope.all {
        return;
    }
    qb.push(" and (")
        .push(owner_sql)
        .push(" = ")
        .push_bind(scope.user.uuid());
    if let Some(team) = scope.team {
        qb.push(" or ")
            .push(team_sql)
            .push(" = ")
            .push_bind(team.uuid());
    }
    qb.push(")");
}

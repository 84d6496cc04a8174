//! The value of open orders: a trigger appends every change of it, and here changes are folded into sums. Home adds up both, so it is right
//! at any moment, folded or not.

use som_domain::ids::OrganizationId;
use sqlx::PgConnection;

/// Changes folded at once.
const BATCH: i64 = 10_000;

/// Folds what waits. Changes that another process is folding are left to it; sums are locked in key order.
pub(super) async fn fold(
    tx: &mut PgConnection,
    organization: OrganizationId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with folded as (
             delete from order_open_changes where organization_id = $1 and seq in
                 (select seq from order_open_changes where organization_id = $1 order by seq limit $2 for update skip locked)
             returning owner_id, team_id, currency, amount)
         insert into order_open_values as v (organization_id, owner_id, team_id, currency, total)
         select $1, owner_id, team_id, currency, sum(amount) from folded group by 2, 3, 4 order by 2, 3, 4
         on conflict (organization_id, owner_id, team_id, currency) do update set total = v.total + excluded.total",
        organization.uuid(),
        BATCH,
    )
    .execute(tx)
    .await?;
    Ok(())
}

//! Reads of whole orders.

#![expect(
    clippy::disallowed_methods,
    reason = "reads whole rows with what lies around them"
)]

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::sealed;
use crate::db::TenantTx;
use crate::features::orders::rows::{
    ApprovalRow, Around, HoldRow, LineRow, Order, OrderRow, PolicyRow,
};
use crate::permission::RowScope;

#[derive(FromRow)]
struct Loaded {
    #[sqlx(flatten)]
    row: OrderRow,
    customer_status: String,
    credit_limit: Option<Decimal>,
    customer_currency: String,
    holds: Option<Json<Vec<HoldRow>>>,
    approvals: Option<Json<Vec<ApprovalRow>>>,
    refs: Option<Json<BTreeMap<String, String>>>,
    policies: Option<Json<Vec<PolicyRow>>>,
    po_duplicate: Option<String>,
}

/// Header, holds, approvals, references and what the next step depends on; decimals inside JSON travel as text.
const LOAD: &str = "
select o.*, c.status as customer_status, c.credit_limit, c.currency as customer_currency,
  (select json_agg(to_jsonb(h) order by h.placed_at, h.id) from order_holds h where h.organization_id = o.organization_id and h.order_id = o.id) as holds,
  (select json_agg(json_build_object('id', a.id, 'policy_id', a.policy_id, 'policy_name', a.policy_name, 'measured', a.measured::text,
          'threshold', a.threshold::text, 'measure', p.measure, 'currency', p.currency, 'snapshot_hash', a.snapshot_hash::text, 'state', a.state, 'requested_at', a.requested_at, 'requested_by', a.requested_by,
          'decided_at', a.decided_at, 'decided_by', a.decided_by, 'reason', a.reason, 'approver_roles', p.approver_roles) order by a.requested_at, a.id)
     from order_approvals a join approval_policies p on p.organization_id = a.organization_id and p.id = a.policy_id
    where a.organization_id = o.organization_id and a.order_id = o.id) as approvals,
  (select json_object_agg(r.source, r.ref) from external_refs r where r.organization_id = o.organization_id and r.entity = 'order' and r.entity_id = o.id) as refs,
  case when o.lifecycle = 'draft' then
    (select json_agg(json_build_object('id', p.id, 'name', p.name, 'measure', p.measure, 'threshold', p.threshold::text, 'currency', p.currency,
            'approver_roles', p.approver_roles) order by p.id) from approval_policies p where p.organization_id = o.organization_id and p.active) end as policies,
  case when o.lifecycle = 'draft' and o.customer_po is not null then
    (select d.number from orders d where d.organization_id = o.organization_id and d.customer_id = o.customer_id and d.customer_po = o.customer_po
        and d.lifecycle <> 'cancelled' and d.id <> o.id limit 1) end as po_duplicate
from orders o join customers c on c.organization_id = o.organization_id and c.id = o.customer_id
where o.organization_id = $1 and o.id = $2 and ($3 or o.owner_id = $4 or o.team_id = $5)";

/// The order, if it exists and is in sight.
pub async fn order(
    db: &mut TenantTx,
    organization: Uuid,
    id: Uuid,
    scope: &RowScope,
) -> Result<Option<Order>, sqlx::Error> {
    let loaded = sqlx::query_as::<_, Loaded>(LOAD)
        .bind(organization)
        .bind(id)
        .bind(scope.all)
        .bind(scope.user.uuid())
        .bind(scope.team.map(|team| team.uuid()))
        .fetch_optional(&mut **db)
        .await?;
    let Some(mut loaded) = loaded else {
        return Ok(None);
    };
    sealed::open(db.keys(), &mut loaded.row)?;
    Ok(Some(Order {
        lines: lines(db, organization, id).await?,
        row: loaded.row,
        holds: loaded.holds.map(|json| json.0).unwrap_or_default(),
        approvals: loaded.approvals.map(|json| json.0).unwrap_or_default(),
        external_refs: loaded.refs.map(|json| json.0).unwrap_or_default(),
        around: Around {
            customer_status: loaded.customer_status,
            credit_limit: loaded.credit_limit,
            customer_currency: loaded.customer_currency,
            exposure: None,
            policies: loaded.policies.map(|json| json.0).unwrap_or_default(),
            po_duplicate: loaded.po_duplicate,
        },
    }))
}

/// Many orders of the organization with their lines, and nothing of what lies around them.
pub async fn contents(
    db: &mut TenantTx,
    organization: Uuid,
    ids: &[Uuid],
) -> Result<Vec<(OrderRow, Vec<LineRow>)>, sqlx::Error> {
    let orders: Vec<OrderRow> = sqlx::query_as(
        "select * from orders where organization_id = $1 and id = any($2) order by id",
    )
    .bind(organization)
    .bind(ids)
    .fetch_all(&mut **db)
    .await?;
    let mut lines = sqlx::query_as::<_, LineRow>(
        "select * from order_lines where organization_id = $1 and order_id = any($2) order by order_id, position",
    )
    .bind(organization)
    .bind(ids)
    .fetch_all(&mut **db)
    .await?
    .into_iter()
    .peekable();
    let mut found = Vec::with_capacity(orders.len());
    for mut order in orders {
        sealed::open(db.keys(), &mut order)?;
        let mut own = Vec::new();
        while let Some(line) = lines.next_if(|line| line.order_id == order.id) {
            own.push(line);
        }
        found.push((order, own));
    }
    Ok(found)
}

async fn lines(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
) -> Result<Vec<LineRow>, sqlx::Error> {
    sqlx::query_as(
        "select * from order_lines where organization_id = $1 and order_id = $2 order by position",
    )
    .bind(organization)
    .bind(order)
    .fetch_all(db)
    .await
}

/// Locks the order for a change: its version, if it exists and is in sight.
pub async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    scope: &RowScope,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from orders o where o.organization_id = $1 and o.id = $2 and ($3 or o.owner_id = $4 or o.team_id = $5) for update",
        organization,
        id,
        scope.all,
        scope.user.uuid(),
        scope.team.map(|team| team.uuid()),
    )
        .fetch_optional(db)
        .await
}

/// The order's version, if it exists and is in sight.
pub async fn version(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    scope: &RowScope,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from orders o where o.organization_id = $1 and o.id = $2 and ($3 or o.owner_id = $4 or o.team_id = $5)",
        organization,
        id,
        scope.all,
        scope.user.uuid(),
        scope.team.map(|team| team.uuid()),
    )
        .fetch_optional(db)
        .await
}

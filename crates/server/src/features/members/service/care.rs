//! What administrators do for members: end their sessions, and let them in again who lost their second factor.

use serde_json::{Value, json};
use som_domain::ids::MembershipId;

use super::super::store::{self, MemberRow};
use super::super::view::MemberView;
use super::find;
use super::giving::{beyond, held, only_owners};
use crate::ctx::{Ctx, Event};
use crate::features::{auth, second_factors};
use crate::http::{ApiResult, IfMatch, Problem};
use crate::mail::{FactorEvent, Letter, post};
use crate::permission::Role;

/// Ends every session of a member in the organization. Errors: 403 `only_owners`, `role_beyond_yours`; 404, 412.
pub(in super::super) async fn end_sessions(
    ctx: &mut Ctx,
    id: MembershipId,
    if_match: &IfMatch,
) -> ApiResult<MemberView> {
    let row = in_reach(ctx, id, if_match).await?;
    let (organization, now) = (ctx.organization(), ctx.now);
    let ended =
        store::end_sessions(ctx.db(), organization, row.user_id, "ended_by_admin", now).await?;
    noted(ctx, id, "sessions_ended", json!({ "sessions": ended })).await
}

/// Removes every second factor of a member and ends all sessions; the person hears of it. Not of somebody who also works for others:
/// the factor protects them, too. Errors: 403 `only_owners`, `role_beyond_yours`; 404, 409 `no_second_factor`, `works_elsewhere`,
/// `not_yourself`; 412.
pub(in super::super) async fn reset_second_factors(
    ctx: &mut Ctx,
    id: MembershipId,
    if_match: &IfMatch,
) -> ApiResult<MemberView> {
    let row = in_reach(ctx, id, if_match).await?;
    if row.user_id == ctx.caller.user_id.uuid() {
        let detail = "Change your own second factors on your account page.";
        return Err(Problem::conflict("not_yourself", detail).into());
    }
    let (organization, now) = (ctx.organization(), ctx.now);
    ctx.tx.enter_identity().await?;
    if store::works_elsewhere(ctx.db(), organization, row.user_id).await? {
        let detail = "The person also works for another organization. Whoever runs the server can remove the factors.";
        return Err(Problem::conflict("works_elsewhere", detail).into());
    }
    if !second_factors::service::remove_all(ctx.db(), row.user_id, now).await? {
        let detail = "The member has no second factor.";
        return Err(Problem::conflict("no_second_factor", detail).into());
    }
    let reason = "second_factors_reset";
    auth::service::end_sessions(ctx.db(), row.user_id, None, reason, now).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::Reset,
        at: now,
    };
    let state = ctx.state().clone();
    post(ctx.db(), &state, now, &row.email, &letter).await?;
    noted(ctx, id, reason, json!({})).await
}

/// The member, locked, of the version that was seen, who may not do more than the caller.
async fn in_reach(ctx: &mut Ctx, id: MembershipId, if_match: &IfMatch) -> ApiResult<MemberRow> {
    let organization = ctx.organization();
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let row = find(ctx.db(), organization, id).await?;
    ctx.check_version(if_match, "member", id.uuid(), row.version)
        .await?;
    beyond(&ctx.caller, held(&row))?;
    if row.role == Role::Owner.as_str() {
        only_owners(&ctx.caller)?;
    }
    Ok(row)
}

async fn noted(
    ctx: &mut Ctx,
    id: MembershipId,
    action: &'static str,
    facts: Value,
) -> ApiResult<MemberView> {
    let (organization, now) = (ctx.organization(), ctx.now);
    let version = store::touch(ctx.db(), organization, id.uuid(), now).await?;
    ctx.record(Event::new("member", id.uuid(), version, action, facts));
    Ok(find(ctx.db(), organization, id).await?.into())
}

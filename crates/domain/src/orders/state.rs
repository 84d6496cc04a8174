//! The order's lifecycle: which verb leads where, and what stands in its way.
//!
//! [`Lifecycle::apply`] both performs a verb and, through [`allowed_actions`], says in advance whether it would succeed.

use serde::Serialize;

use super::facts::OrderFacts;
use super::verbs::{Action, Refusal};
use crate::scalar::string_enum;

string_enum! {
    /// What people decided about an order. Everything else is derived.
    pub enum Lifecycle {
        /// Being written.
        Draft = "draft",
        /// Waiting for approval.
        PendingApproval = "pending_approval",
        /// Agreed; to be fulfilled.
        Confirmed = "confirmed",
        /// Everything delivered and invoiced.
        Completed = "completed",
        /// The rest was given up.
        Closed = "closed",
        /// Nothing of it will happen.
        Cancelled = "cancelled",
    }
}

/// An action and whether it is possible now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct ActionState {
    /// The action.
    pub action: Action,
    /// Whether it is possible.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Refusal>,
    /// The same for people, with what to do instead.
    pub detail: Option<String>,
}

/// Every action of people (not the automatic ones) with whether and why not.
pub fn allowed_actions(facts: &OrderFacts) -> Vec<ActionState> {
    Action::ALL
        .iter()
        .filter(|action| !action.is_automatic())
        .map(|action| {
            let reason = facts.lifecycle.apply(*action, facts).err();
            ActionState {
                action: *action,
                allowed: reason.is_none(),
                reason,
                detail: reason.map(|refusal| refusal.message().to_owned()),
            }
        })
        .collect()
}

impl Lifecycle {
    /// Performs an action: the new lifecycle, or what stands in the way. `facts.lifecycle` is not looked at.
    pub fn apply(self, action: Action, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
        // First whether the step exists at all, then the permission: who may do what does not depend on the state.
        let step = self.step(action)?;
        if facts.forbidden.contains(&action) {
            return Err(Refusal::Forbidden);
        }
        step(self, facts)
    }

    /// The transition of a state and a verb.
    fn step(self, action: Action) -> Result<Step, Refusal> {
        match self {
            Lifecycle::Draft => draft_step(action),
            Lifecycle::PendingApproval => pending_step(action),
            Lifecycle::Confirmed => confirmed_step(action),
            Lifecycle::Completed => completed_step(action),
            Lifecycle::Closed | Lifecycle::Cancelled => ended_step(action),
        }
    }
}

type Step = fn(Lifecycle, &OrderFacts) -> Result<Lifecycle, Refusal>;

fn draft_step(action: Action) -> Result<Step, Refusal> {
    match action {
        Action::Edit | Action::Duplicate | Action::Hold => Ok(stay),
        Action::Release => Ok(release),
        Action::Submit => Ok(submit),
        Action::Confirm => Ok(confirm_draft),
        Action::Discard => Ok(discard),
        Action::Cancel => Ok(cancel),
        Action::Expire => Ok(expire),
        Action::Approve
        | Action::Reject
        | Action::Deliver
        | Action::ReverseDelivery
        | Action::CancelLineQuantity
        | Action::ShortClose
        | Action::Complete
        | Action::Reopen => Err(Refusal::WrongState),
    }
}

fn pending_step(action: Action) -> Result<Step, Refusal> {
    match action {
        Action::Duplicate | Action::Hold => Ok(stay),
        Action::Release => Ok(release),
        Action::Approve => Ok(approve),
        Action::Reject => Ok(reject),
        Action::Confirm => Ok(confirm_pending),
        Action::Cancel => Ok(cancel),
        Action::Expire => Ok(expire),
        Action::Edit => Err(Refusal::LockedByApproval),
        Action::Submit
        | Action::Discard
        | Action::Deliver
        | Action::ReverseDelivery
        | Action::CancelLineQuantity
        | Action::ShortClose
        | Action::Complete
        | Action::Reopen => Err(Refusal::WrongState),
    }
}

fn confirmed_step(action: Action) -> Result<Step, Refusal> {
    match action {
        Action::Duplicate | Action::Hold => Ok(stay),
        Action::Release => Ok(release),
        Action::Deliver => Ok(deliver),
        Action::ReverseDelivery => Ok(reverse_delivery),
        Action::CancelLineQuantity => Ok(cancel_line_quantity),
        Action::Cancel => Ok(cancel),
        Action::ShortClose => Ok(short_close),
        Action::Complete => Ok(complete),
        Action::Edit => Err(Refusal::ImmutableAfterConfirm),
        Action::Submit
        | Action::Approve
        | Action::Reject
        | Action::Confirm
        | Action::Discard
        | Action::Reopen
        | Action::Expire => Err(Refusal::WrongState),
    }
}

fn completed_step(action: Action) -> Result<Step, Refusal> {
    match action {
        Action::Duplicate => Ok(stay),
        Action::Release => Ok(release),
        Action::Reopen => Ok(reopen),
        Action::ReverseDelivery => Ok(reverse_delivery),
        Action::Edit => Err(Refusal::ImmutableAfterConfirm),
        Action::Submit
        | Action::Approve
        | Action::Reject
        | Action::Confirm
        | Action::Hold
        | Action::Deliver
        | Action::CancelLineQuantity
        | Action::Cancel
        | Action::Discard
        | Action::ShortClose
        | Action::Complete
        | Action::Expire => Err(Refusal::WrongState),
    }
}

fn ended_step(action: Action) -> Result<Step, Refusal> {
    match action {
        Action::Duplicate => Ok(stay),
        Action::Release => Ok(release),
        Action::Edit => Err(Refusal::ImmutableAfterConfirm),
        Action::Submit
        | Action::Approve
        | Action::Reject
        | Action::Confirm
        | Action::Hold
        | Action::Deliver
        | Action::ReverseDelivery
        | Action::CancelLineQuantity
        | Action::Cancel
        | Action::Discard
        | Action::ShortClose
        | Action::Complete
        | Action::Reopen
        | Action::Expire => Err(Refusal::WrongState),
    }
}

/// The first refusal whose condition holds, else the outcome.
fn guard(outcome: Lifecycle, checks: &[(bool, Refusal)]) -> Result<Lifecycle, Refusal> {
    checks
        .iter()
        .find(|(refused, _)| *refused)
        .map_or(Ok(outcome), |(_, refusal)| Err(*refusal))
}

fn stay(from: Lifecycle, _facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    Ok(from)
}

fn release(from: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(from, &[(facts.holds == 0, Refusal::NoHold)])
}

/// What every order must satisfy before it leaves the draft (T2).
fn ready(outcome: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        outcome,
        &[
            (!facts.customer_active, Refusal::CustomerInactive),
            (facts.offer_expired, Refusal::OfferExpired),
            (!facts.has_lines, Refusal::NoLines),
            (!facts.quantities_valid, Refusal::InvalidQuantity),
            (!facts.all_priced, Refusal::NoPrice),
            (!facts.has_bill_to, Refusal::BillToMissing),
            (!facts.has_ship_to, Refusal::ShipToMissing),
            (
                facts.requested_before_order,
                Refusal::RequestedDateBeforeOrder,
            ),
            (facts.duplicate_customer_po, Refusal::DuplicateCustomerPo),
            (facts.discount_exceeded, Refusal::DiscountExceeded),
        ],
    )
}

fn submit(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    ready(
        if facts.approval_required {
            Lifecycle::PendingApproval
        } else {
            Lifecycle::Confirmed
        },
        facts,
    )
}

fn confirm_draft(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    let outcome = ready(Lifecycle::Confirmed, facts)?;
    guard(
        outcome,
        &[(facts.approval_required, Refusal::ApprovalRequired)],
    )
}

fn confirm_pending(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        Lifecycle::Confirmed,
        &[
            (facts.offer_expired, Refusal::OfferExpired),
            (facts.approvals_outstanding > 0, Refusal::ApprovalPending),
            (!facts.snapshot_unchanged, Refusal::SnapshotChanged),
        ],
    )
}

fn approve(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    // The last outstanding approval confirms the order.
    let outcome = if facts.approvals_outstanding > 1 {
        Lifecycle::PendingApproval
    } else {
        Lifecycle::Confirmed
    };
    guard(
        outcome,
        &[
            (facts.actor_is_submitter, Refusal::FourEyes),
            (!facts.actor_may_approve, Refusal::ApprovalAuthority),
            (facts.offer_expired, Refusal::OfferExpired),
            (!facts.snapshot_unchanged, Refusal::SnapshotChanged),
        ],
    )
}

fn reject(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    // Whoever submitted may take it back; anybody else needs the authority.
    guard(
        Lifecycle::Draft,
        &[(
            !facts.actor_may_approve && !facts.actor_is_submitter,
            Refusal::ApprovalAuthority,
        )],
    )
}

fn deliver(from: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        from,
        &[
            (!facts.any_open, Refusal::NothingOpen),
            (facts.ship_blocked, Refusal::OnHold),
        ],
    )
}

/// A completed order is then open again, which it learns from its lines (T11).
fn reverse_delivery(from: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(from, &[(!facts.any_shipped, Refusal::NothingDelivered)])
}

fn cancel_line_quantity(from: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(from, &[(!facts.any_cancellable, Refusal::NothingOpen)])
}

fn cancel(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        Lifecycle::Cancelled,
        &[
            (facts.any_shipped, Refusal::AlreadyShipped),
            (facts.any_invoiced, Refusal::AlreadyInvoiced),
            (facts.any_paid, Refusal::AlreadyPaid),
        ],
    )
}

fn discard(_: Lifecycle, _facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    Ok(Lifecycle::Cancelled)
}

fn expire(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        Lifecycle::Cancelled,
        &[(!facts.offer_expired, Refusal::OfferHolds)],
    )
}

fn short_close(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        Lifecycle::Closed,
        &[
            (
                !facts.any_shipped && !facts.any_invoiced,
                Refusal::NothingFulfilled,
            ),
            (!facts.any_open, Refusal::NothingOpen),
        ],
    )
}

fn complete(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(
        Lifecycle::Completed,
        &[(!facts.settled, Refusal::NotSettled)],
    )
}

fn reopen(_: Lifecycle, facts: &OrderFacts) -> Result<Lifecycle, Refusal> {
    guard(Lifecycle::Confirmed, &[(facts.settled, Refusal::Settled)])
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;

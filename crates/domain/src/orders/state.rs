//! The order's lifecycle: which verb leads where, and what stands in its way.
//!
//! [`Lifecycle::apply`] both performs a verb and, through [`allowed_actions`], says in advance whether it would succeed.

use serde::Serialize;

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

string_enum! {
    /// What can be done with an order.
    pub enum Action {
        /// Change the draft.
        Edit = "edit",
        /// Send it to approval, or confirm it when none is needed.
        Submit = "submit",
        /// Approve it.
        Approve = "approve",
        /// Send it back to draft.
        Reject = "reject",
        /// Confirm a draft that needs no approval.
        Confirm = "confirm",
        /// Put a hold on it.
        Hold = "hold",
        /// Release a hold.
        Release = "release",
        /// Record a delivery.
        Deliver = "deliver",
        /// Cancel part of a line.
        CancelLineQuantity = "cancel_line_quantity",
        /// Cancel the order.
        Cancel = "cancel",
        /// Throw the draft away.
        Discard = "discard",
        /// Give up what is still open.
        ShortClose = "short_close",
        /// Everything is settled (automatic).
        Complete = "complete",
        /// Something is open again (automatic).
        Reopen = "reopen",
        /// Copy it into a new draft.
        Duplicate = "duplicate",
    }
}

string_enum! {
    /// Why an action is not possible; the code of the problem sent to clients.
    pub enum Refusal {
        /// The actor lacks the permission.
        Forbidden = "forbidden",
        /// The lifecycle does not know this step.
        WrongState = "wrong_state",
        /// Confirmed orders are changed by a revision.
        ImmutableAfterConfirm = "immutable_after_confirm",
        /// Waiting for approval: reject it first.
        LockedByApproval = "locked_by_approval",
        /// No line that could be sold.
        NoLines = "no_lines",
        /// A line has no quantity or one off its unit's step.
        InvalidQuantity = "invalid_quantity",
        /// A line has no price.
        NoPrice = "no_price",
        /// The shipping address is missing.
        ShipToMissing = "ship_to_missing",
        /// The billing address is missing.
        BillToMissing = "bill_to_missing",
        /// The customer is not active.
        CustomerInactive = "customer_inactive",
        /// The customer's order number was used before.
        DuplicateCustomerPo = "duplicate_customer_po",
        /// The requested date lies before the order date.
        RequestedDateBeforeOrder = "requested_date_before_order",
        /// A discount exceeds the actor's authority.
        DiscountExceeded = "discount_exceeded",
        /// A policy asks for approval: submit it.
        ApprovalRequired = "approval_required",
        /// Approvals are outstanding.
        ApprovalPending = "approval_pending",
        /// Whoever submitted it may not approve it.
        FourEyes = "four_eyes",
        /// The approver's role or limit does not reach.
        ApprovalAuthority = "approval_authority",
        /// The order changed after it was submitted.
        SnapshotChanged = "snapshot_changed",
        /// A hold blocks it.
        OnHold = "on_hold",
        /// There is no hold.
        NoHold = "no_hold",
        /// Nothing is open.
        NothingOpen = "nothing_open",
        /// Something was shipped: short-close instead.
        AlreadyShipped = "already_shipped",
        /// Something was invoiced and not credited: credit it first.
        AlreadyInvoiced = "already_invoiced",
        /// A payment was captured and not refunded: refund it first.
        AlreadyPaid = "already_paid",
        /// Nothing was shipped or invoiced: cancel instead.
        NothingFulfilled = "nothing_fulfilled",
        /// Not every line is settled.
        NotSettled = "not_settled",
        /// Every line is settled.
        Settled = "settled",
    }
}

/// What the lifecycle needs to know about an order and its actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// Actions the actor has no permission for.
    pub forbidden: Vec<Action>,
    /// At least one line that is not text.
    pub has_lines: bool,
    /// Every quantity is above zero and on its unit's step.
    pub quantities_valid: bool,
    /// Every line has a price.
    pub all_priced: bool,
    /// A shipping address is known, or nothing is shipped.
    pub has_ship_to: bool,
    /// A billing address is known.
    pub has_bill_to: bool,
    /// The customer may order.
    pub customer_active: bool,
    /// The customer's order number clashes and the policy refuses that.
    pub duplicate_customer_po: bool,
    /// The requested date is before the order date.
    pub requested_before_order: bool,
    /// A discount is beyond the actor's authority and no policy sends it to approval.
    pub discount_exceeded: bool,
    /// A policy matches, so submitting leads to approval.
    pub approval_required: bool,
    /// Approvals not decided yet.
    pub approvals_outstanding: u32,
    /// The actor submitted the order and policy asks for a second pair of eyes.
    pub actor_is_submitter: bool,
    /// The actor's role and limit reach for the approval.
    pub actor_may_approve: bool,
    /// The order is still what was submitted.
    pub snapshot_unchanged: bool,
    /// Active holds.
    pub holds: u32,
    /// Whether one of them blocks shipping the whole order.
    pub ship_blocked: bool,
    /// Something was shipped.
    pub any_shipped: bool,
    /// Something is invoiced and not credited.
    pub any_invoiced: bool,
    /// A payment is captured and not refunded.
    pub any_paid: bool,
    /// Something is still to be shipped or performed.
    pub any_open: bool,
    /// Some line has a quantity that can be cancelled.
    pub any_cancellable: bool,
    /// Every line is settled (2.1, T10).
    pub settled: bool,
}

impl OrderFacts {
    /// A state in which nothing stands in the way of the usual next step; tests and callers adjust it.
    pub fn new(lifecycle: Lifecycle) -> OrderFacts {
        OrderFacts {
            lifecycle,
            forbidden: Vec::new(),
            has_lines: true,
            quantities_valid: true,
            all_priced: true,
            has_ship_to: true,
            has_bill_to: true,
            customer_active: true,
            duplicate_customer_po: false,
            requested_before_order: false,
            discount_exceeded: false,
            approval_required: false,
            approvals_outstanding: 0,
            actor_is_submitter: false,
            actor_may_approve: true,
            snapshot_unchanged: true,
            holds: 0,
            ship_blocked: false,
            any_shipped: false,
            any_invoiced: false,
            any_paid: false,
            any_open: true,
            any_cancellable: true,
            settled: false,
        }
    }
}

/// An action and whether it is possible now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct ActionState {
    /// The action.
    pub action: Action,
    /// Whether it is possible.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Refusal>,
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
            }
        })
        .collect()
}

impl Action {
    /// Whether it happens by itself rather than by request.
    pub fn is_automatic(self) -> bool {
        matches!(self, Action::Complete | Action::Reopen)
    }
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
        Action::Approve
        | Action::Reject
        | Action::Deliver
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
        Action::Edit => Err(Refusal::LockedByApproval),
        Action::Submit
        | Action::Discard
        | Action::Deliver
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
        | Action::Reopen => Err(Refusal::WrongState),
    }
}

fn completed_step(action: Action) -> Result<Step, Refusal> {
    match action {
        Action::Duplicate => Ok(stay),
        Action::Release => Ok(release),
        Action::Reopen => Ok(reopen),
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
        | Action::Complete => Err(Refusal::WrongState),
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
        | Action::CancelLineQuantity
        | Action::Cancel
        | Action::Discard
        | Action::ShortClose
        | Action::Complete
        | Action::Reopen => Err(Refusal::WrongState),
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

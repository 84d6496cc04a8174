//! What the lifecycle needs to know about an order.

use chrono::{DateTime, Utc};

use super::holds::{Activity, Hold, blocking};
use super::ledger::LineLedger;
use super::state::Lifecycle;
use super::verbs::Action;

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
    /// The day until which the offer held has passed.
    pub offer_expired: bool,
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
            offer_expired: false,
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

    /// Fills in what follows from the lines (text lines left out).
    #[must_use]
    pub fn with_lines(mut self, lines: &[LineLedger]) -> OrderFacts {
        let any = |test: fn(&LineLedger) -> bool| lines.iter().any(test);
        self.has_lines = !lines.is_empty();
        self.any_shipped = any(|line| !line.shipped.is_zero());
        self.any_invoiced = any(|line| !line.invoiced_net().is_zero());
        self.any_open = any(|line| !line.open().is_zero());
        self.any_cancellable = any(|line| !line.cancellable().is_zero());
        self.settled = !lines.is_empty() && lines.iter().all(LineLedger::is_settled);
        self
    }

    /// Fills in what follows from the holds.
    #[must_use]
    pub fn with_holds(mut self, holds: &[Hold], now: DateTime<Utc>) -> OrderFacts {
        let active = holds.iter().filter(|hold| hold.is_active(now)).count();
        self.holds = u32::try_from(active).unwrap_or(u32::MAX);
        self.ship_blocked = !blocking(holds, Activity::Ship, None, now).is_empty();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::HoldId;
    use crate::orders::{Blocks, HoldScope, HoldType, InvoicePolicy, Refusal};

    #[test]
    fn follow_from_lines_and_holds() {
        let two = "2".parse().expect("quantity");
        let one = "1".parse().expect("quantity");
        let line = LineLedger::new(two, InvoicePolicy::Delivered, true);
        let confirmed = OrderFacts::new(Lifecycle::Confirmed);
        let fresh = confirmed.clone().with_lines(&[line]);
        assert!(fresh.any_open && fresh.any_cancellable && !fresh.any_shipped && !fresh.settled);
        let begun = confirmed
            .clone()
            .with_lines(&[line.deliver(one).expect("delivered")]);
        assert!(begun.any_shipped);
        assert_eq!(
            Lifecycle::Confirmed.apply(Action::Cancel, &begun),
            Err(Refusal::AlreadyShipped)
        );
        let done = line
            .deliver(two)
            .and_then(|line| line.invoice(two))
            .expect("done");
        let done = confirmed.clone().with_lines(&[done]);
        assert!(done.settled && done.any_invoiced && !done.any_open && !done.any_cancellable);
        assert!(!confirmed.clone().with_lines(&[]).has_lines);

        let hold = Hold {
            id: HoldId::from_uuid(uuid::Uuid::nil()),
            hold_type: HoldType::Credit,
            blocks: Blocks::Ship,
            scope: HoldScope::Order,
            expires_at: None,
            released_at: None,
        };
        let held = fresh.with_holds(&[hold], DateTime::UNIX_EPOCH);
        assert_eq!((held.holds, held.ship_blocked), (1, true));
        assert_eq!(
            Lifecycle::Confirmed.apply(Action::Deliver, &held),
            Err(Refusal::OnHold)
        );
    }
}

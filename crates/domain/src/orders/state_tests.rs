//! Tests of the lifecycle: the table of states and verbs, and every guard.

use super::*;

type Change = fn(&mut OrderFacts);

#[test]
fn the_table_of_states_and_verbs() {
    let mut table = format!("{:<22}", "");
    for state in Lifecycle::ALL {
        table += &format!("{state:<28}");
    }
    for action in Action::ALL {
        table += &format!("\n{action:<22}");
        for state in Lifecycle::ALL {
            let facts = OrderFacts {
                holds: 1,
                any_shipped: matches!(action, Action::ShortClose | Action::ReverseDelivery),
                ..OrderFacts::new(*state)
            };
            let facts = OrderFacts {
                settled: *action == Action::Complete,
                offer_expired: *action == Action::Expire,
                ..facts
            };
            let cell = match state.apply(*action, &facts) {
                Ok(next) => format!("→ {next}"),
                Err(refusal) => format!("✗ {refusal}"),
            };
            table += &format!("{cell:<28}");
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn guards_of_a_draft() {
    let cases: &[(Change, Refusal)] = &[
        (|f| f.customer_active = false, Refusal::CustomerInactive),
        (|f| f.has_lines = false, Refusal::NoLines),
        (|f| f.quantities_valid = false, Refusal::InvalidQuantity),
        (|f| f.all_priced = false, Refusal::NoPrice),
        (|f| f.has_bill_to = false, Refusal::BillToMissing),
        (|f| f.has_ship_to = false, Refusal::ShipToMissing),
        (
            |f| f.requested_before_order = true,
            Refusal::RequestedDateBeforeOrder,
        ),
        (
            |f| f.duplicate_customer_po = true,
            Refusal::DuplicateCustomerPo,
        ),
        (|f| f.discount_exceeded = true, Refusal::DiscountExceeded),
        (|f| f.offer_expired = true, Refusal::OfferExpired),
    ];
    for (change, refusal) in cases {
        let mut facts = OrderFacts::new(Lifecycle::Draft);
        change(&mut facts);
        assert_eq!(
            Lifecycle::Draft.apply(Action::Submit, &facts),
            Err(*refusal)
        );
        assert_eq!(
            Lifecycle::Draft.apply(Action::Confirm, &facts),
            Err(*refusal)
        );
        assert!(Lifecycle::Draft.apply(Action::Edit, &facts).is_ok());
    }
}

#[test]
fn an_offer_ends_by_itself_after_its_last_day_and_not_before() {
    for state in [Lifecycle::Draft, Lifecycle::PendingApproval] {
        let facts = OrderFacts::new(state);
        assert_eq!(
            state.apply(Action::Expire, &facts),
            Err(Refusal::OfferHolds)
        );
        let facts = OrderFacts {
            offer_expired: true,
            ..facts
        };
        assert_eq!(
            state.apply(Action::Expire, &facts),
            Ok(Lifecycle::Cancelled)
        );
        for refused in [Action::Confirm, Action::Approve, Action::Submit] {
            assert!(state.apply(refused, &facts).is_err(), "{refused}");
        }
        assert!(
            !allowed_actions(&facts)
                .iter()
                .any(|a| a.action == Action::Expire)
        );
    }
}

#[test]
fn approval() {
    let mut facts = OrderFacts {
        approval_required: true,
        ..OrderFacts::new(Lifecycle::Draft)
    };
    assert_eq!(
        Lifecycle::Draft.apply(Action::Submit, &facts),
        Ok(Lifecycle::PendingApproval)
    );
    assert_eq!(
        Lifecycle::Draft.apply(Action::Confirm, &facts),
        Err(Refusal::ApprovalRequired)
    );
    let pending = Lifecycle::PendingApproval;
    facts.approvals_outstanding = 2;
    assert_eq!(pending.apply(Action::Approve, &facts), Ok(pending));
    assert_eq!(
        pending.apply(Action::Confirm, &facts),
        Err(Refusal::ApprovalPending)
    );
    facts.approvals_outstanding = 1;
    assert_eq!(
        pending.apply(Action::Approve, &facts),
        Ok(Lifecycle::Confirmed)
    );
    facts.actor_is_submitter = true;
    assert_eq!(
        pending.apply(Action::Approve, &facts),
        Err(Refusal::FourEyes)
    );
    facts.actor_may_approve = false;
    assert_eq!(pending.apply(Action::Reject, &facts), Ok(Lifecycle::Draft));
    facts.actor_is_submitter = false;
    assert_eq!(
        pending.apply(Action::Approve, &facts),
        Err(Refusal::ApprovalAuthority)
    );
    assert_eq!(
        pending.apply(Action::Reject, &facts),
        Err(Refusal::ApprovalAuthority)
    );
    facts.actor_may_approve = true;
    facts.snapshot_unchanged = false;
    assert_eq!(
        pending.apply(Action::Approve, &facts),
        Err(Refusal::SnapshotChanged)
    );
}

#[test]
fn guards_of_a_confirmed_order() {
    let cases: &[(Action, Change, Refusal)] = &[
        (
            Action::Cancel,
            |f| f.any_shipped = true,
            Refusal::AlreadyShipped,
        ),
        (
            Action::Cancel,
            |f| f.any_invoiced = true,
            Refusal::AlreadyInvoiced,
        ),
        (Action::Cancel, |f| f.any_paid = true, Refusal::AlreadyPaid),
        (Action::Deliver, |f| f.ship_blocked = true, Refusal::OnHold),
        (
            Action::Deliver,
            |f| f.any_open = false,
            Refusal::NothingOpen,
        ),
        (
            Action::ReverseDelivery,
            |f| f.any_shipped = false,
            Refusal::NothingDelivered,
        ),
        (
            Action::CancelLineQuantity,
            |f| f.any_cancellable = false,
            Refusal::NothingOpen,
        ),
        (
            Action::ShortClose,
            |f| f.any_shipped = false,
            Refusal::NothingFulfilled,
        ),
        (
            Action::ShortClose,
            |f| (f.any_shipped, f.any_open) = (true, false),
            Refusal::NothingOpen,
        ),
        (Action::Release, |f| f.holds = 0, Refusal::NoHold),
        (
            Action::Hold,
            |f| f.forbidden = vec![Action::Hold],
            Refusal::Forbidden,
        ),
        // A step that does not exist is not a matter of permission.
        (
            Action::Submit,
            |f| f.forbidden = vec![Action::Submit],
            Refusal::WrongState,
        ),
    ];
    for (action, change, refusal) in cases {
        let mut facts = OrderFacts::new(Lifecycle::Confirmed);
        change(&mut facts);
        assert_eq!(
            Lifecycle::Confirmed.apply(*action, &facts),
            Err(*refusal),
            "{action}"
        );
    }
}

#[test]
fn actions_say_what_apply_would() {
    for lifecycle in Lifecycle::ALL {
        let facts = OrderFacts::new(*lifecycle);
        let actions = allowed_actions(&facts);
        let by_people = Action::ALL.iter().filter(|action| !action.is_automatic());
        assert_eq!(actions.len(), by_people.count());
        for state in actions {
            assert_eq!(state.allowed, lifecycle.apply(state.action, &facts).is_ok());
            assert_eq!(state.allowed, state.reason.is_none());
        }
    }
}

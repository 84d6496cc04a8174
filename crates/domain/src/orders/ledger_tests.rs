//! Tests of the line ledger.

use proptest::prelude::*;

use super::*;

fn quantity(n: i128) -> Quantity {
    Quantity::from_units(n * 10_000).expect("quantity")
}

fn goods(ordered: i128) -> LineLedger {
    LineLedger::new(quantity(ordered), InvoicePolicy::Delivered, true)
}

#[test]
fn delivering_and_invoicing_a_line() {
    let line = goods(10).deliver(quantity(4)).expect("4 of 10");
    assert_eq!(
        (line.open(), line.to_invoice(), line.backordered()),
        (quantity(6), quantity(4), quantity(6))
    );
    let refused = line.deliver(quantity(7)).expect_err("7 of 6");
    assert_eq!(
        (refused.problem, refused.possible),
        (LedgerProblem::ShippedTooMuch, quantity(6))
    );
    let line = line.invoice(quantity(4)).expect("invoiced");
    assert_eq!(
        line.invoice(quantity(1)).expect_err("over").problem,
        LedgerProblem::InvoicedTooMuch
    );
    assert!(!line.is_settled());
    assert!(line.cancel_rest().is_settled());
}

#[test]
fn cancelling_releases_what_is_reserved() {
    let line = goods(10).reserve(quantity(8)).expect("reserved");
    let line = line.cancel(quantity(5)).expect("cancelled");
    assert_eq!(
        (line.reserved, line.backordered()),
        (quantity(5), quantity(0))
    );
    let line = line.ship(quantity(5)).expect("shipped");
    assert_eq!(
        (line.reserved, line.cancellable()),
        (quantity(0), quantity(0))
    );
    assert_eq!(
        line.cancel(quantity(1)).expect_err("shipped").problem,
        LedgerProblem::CancelledTooMuch
    );
    assert_eq!(
        line.cancel(quantity(0)).expect_err("zero").problem,
        LedgerProblem::Zero
    );
}

#[test]
fn invoiced_lines_cannot_be_cancelled_below_their_invoice() {
    let line = LineLedger::new(quantity(10), InvoicePolicy::Ordered, true)
        .invoice(quantity(7))
        .expect("invoiced");
    assert_eq!(line.cancellable(), quantity(3));
}

#[test]
fn an_exchange_is_not_a_credit() {
    let line = goods(2)
        .deliver(quantity(2))
        .and_then(|l| l.invoice(quantity(2)))
        .expect("done");
    let exchanged = line.take_back(quantity(1), false).expect("exchange");
    assert_eq!(
        (exchanged.to_credit(), exchanged.is_settled()),
        (quantity(0), true)
    );
    let refunded = line.take_back(quantity(1), true).expect("refund");
    assert_eq!(
        (refunded.to_credit(), refunded.is_settled()),
        (quantity(1), false)
    );
    assert!(refunded.credit(quantity(1)).expect("credited").is_settled());
    assert_eq!(
        line.take_back(quantity(3), true)
            .expect_err("3 of 2")
            .problem,
        LedgerProblem::ReturnedTooMuch
    );
}

#[test]
fn subscriptions_do_not_wait_for_a_delivery() {
    let line = LineLedger::new(quantity(1), InvoicePolicy::Ordered, false);
    assert!(!line.is_settled());
    assert!(line.invoice(quantity(1)).expect("invoiced").is_settled());
    let appointment = LineLedger::new(quantity(1), InvoicePolicy::Delivered, false);
    assert!(!appointment.is_settled());
}

#[test]
fn tolerance_allows_over_shipping() {
    let line = LineLedger {
        over_ship_tolerance: quantity(1),
        ..goods(10)
    };
    let line = line.ship(quantity(11)).expect("within tolerance");
    assert_eq!(
        (line.open(), line.to_invoice()),
        (quantity(0), quantity(11))
    );
    assert!(line.check().is_ok());
    assert!(
        LineLedger {
            over_ship_tolerance: quantity(0),
            ..line
        }
        .check()
        .is_err()
    );
}

#[test]
fn a_delivery_taken_back_leaves_the_line_as_it_was() {
    let reserved = goods(10).reserve(quantity(10)).expect("10 in stock");
    let back = reserved
        .deliver(quantity(4))
        .and_then(|line| line.undeliver(quantity(4)));
    assert_eq!(back, Ok(reserved));
    let invoiced = goods(2)
        .deliver(quantity(2))
        .and_then(|line| line.invoice(quantity(2)))
        .expect("all");
    let back = invoiced.undeliver(quantity(1)).expect("1 of 2");
    assert_eq!((back.to_credit(), back.is_settled()), (quantity(1), false));
}

#[test]
fn no_more_is_taken_back_than_was_delivered_and_not_returned() {
    let line = goods(10)
        .deliver(quantity(4))
        .and_then(|line| line.take_back(quantity(1), true))
        .expect("4, 1 back");
    let refused = line.undeliver(quantity(4)).expect_err("4 of 3");
    assert_eq!(
        (refused.problem, refused.possible),
        (LedgerProblem::ReversedTooMuch, quantity(3))
    );
    assert_eq!(
        goods(1)
            .undeliver(quantity(0))
            .map_err(|error| error.problem),
        Err(LedgerProblem::Zero)
    );
}

proptest! {
    #[test]
    fn any_history_keeps_the_invariants(
        ordered in 0_i128..30,
        ordered_policy: bool,
        shippable: bool,
        steps in prop::collection::vec((0_u8..9, 0_i128..12), 0..30),
    ) {
        let policy = if ordered_policy { InvoicePolicy::Ordered } else { InvoicePolicy::Delivered };
        let mut line = LineLedger::new(quantity(ordered), policy, shippable);
        for (kind, n) in steps {
            let n = quantity(n);
            let next = match kind {
                0 => line.cancel(n),
                1 => line.reserve(n),
                2 => line.ship(n),
                3 => line.arrive(n),
                4 => line.deliver(n),
                5 => line.invoice(n),
                6 => line.credit(n),
                7 => line.undeliver(n),
                _ => line.take_back(n, n > quantity(5)),
            };
            line = next.unwrap_or(line);
            prop_assert!(line.check().is_ok(), "{line:?}");
            prop_assert!(line.reserved <= line.open(), "{line:?}");
            prop_assert!(line.to_invoice().is_zero() || line.to_credit().is_zero());
        }
    }
}

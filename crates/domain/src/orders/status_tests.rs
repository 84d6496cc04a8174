//! The published status vectors and the rules they leave open.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    lines: Vec<LineLedger>,
    due: Amount,
    captured: Amount,
    refunded: Amount,
    expect: Expect,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Expect {
    fulfilment: FulfilmentStatus,
    invoice: InvoiceStatus,
    payment: PaymentStatus,
    returns: ReturnStatus,
    has_backorder: bool,
    lifecycle: Lifecycle,
}

#[test]
fn vectors() {
    let file: File =
        serde_json::from_str(include_str!("../../vectors/status.json")).expect("vectors");
    assert_eq!(file.vectors.len(), 9);
    for vector in file.vectors {
        let payments = PaymentFacts {
            due: vector.due,
            captured: vector.captured,
            refunded: vector.refunded,
        };
        let statuses = Statuses::derive(&vector.lines, payments);
        let found = Expect {
            fulfilment: statuses.fulfilment,
            invoice: statuses.invoice,
            payment: statuses.payment,
            returns: statuses.returns,
            has_backorder: statuses.has_backorder,
            lifecycle: statuses.settle(Lifecycle::Confirmed),
        };
        assert_eq!(found, vector.expect, "{}", vector.name);
        assert!(
            vector.lines.iter().all(|line| line.check().is_ok()),
            "{}",
            vector.name
        );
    }
}

#[test]
fn payments() {
    for (due, captured, refunded, expected) in [
        ("0", "0", "0", PaymentStatus::NotDue),
        ("10", "0", "0", PaymentStatus::Unpaid),
        ("10", "4", "0", PaymentStatus::Partial),
        ("10", "10", "0", PaymentStatus::Paid),
        ("10", "10.01", "0", PaymentStatus::Overpaid),
        ("10", "15", "5", PaymentStatus::PartiallyRefunded),
        ("10", "15", "8", PaymentStatus::Partial),
        ("10", "10", "10", PaymentStatus::Unpaid),
        ("0", "10", "10", PaymentStatus::Refunded),
        ("-5", "10", "10", PaymentStatus::Refunded),
        ("0", "10", "0", PaymentStatus::Overpaid),
    ] {
        let amount = |text: &str| text.parse().expect("amount");
        let facts = PaymentFacts {
            due: amount(due),
            captured: amount(captured),
            refunded: amount(refunded),
        };
        assert_eq!(payment(facts), expected, "{facts:?}");
    }
}

#[test]
fn quantities_of_different_units_never_mix() {
    // 250 000 mm shipped and 2 pieces open: almost all by sum, but the pieces are missing.
    let line = |ordered: &str| {
        LineLedger::new(
            ordered.parse().expect("quantity"),
            InvoicePolicy::Delivered,
            true,
        )
    };
    let all = line("250000")
        .deliver("250000".parse().expect("quantity"))
        .expect("shipped");
    let statuses = Statuses::derive(&[all, line("2")], PaymentFacts::default());
    assert_eq!(statuses.fulfilment, FulfilmentStatus::Partial);
    assert!(!statuses.settled);
}

#[test]
fn completing_and_reopening() {
    let one = "1".parse().expect("quantity");
    let done = LineLedger::new(one, InvoicePolicy::Delivered, true)
        .deliver(one)
        .and_then(|l| l.invoice(one))
        .expect("done");
    let settled = Statuses::derive(&[done], PaymentFacts::default());
    assert_eq!(settled.settle(Lifecycle::Confirmed), Lifecycle::Completed);
    assert_eq!(settled.settle(Lifecycle::Draft), Lifecycle::Draft);
    let returned = Statuses::derive(
        &[done.take_back(one, true).expect("back")],
        PaymentFacts::default(),
    );
    assert_eq!(
        (returned.invoice, returned.settle(Lifecycle::Completed)),
        (InvoiceStatus::ToCredit, Lifecycle::Confirmed)
    );
    assert!(!Statuses::derive(&[], PaymentFacts::default()).settled);
}

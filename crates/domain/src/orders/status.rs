//! The four statuses derived from the line ledgers and the payments: per line, exact, without percentages.

use serde::{Deserialize, Serialize};

use super::ledger::{InvoicePolicy, LineLedger};
use super::state::Lifecycle;
use crate::money::Amount;
use crate::scalar::string_enum;

string_enum! {
    /// How far shipping is.
    pub enum FulfilmentStatus {
        /// Nothing has to be shipped.
        NotApplicable = "not_applicable",
        /// Nothing shipped yet.
        Unfulfilled = "unfulfilled",
        /// Something shipped, something open.
        Partial = "partial",
        /// Everything shipped.
        Shipped = "shipped",
        /// Everything arrived.
        Delivered = "delivered",
    }
}

string_enum! {
    /// How far invoicing is.
    pub enum InvoiceStatus {
        /// Nothing may be invoiced and nothing was.
        NothingToInvoice = "nothing_to_invoice",
        /// Something may be invoiced and nothing is.
        ToInvoice = "to_invoice",
        /// Part of it is invoiced.
        Partial = "partial",
        /// All of it is invoiced.
        Invoiced = "invoiced",
        /// More is invoiced than may be.
        ToCredit = "to_credit",
        /// Everything invoiced was credited.
        Credited = "credited",
    }
}

string_enum! {
    /// How far payment is.
    pub enum PaymentStatus {
        /// Nothing posted yet.
        NotDue = "not_due",
        /// Nothing paid.
        Unpaid = "unpaid",
        /// Part of it paid.
        Partial = "partial",
        /// Paid.
        Paid = "paid",
        /// More paid than due.
        Overpaid = "overpaid",
        /// Paid, and part of an earlier payment given back.
        PartiallyRefunded = "partially_refunded",
        /// Everything given back.
        Refunded = "refunded",
    }
}

string_enum! {
    /// How far returns are.
    pub enum ReturnStatus {
        /// None.
        None = "none",
        /// Approved, nothing back yet.
        Requested = "requested",
        /// Part of what was shipped is back.
        Partial = "partial",
        /// All of it is back.
        Returned = "returned",
    }
}

/// Money that moved for an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaymentFacts {
    /// Posted invoices − posted credit notes.
    pub due: Amount,
    /// Captured payments.
    pub captured: Amount,
    /// Refunded payments.
    pub refunded: Amount,
}

/// The derived statuses of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct Statuses {
    /// Shipping.
    pub fulfilment: FulfilmentStatus,
    /// Invoicing.
    pub invoice: InvoiceStatus,
    /// Payment.
    pub payment: PaymentStatus,
    /// Returns.
    pub returns: ReturnStatus,
    /// Some line waits for stock.
    pub has_backorder: bool,
    /// Every line is settled: the order completes (or, if not, reopens).
    pub settled: bool,
}

impl Statuses {
    /// Derives everything from a confirmed order's lines (text lines left out) and payments.
    pub fn derive(lines: &[LineLedger], payments: PaymentFacts) -> Statuses {
        Statuses {
            fulfilment: fulfilment(lines),
            invoice: invoice(lines),
            payment: payment(payments),
            returns: returns(lines),
            has_backorder: lines.iter().any(|line| !line.backordered().is_zero()),
            settled: !lines.is_empty() && lines.iter().all(LineLedger::is_settled),
        }
    }

    /// The automatic steps (T10, T11): completes a confirmed order, reopens a completed one, leaves the rest alone.
    pub fn settle(&self, lifecycle: Lifecycle) -> Lifecycle {
        match lifecycle {
            Lifecycle::Confirmed if self.settled => Lifecycle::Completed,
            Lifecycle::Completed if !self.settled => Lifecycle::Confirmed,
            Lifecycle::Draft
            | Lifecycle::PendingApproval
            | Lifecycle::Confirmed
            | Lifecycle::Completed
            | Lifecycle::Closed
            | Lifecycle::Cancelled => lifecycle,
        }
    }
}

fn fulfilment(lines: &[LineLedger]) -> FulfilmentStatus {
    let shippable = || lines.iter().filter(|line| line.shippable);
    if shippable().next().is_none() {
        return FulfilmentStatus::NotApplicable;
    }
    if shippable().all(|line| line.shipped.is_zero()) {
        return FulfilmentStatus::Unfulfilled;
    }
    if shippable().any(|line| !line.open().is_zero()) {
        return FulfilmentStatus::Partial;
    }
    if shippable().all(|line| line.delivered >= line.shipped) {
        FulfilmentStatus::Delivered
    } else {
        FulfilmentStatus::Shipped
    }
}

fn invoice(lines: &[LineLedger]) -> InvoiceStatus {
    let any = |test: fn(&LineLedger) -> bool| lines.iter().any(test);
    if any(|line| !line.to_credit().is_zero()) {
        return InvoiceStatus::ToCredit;
    }
    let to_invoice = any(|line| !line.to_invoice().is_zero());
    let ever_invoiced = any(|line| !line.invoiced.is_zero());
    let still_invoiced = any(|line| !line.invoiced_net().is_zero());
    // What is billed on delivery may become billable as long as something is open.
    let may_come =
        any(|line| line.invoice_policy == InvoicePolicy::Delivered && !line.open().is_zero());
    match (ever_invoiced, still_invoiced, to_invoice) {
        (false, _, false) => InvoiceStatus::NothingToInvoice,
        (false, _, true) | (true, false, true) => InvoiceStatus::ToInvoice,
        (true, false, false) => InvoiceStatus::Credited,
        (true, true, true) => InvoiceStatus::Partial,
        (true, true, false) if may_come => InvoiceStatus::Partial,
        (true, true, false) => InvoiceStatus::Invoiced,
    }
}

fn payment(facts: PaymentFacts) -> PaymentStatus {
    let PaymentFacts {
        due,
        captured,
        refunded,
    } = facts;
    // Captured and refunded are far inside the range; a difference that is not would be an overpayment anyway.
    let kept = captured.checked_sub(refunded).unwrap_or(captured);
    let gave_back = !refunded.is_zero();
    if kept.is_zero() && gave_back && due <= Amount::ZERO {
        return PaymentStatus::Refunded;
    }
    if kept > due.max(Amount::ZERO) {
        return PaymentStatus::Overpaid;
    }
    if due <= Amount::ZERO {
        return PaymentStatus::NotDue;
    }
    if kept < due {
        return if kept <= Amount::ZERO {
            PaymentStatus::Unpaid
        } else {
            PaymentStatus::Partial
        };
    }
    if gave_back {
        PaymentStatus::PartiallyRefunded
    } else {
        PaymentStatus::Paid
    }
}

fn returns(lines: &[LineLedger]) -> ReturnStatus {
    if lines.iter().all(|line| line.returned.is_zero()) {
        let requested = lines.iter().any(|line| !line.return_requested.is_zero());
        return if requested {
            ReturnStatus::Requested
        } else {
            ReturnStatus::None
        };
    }
    if lines.iter().all(|line| line.returned >= line.shipped) {
        ReturnStatus::Returned
    } else {
        ReturnStatus::Partial
    }
}

#[cfg(test)]
mod tests {
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
}

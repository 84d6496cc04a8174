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
#[path = "status_tests.rs"]
mod tests;

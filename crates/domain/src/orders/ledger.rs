//! The quantities of one order line: the single source of every derived status. All arithmetic is exact and per line.

use serde::{Deserialize, Serialize};

use crate::money::Quantity;
use crate::scalar::string_enum;

string_enum! {
    /// What may be invoiced.
    pub enum InvoicePolicy {
        /// What was ordered.
        Ordered = "ordered",
        /// What was delivered.
        Delivered = "delivered",
    }
}

string_enum! {
    /// Which rule a change of quantities breaks.
    pub enum LedgerProblem {
        /// More cancelled than ordered, or than is still free.
        CancelledTooMuch = "cancel_exceeds_open",
        /// More shipped than ordered, cancellations and tolerance considered.
        ShippedTooMuch = "over_delivery",
        /// More delivered than shipped.
        DeliveredTooMuch = "delivered_exceeds_shipped",
        /// More taken back of deliveries than was delivered and is still with the customer.
        ReversedTooMuch = "reversal_exceeds_delivered",
        /// More returned (or requested back) than shipped.
        ReturnedTooMuch = "return_exceeds_shipped",
        /// More returns credited than returned.
        ReturnCreditedTooMuch = "return_credit_exceeds_returned",
        /// More invoiced than billable.
        InvoicedTooMuch = "over_invoice",
        /// More credited than invoiced.
        CreditedTooMuch = "credit_exceeds_invoiced",
        /// More reserved and picked than open.
        ReservedTooMuch = "reservation_exceeds_open",
        /// A quantity leaves its range.
        OutOfRange = "quantity_out_of_range",
        /// A change by nothing.
        Zero = "quantity_zero",
    }
}

/// A refused change and the quantity that would have been possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: at most {possible}")]
pub struct LedgerError {
    /// What is wrong.
    pub problem: LedgerProblem,
    /// The most that would be accepted.
    pub possible: Quantity,
}

/// The ledger of a line, in its order unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct LineLedger {
    /// Ordered.
    pub ordered: Quantity,
    /// Cancelled of that.
    pub cancelled: Quantity,
    /// Reserved in stock.
    pub reserved: Quantity,
    /// Picked.
    pub picked: Quantity,
    /// Shipped (performed, for a service).
    pub shipped: Quantity,
    /// Known to have arrived.
    pub delivered: Quantity,
    /// Come back.
    pub returned: Quantity,
    /// Approved to come back and not here yet.
    pub return_requested: Quantity,
    /// Returned with a refund or credit as the outcome.
    pub return_credited: Quantity,
    /// On posted invoices.
    pub invoiced: Quantity,
    /// On posted credit notes.
    pub credited: Quantity,
    /// How much may be shipped beyond the order.
    pub over_ship_tolerance: Quantity,
    /// What may be invoiced.
    pub invoice_policy: InvoicePolicy,
    /// Whether it has to be shipped.
    pub shippable: bool,
}

impl Default for LineLedger {
    fn default() -> Self {
        LineLedger::new(Quantity::ZERO, InvoicePolicy::Delivered, true)
    }
}

impl LineLedger {
    /// A line nothing has happened to yet.
    pub fn new(ordered: Quantity, invoice_policy: InvoicePolicy, shippable: bool) -> LineLedger {
        let zero = Quantity::ZERO;
        LineLedger {
            ordered,
            cancelled: zero,
            reserved: zero,
            picked: zero,
            shipped: zero,
            delivered: zero,
            returned: zero,
            return_requested: zero,
            return_credited: zero,
            invoiced: zero,
            credited: zero,
            over_ship_tolerance: zero,
            invoice_policy,
            shippable,
        }
    }

    /// Still wanted: ordered − cancelled.
    pub fn wanted(&self) -> Quantity {
        self.ordered.saturating_sub(self.cancelled)
    }

    /// Still to be shipped or performed.
    pub fn open(&self) -> Quantity {
        self.wanted().saturating_sub(self.shipped)
    }

    /// What may be on invoices in all.
    pub fn billable(&self) -> Quantity {
        let basis = match self.invoice_policy {
            InvoicePolicy::Ordered => self.wanted(),
            InvoicePolicy::Delivered => self.shipped,
        };
        basis.saturating_sub(self.return_credited)
    }

    /// Invoiced − credited.
    pub fn invoiced_net(&self) -> Quantity {
        self.invoiced.saturating_sub(self.credited)
    }

    /// What the next invoice takes.
    pub fn to_invoice(&self) -> Quantity {
        self.billable().saturating_sub(self.invoiced_net())
    }

    /// What has to be credited.
    pub fn to_credit(&self) -> Quantity {
        self.invoiced_net().saturating_sub(self.billable())
    }

    /// Open and neither reserved nor picked; only shippable lines wait for stock.
    pub fn backordered(&self) -> Quantity {
        if self.shippable {
            self.open()
                .saturating_sub(self.reserved)
                .saturating_sub(self.picked)
        } else {
            Quantity::ZERO
        }
    }

    /// What can still be cancelled: neither shipped nor invoiced.
    pub fn cancellable(&self) -> Quantity {
        self.wanted()
            .saturating_sub(self.shipped.max(self.invoiced_net()))
    }

    /// Whether someone still waits for the line: goods, and services billed when done; not what is billed as ordered.
    pub fn awaits_fulfilment(&self) -> bool {
        let needed = self.shippable || self.invoice_policy == InvoicePolicy::Delivered;
        needed && !self.open().is_zero()
    }

    /// Nothing left to ship, invoice or credit.
    pub fn is_settled(&self) -> bool {
        !self.awaits_fulfilment() && self.to_invoice().is_zero() && self.to_credit().is_zero()
    }

    /// Checks every invariant (2.2).
    pub fn check(&self) -> Result<(), LedgerError> {
        let limit = self.ship_limit()?;
        let checks = [
            (
                self.cancelled,
                self.ordered,
                LedgerProblem::CancelledTooMuch,
            ),
            (self.shipped, limit, LedgerProblem::ShippedTooMuch),
            (
                self.delivered,
                self.shipped,
                LedgerProblem::DeliveredTooMuch,
            ),
            (self.returned, self.shipped, LedgerProblem::ReturnedTooMuch),
            (
                self.return_credited,
                self.returned,
                LedgerProblem::ReturnCreditedTooMuch,
            ),
            (self.credited, self.invoiced, LedgerProblem::CreditedTooMuch),
        ];
        let broken = checks.into_iter().find(|(value, limit, _)| value > limit);
        broken.map_or(Ok(()), |(_, possible, problem)| {
            Err(LedgerError { problem, possible })
        })
    }

    pub(super) fn ship_limit(&self) -> Result<Quantity, LedgerError> {
        self.wanted()
            .checked_add(self.over_ship_tolerance)
            .ok_or(OUT_OF_RANGE)
    }
}

pub(super) const OUT_OF_RANGE: LedgerError = LedgerError {
    problem: LedgerProblem::OutOfRange,
    possible: Quantity::ZERO,
};

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;

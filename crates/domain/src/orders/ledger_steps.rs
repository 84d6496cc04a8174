//! What changes a line's ledger: each step consumes it and gives the new one, or says what would have been possible.

use super::ledger::{LedgerError, LedgerProblem, LineLedger, OUT_OF_RANGE};
use crate::money::Quantity;

impl LineLedger {
    /// Cancels part of the line; reservations shrink with what is open.
    pub fn cancel(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        self.cancelled = step(
            self.cancelled,
            quantity,
            self.cancellable(),
            LedgerProblem::CancelledTooMuch,
        )?;
        self.reserved = self.reserved.min(self.open().saturating_sub(self.picked));
        Ok(self)
    }

    /// Cancels everything that is neither shipped nor invoiced; a line without such a rest stays as it is.
    #[must_use]
    pub fn cancel_rest(self) -> LineLedger {
        self.cancel(self.cancellable()).unwrap_or(self)
    }

    /// Reserves stock.
    pub fn reserve(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        self.reserved = step(
            self.reserved,
            quantity,
            self.backordered(),
            LedgerProblem::ReservedTooMuch,
        )?;
        Ok(self)
    }

    /// Ships; reservations and picks of that quantity are used up.
    pub fn ship(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        let possible = self.ship_limit()?.saturating_sub(self.shipped);
        self.shipped = step(
            self.shipped,
            quantity,
            possible,
            LedgerProblem::ShippedTooMuch,
        )?;
        let unpicked = quantity.saturating_sub(self.picked);
        self.picked = self.picked.saturating_sub(quantity);
        self.reserved = self.reserved.saturating_sub(unpicked).min(self.open());
        Ok(self)
    }

    /// Records that shipped goods arrived.
    pub fn arrive(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        let possible = self.shipped.saturating_sub(self.delivered);
        self.delivered = step(
            self.delivered,
            quantity,
            possible,
            LedgerProblem::DeliveredTooMuch,
        )?;
        Ok(self)
    }

    /// Ships and records the arrival in one step.
    pub fn deliver(self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        self.ship(quantity)?.arrive(quantity)
    }

    /// Takes back a delivery that did not happen: the goods are in stock and reserved for the line again. What came back as a return
    /// was delivered.
    pub fn undeliver(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        let possible = self
            .delivered
            .min(self.shipped.saturating_sub(self.returned));
        if quantity.is_zero() || quantity > possible {
            let problem = if quantity.is_zero() {
                LedgerProblem::Zero
            } else {
                LedgerProblem::ReversedTooMuch
            };
            return Err(LedgerError { problem, possible });
        }
        self.delivered = self.delivered.saturating_sub(quantity);
        self.shipped = self.shipped.saturating_sub(quantity);
        let free = quantity.min(self.backordered());
        self.reserved = self.reserved.checked_add(free).ok_or(OUT_OF_RANGE)?;
        Ok(self)
    }

    /// Puts a quantity on a posted invoice.
    pub fn invoice(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        self.invoiced = step(
            self.invoiced,
            quantity,
            self.to_invoice(),
            LedgerProblem::InvoicedTooMuch,
        )?;
        Ok(self)
    }

    /// Puts a quantity on a posted credit note.
    pub fn credit(mut self, quantity: Quantity) -> Result<LineLedger, LedgerError> {
        self.credited = step(
            self.credited,
            quantity,
            self.invoiced_net(),
            LedgerProblem::CreditedTooMuch,
        )?;
        Ok(self)
    }

    /// Takes goods back; `for_credit` when the outcome is a refund or credit.
    pub fn take_back(
        mut self,
        quantity: Quantity,
        for_credit: bool,
    ) -> Result<LineLedger, LedgerError> {
        let possible = self.shipped.saturating_sub(self.returned);
        self.returned = step(
            self.returned,
            quantity,
            possible,
            LedgerProblem::ReturnedTooMuch,
        )?;
        self.return_requested = self.return_requested.saturating_sub(quantity);
        if for_credit {
            self.return_credited = self
                .return_credited
                .checked_add(quantity)
                .ok_or(OUT_OF_RANGE)?;
        }
        Ok(self)
    }
}

fn step(
    from: Quantity,
    by: Quantity,
    possible: Quantity,
    problem: LedgerProblem,
) -> Result<Quantity, LedgerError> {
    if by.is_zero() {
        return Err(LedgerError {
            problem: LedgerProblem::Zero,
            possible,
        });
    }
    if by > possible {
        return Err(LedgerError { problem, possible });
    }
    from.checked_add(by).ok_or(OUT_OF_RANGE)
}

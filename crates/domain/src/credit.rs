//! Credits: the mirror of a document, amount for amount.

use crate::document::Document;
use crate::money::Amount;
use crate::totals::{LineTotals, Totals, TotalsError, totals};

/// The totals of the credit that takes a whole document back.
pub fn credit(document: &Document) -> Result<Totals, TotalsError> {
    totals(document).map(Totals::mirrored)
}

impl Totals {
    /// The same totals with every sign turned.
    #[must_use]
    pub fn mirrored(mut self) -> Totals {
        self.lines.iter_mut().for_each(LineTotals::mirror);
        for tax in &mut self.taxes {
            turn([&mut tax.base, &mut tax.tax]);
        }
        turn([
            &mut self.gross,
            &mut self.line_discount_total,
            &mut self.subtotal,
            &mut self.order_discount,
        ]);
        turn([
            &mut self.net,
            &mut self.tax,
            &mut self.total,
            &mut self.rounding_adjustment,
            &mut self.payable,
        ]);
        self
    }
}

impl LineTotals {
    fn mirror(&mut self) {
        turn(self.discounts.iter_mut());
        turn(self.taxes.iter_mut().map(|tax| &mut tax.amount));
        turn([
            &mut self.gross,
            &mut self.discount,
            &mut self.net,
            &mut self.order_discount_share,
        ]);
        turn([
            &mut self.taxable,
            &mut self.base,
            &mut self.tax,
            &mut self.total,
        ]);
    }
}

fn turn<'a>(amounts: impl IntoIterator<Item = &'a mut Amount>) {
    amounts
        .into_iter()
        .for_each(|amount| *amount = amount.negated());
}

//! The totals of a document: a pure function, exact to the minor unit, in which every column adds up.

use serde::{Deserialize, Serialize};

use crate::apportion::apportion;
use crate::document::{Discount, Document, Line, LineKind};
use crate::money::{Amount, RATE_ONE, Rate};
use crate::rounding::RoundingMode;
use crate::text::Code;
use crate::totals_check::check;
use crate::totals_tax::{LineTaxes, TaxSum, taxes};

pub use crate::totals_check::{TotalsError, TotalsProblem};

/// One tax on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct LineTaxAmount {
    /// The tax's code.
    pub code: Code,
    /// Its rate in per cent.
    pub rate: Rate,
    /// The line's part of the tax.
    pub amount: Amount,
}

/// The amounts of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct LineTotals {
    /// Quantity × unit price, rounded.
    pub gross: Amount,
    /// Each discount of the chain, rounded.
    pub discounts: Vec<Amount>,
    /// Their sum.
    pub discount: Amount,
    /// `gross − discount`: the line as printed.
    pub net: Amount,
    /// The line's share of the order discount.
    pub order_discount_share: Amount,
    /// `net − order_discount_share`; contains the tax when the price does.
    pub taxable: Amount,
    /// What tax is levied on, without tax.
    pub base: Amount,
    /// All taxes of the line.
    pub tax: Amount,
    /// The same by tax, in the line's order.
    pub taxes: Vec<LineTaxAmount>,
    /// `base + tax`.
    pub total: Amount,
}

/// One tax of the whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct TaxTotal {
    /// The tax's code.
    pub code: Code,
    /// Its rate in per cent.
    pub rate: Rate,
    /// Sum of what it is levied on, before compound taxes.
    pub base: Amount,
    /// The tax.
    pub tax: Amount,
}

/// The totals of a document. `Σ line.base = net`, `Σ line.tax = Σ taxes.tax = tax`, `net + tax = total`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Per line, in the document's order.
    pub lines: Vec<LineTotals>,
    /// Sum of the lines before any discount.
    pub gross: Amount,
    /// Sum of the line discounts.
    pub line_discount_total: Amount,
    /// `gross − line_discount_total`.
    pub subtotal: Amount,
    /// The order discount.
    pub order_discount: Amount,
    /// Everything without tax.
    pub net: Amount,
    /// Per tax and rate, in order of first appearance.
    pub taxes: Vec<TaxTotal>,
    /// All taxes.
    pub tax: Amount,
    /// `net + tax`.
    pub total: Amount,
    /// What cash rounding adds or takes; never part of net or tax.
    pub rounding_adjustment: Amount,
    /// `total + rounding_adjustment`.
    pub payable: Amount,
}

/// A line in minor units while it is being worked out.
pub(crate) struct Work {
    pub(crate) gross: i128,
    pub(crate) discounts: Vec<i128>,
    pub(crate) net: i128,
    pub(crate) share: i128,
}

impl Work {
    pub(crate) fn taxable(&self) -> i128 {
        self.net - self.share
    }
}

/// Computes the totals. Never panics: whatever does not fit is an error that names the line.
pub fn totals(document: &Document) -> Result<Totals, TotalsError> {
    check(document)?;
    let exponent = document.currency.exponent();
    let mut work = Vec::with_capacity(document.lines.len());
    for (index, line) in document.lines.iter().enumerate() {
        let mut line_work =
            line_work(line, exponent, document.rounding).ok_or(TotalsError::range(Some(index)))?;
        line_work.share = fixed_share(line, line_work.net, exponent, index)?;
        work.push(line_work);
    }
    apply_order_discount(document, &mut work).ok_or(TotalsError::range(None))?;
    let (line_taxes, sums) = taxes(document, &work)?;
    assemble(document, &work, line_taxes, sums)
}

/// `gross = round(qty × price)`, then the chain of discounts, each rounded.
fn line_work(line: &Line, exponent: u32, mode: RoundingMode) -> Option<Work> {
    if line.kind == LineKind::Text {
        return Some(Work {
            gross: 0,
            discounts: Vec::new(),
            net: 0,
            share: 0,
        });
    }
    // Quantity has 4 decimals, price 6: their product 10.
    let product = line.quantity.units().checked_mul(line.unit_price.units())?;
    let gross = mode.divide(
        product,
        crate::decimal::pow10(10_u32.checked_sub(exponent)?)?,
    )?;
    let mut net = gross;
    let mut discounts = Vec::with_capacity(line.discounts.len());
    for discount in &line.discounts {
        let amount = reduction(*discount, net, exponent, mode)?;
        net = net.checked_sub(amount)?;
        discounts.push(amount);
    }
    Some(Work {
        gross,
        discounts,
        net,
        share: 0,
    })
}

/// What a discount takes from `of`, never more than that.
fn reduction(discount: Discount, of: i128, exponent: u32, mode: RoundingMode) -> Option<i128> {
    match discount {
        Discount::Percent(rate) => mode.divide(of.checked_mul(rate.fraction_units())?, RATE_ONE),
        Discount::Amount(amount) => Some(amount.minor(exponent)?.min(of)),
    }
}

fn fixed_share(line: &Line, net: i128, exponent: u32, index: usize) -> Result<i128, TotalsError> {
    let Some(share) = line.fixed_order_discount_share else {
        return Ok(0);
    };
    let refused = TotalsError::line(index, TotalsProblem::ShareExceedsLine);
    share
        .minor(exponent)
        .filter(|share| (0..=net).contains(share))
        .ok_or(refused)
}

/// Splits the order discount over eligible lines. Frozen shares stand as they are; once there are any, a discount by
/// amount has been given out already and only a percentage reaches lines that were added since.
fn apply_order_discount(document: &Document, work: &mut [Work]) -> Option<()> {
    let Some(discount) = document.discount else {
        return Some(());
    };
    let frozen = document
        .lines
        .iter()
        .any(|line| line.fixed_order_discount_share.is_some());
    if frozen && matches!(discount, Discount::Amount(_)) {
        return Some(());
    }
    let weights: Vec<i128> = document
        .lines
        .iter()
        .zip(work.iter())
        .map(|(line, work)| {
            let open = line.discountable && line.fixed_order_discount_share.is_none();
            if open { work.net.max(0) } else { 0 }
        })
        .collect();
    let eligible = weights
        .iter()
        .try_fold(0_i128, |sum, weight| sum.checked_add(*weight))?;
    let amount = reduction(
        discount,
        eligible,
        document.currency.exponent(),
        document.rounding,
    )?;
    for ((line, share), weight) in work
        .iter_mut()
        .zip(apportion(amount, &weights)?)
        .zip(weights)
    {
        if weight > 0 {
            line.share = share;
        }
    }
    Some(())
}

fn assemble(
    document: &Document,
    work: &[Work],
    line_taxes: Vec<LineTaxes>,
    sums: Vec<TaxSum>,
) -> Result<Totals, TotalsError> {
    let exponent = document.currency.exponent();
    let amount = |minor: i128| Amount::from_minor(minor, exponent).ok_or(TotalsError::range(None));
    let sum = |of: &dyn Fn(&Work) -> i128| work.iter().map(of).sum::<i128>();
    let net: i128 = line_taxes.iter().map(|line| line.base).sum();
    let tax: i128 = line_taxes.iter().map(|line| line.tax).sum();
    let payable = cash_rounded(document, net + tax).ok_or(TotalsError::range(None))?;
    let mut lines = Vec::with_capacity(work.len());
    for (index, ((line, work), taxes)) in
        document.lines.iter().zip(work).zip(line_taxes).enumerate()
    {
        lines.push(
            line_totals(line, work, &taxes, exponent).ok_or(TotalsError::range(Some(index)))?,
        );
    }
    let mut taxes = Vec::with_capacity(sums.len());
    for sum in sums {
        taxes.push(TaxTotal {
            code: sum.code,
            rate: sum.rate,
            base: amount(sum.base)?,
            tax: amount(sum.tax)?,
        });
    }
    Ok(Totals {
        lines,
        gross: amount(sum(&|w| w.gross))?,
        line_discount_total: amount(sum(&|w| w.gross - w.net))?,
        subtotal: amount(sum(&|w| w.net))?,
        order_discount: amount(sum(&|w| w.share))?,
        net: amount(net)?,
        taxes,
        tax: amount(tax)?,
        total: amount(net + tax)?,
        rounding_adjustment: amount(payable - net - tax)?,
        payable: amount(payable)?,
    })
}

fn line_totals(line: &Line, work: &Work, taxes: &LineTaxes, exponent: u32) -> Option<LineTotals> {
    let amount = |minor| Amount::from_minor(minor, exponent);
    let discounts: Option<Vec<Amount>> =
        work.discounts.iter().map(|minor| amount(*minor)).collect();
    let parts: Option<Vec<LineTaxAmount>> = line
        .taxes
        .iter()
        .zip(&taxes.components)
        .map(|(tax, minor)| {
            Some(LineTaxAmount {
                code: tax.code.clone(),
                rate: tax.rate,
                amount: amount(*minor)?,
            })
        })
        .collect();
    Some(LineTotals {
        gross: amount(work.gross)?,
        discounts: discounts?,
        discount: amount(work.gross - work.net)?,
        net: amount(work.net)?,
        order_discount_share: amount(work.share)?,
        taxable: amount(work.taxable())?,
        base: amount(taxes.base)?,
        tax: amount(taxes.tax)?,
        taxes: parts?,
        total: amount(taxes.base + taxes.tax)?,
    })
}

fn cash_rounded(document: &Document, total: i128) -> Option<i128> {
    match document.cash_rounding {
        None => Some(total),
        Some(step) => {
            let step = step.minor(document.currency.exponent())?;
            document.rounding.divide(total, step)?.checked_mul(step)
        }
    }
}

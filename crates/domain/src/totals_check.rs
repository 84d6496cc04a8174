//! What a document must satisfy before its totals can be computed.

use crate::document::{
    DISCOUNTS_PER_LINE_MAX, Discount, Document, LINES_MAX, Line, LineKind, TAXES_PER_LINE_MAX,
};
use crate::money::{Amount, Rate};
use crate::scalar::string_enum;

string_enum! {
    /// What is wrong with a document.
    pub enum TotalsProblem {
        /// An amount leaves the range of `numeric(19,4)`.
        OutOfRange = "amount_out_of_range",
        /// More lines than `LINES_MAX`.
        TooManyLines = "too_many_lines",
        /// More discounts than `DISCOUNTS_PER_LINE_MAX`.
        TooManyDiscounts = "too_many_discounts",
        /// More taxes than `TAXES_PER_LINE_MAX`.
        TooManyTaxes = "too_many_taxes",
        /// The same tax and rate twice on one line.
        DuplicateTax = "duplicate_tax",
        /// A discount above 100 %.
        DiscountAbove100 = "discount_above_100_percent",
        /// A discount below zero.
        NegativeDiscount = "negative_discount",
        /// An amount with more decimals than the currency has.
        TooPrecise = "too_many_decimals_for_currency",
        /// A frozen share below zero or above the line's net.
        ShareExceedsLine = "order_discount_share_exceeds_line",
        /// A cash rounding step that is not above zero or finer than the currency.
        InvalidCashStep = "invalid_cash_rounding_step",
        /// A line of text with a quantity, price, discount or tax.
        TextWithAmounts = "text_line_with_amounts",
    }
}

impl TotalsProblem {
    /// The sentence for people.
    pub fn message(self) -> &'static str {
        match self {
            TotalsProblem::OutOfRange => "comes to an amount of more than 15 digits",
            TotalsProblem::TooManyLines => "has too many lines",
            TotalsProblem::TooManyDiscounts => "has too many discounts",
            TotalsProblem::TooManyTaxes => "has too many taxes",
            TotalsProblem::DuplicateTax => "names the same tax twice",
            TotalsProblem::DiscountAbove100 => "has a discount above 100 %",
            TotalsProblem::NegativeDiscount => "has a discount below zero",
            TotalsProblem::TooPrecise => "has an amount with more decimals than its currency",
            TotalsProblem::ShareExceedsLine => {
                "has a share of the order discount that does not fit the line"
            }
            TotalsProblem::InvalidCashStep => {
                "has a cash rounding step that is not a positive amount of the currency"
            }
            TotalsProblem::TextWithAmounts => {
                "is text and may not have quantity, price, discounts or taxes"
            }
        }
    }
}

/// Why the totals could not be computed, and at which line (counted from 0); no line means the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", .line.map_or("the document ".to_owned(), |line| format!("line {} ", line + 1)), .problem.message())]
pub struct TotalsError {
    /// The line's index.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: TotalsProblem,
}

impl TotalsError {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        self.problem.as_str()
    }

    pub(crate) const fn line(index: usize, problem: TotalsProblem) -> TotalsError {
        TotalsError {
            line: Some(index),
            problem,
        }
    }

    pub(crate) const fn range(line: Option<usize>) -> TotalsError {
        TotalsError {
            line,
            problem: TotalsProblem::OutOfRange,
        }
    }
}

pub(crate) fn check(document: &Document) -> Result<(), TotalsError> {
    let exponent = document.currency.exponent();
    let refuse = |problem| {
        Err(TotalsError {
            line: None,
            problem,
        })
    };
    if document.lines.len() > LINES_MAX {
        return refuse(TotalsProblem::TooManyLines);
    }
    if document
        .cash_rounding
        .is_some_and(|step| step.minor(exponent).is_none_or(|step| step <= 0))
    {
        return refuse(TotalsProblem::InvalidCashStep);
    }
    if let Some(problem) = document
        .discount
        .and_then(|discount| discount_problem(discount, exponent))
    {
        return refuse(problem);
    }
    for (index, line) in document.lines.iter().enumerate() {
        if let Some(problem) = line_problem(line, exponent) {
            return Err(TotalsError::line(index, problem));
        }
    }
    Ok(())
}

fn discount_problem(discount: Discount, exponent: u32) -> Option<TotalsProblem> {
    match discount {
        Discount::Percent(rate) => {
            (rate > Rate::hundred()).then_some(TotalsProblem::DiscountAbove100)
        }
        Discount::Amount(amount) => amount_problem(amount, exponent),
    }
}

fn amount_problem(amount: Amount, exponent: u32) -> Option<TotalsProblem> {
    match amount.minor(exponent) {
        None => Some(TotalsProblem::TooPrecise),
        Some(minor) if minor < 0 => Some(TotalsProblem::NegativeDiscount),
        Some(_) => None,
    }
}

fn line_problem(line: &Line, exponent: u32) -> Option<TotalsProblem> {
    let bare = line.quantity.is_zero()
        && line.unit_price.is_zero()
        && line.discounts.is_empty()
        && line.taxes.is_empty();
    if line.kind == LineKind::Text && !bare {
        return Some(TotalsProblem::TextWithAmounts);
    }
    if line.discounts.len() > DISCOUNTS_PER_LINE_MAX {
        return Some(TotalsProblem::TooManyDiscounts);
    }
    if line.taxes.len() > TAXES_PER_LINE_MAX {
        return Some(TotalsProblem::TooManyTaxes);
    }
    let repeated = |(i, tax): (usize, &crate::document::LineTax)| {
        line.taxes
            .iter()
            .take(i)
            .any(|earlier| earlier.code == tax.code && earlier.rate == tax.rate)
    };
    if line.taxes.iter().enumerate().any(repeated) {
        return Some(TotalsProblem::DuplicateTax);
    }
    line.discounts
        .iter()
        .find_map(|discount| discount_problem(*discount, exponent))
}

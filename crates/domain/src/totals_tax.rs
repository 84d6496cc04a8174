//! Taxes of a document: lines grouped by price mode, taxes and exemption; one rounding per tax and group.

use std::collections::HashMap;

use crate::document::{Document, LineKind, LineTax, TaxMode};
use crate::money::{Amount, Rate};
use crate::tax::{exclusive, inclusive, share};
use crate::text::Code;
use crate::totals::Work;
use crate::totals_check::TotalsError;

/// Base and tax of a line in minor units.
#[derive(Clone, Default)]
pub(crate) struct LineTaxes {
    pub(crate) base: i128,
    pub(crate) tax: i128,
    pub(crate) components: Vec<i128>,
}

/// A row of the tax summary in minor units.
pub(crate) struct TaxSum {
    pub(crate) code: Code,
    pub(crate) rate: Rate,
    pub(crate) base: i128,
    pub(crate) tax: i128,
}

/// What lines must share to be taxed together; with tax per line also the line itself.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    price_includes_tax: bool,
    taxes: &'a [LineTax],
    exemption: Option<&'a str>,
    line: Option<usize>,
}

/// Taxes of every line and the summary by tax and rate, in order of first appearance.
pub(crate) fn taxes(
    document: &Document,
    work: &[Work],
) -> Result<(Vec<LineTaxes>, Vec<TaxSum>), TotalsError> {
    let mut line_taxes = vec![LineTaxes::default(); work.len()];
    let mut sums = Summary::default();
    for (key, lines) in groups(document) {
        let amounts: Vec<i128> = lines
            .iter()
            .filter_map(|i| work.get(*i))
            .map(Work::taxable)
            .collect();
        let total: i128 = amounts.iter().sum();
        // Errors name the group's first line.
        let range = TotalsError::range(lines.first().copied());
        // A sum beyond every amount is refused before anything is multiplied with it.
        Amount::from_minor(total, document.currency.exponent()).ok_or(range)?;
        let method = if key.price_includes_tax {
            inclusive
        } else {
            exclusive
        };
        let group = method(total, key.taxes, document.rounding).ok_or(range)?;
        for (tax, amount) in key.taxes.iter().zip(&group.components) {
            sums.add(tax, group.base, *amount).ok_or(range)?;
        }
        let shares = share(&group, &amounts, key.price_includes_tax).ok_or(range)?;
        for (index, share) in lines.into_iter().zip(shares) {
            if let Some(slot) = line_taxes.get_mut(index) {
                *slot = LineTaxes {
                    base: share.base,
                    tax: share.tax,
                    components: share.components,
                };
            }
        }
    }
    Ok((line_taxes, sums.rows))
}

fn groups(document: &Document) -> Vec<(Key<'_>, Vec<usize>)> {
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    let mut groups: Vec<(Key<'_>, Vec<usize>)> = Vec::new();
    for (index, line) in document.lines.iter().enumerate() {
        if line.kind == LineKind::Text {
            continue;
        }
        let key = || Key {
            price_includes_tax: line.price_includes_tax,
            taxes: &line.taxes,
            exemption: line.exemption.as_deref(),
            line: (document.tax_mode == TaxMode::Line).then_some(index),
        };
        let group = *known.entry(key()).or_insert(groups.len());
        match groups.get_mut(group) {
            Some((_, lines)) => lines.push(index),
            None => groups.push((key(), vec![index])),
        }
    }
    groups
}

#[derive(Default)]
struct Summary {
    rows: Vec<TaxSum>,
    known: HashMap<(Code, Rate), usize>,
}

impl Summary {
    fn add(&mut self, tax: &LineTax, base: i128, amount: i128) -> Option<()> {
        let row = *self
            .known
            .entry((tax.code.clone(), tax.rate))
            .or_insert(self.rows.len());
        if row == self.rows.len() {
            self.rows.push(TaxSum {
                code: tax.code.clone(),
                rate: tax.rate,
                base: 0,
                tax: 0,
            });
        }
        let row = self.rows.get_mut(row)?;
        row.base = row.base.checked_add(base)?;
        row.tax = row.tax.checked_add(amount)?;
        Some(())
    }
}

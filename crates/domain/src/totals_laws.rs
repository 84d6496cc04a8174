//! The laws every document obeys, on random documents.

use proptest::prelude::*;

use crate::credit;
use crate::document::{Discount, Document, Line, TaxMode};
use crate::money::{Amount, Quantity, Rate, UnitPrice};
use crate::rounding::RoundingMode;
use crate::totals::{LineTotals, Totals, totals};
use crate::totals_tests::{currency, item};

/// Rates and whether they are compound.
type TaxSet = Vec<(String, bool)>;

fn tax_sets() -> impl Strategy<Value = Vec<TaxSet>> {
    let usual = [
        "0",
        "5",
        "7",
        "9.975",
        "14",
        "19",
        "20",
        "21",
        "33.333333",
        "100",
        "999.999999",
    ];
    let odd = (0_u32..100, 0_u32..1_000_000)
        .prop_map(|(whole, fraction)| format!("{whole}.{fraction:06}"));
    let rate = prop_oneof![
        prop::sample::select(usual.to_vec()).prop_map(str::to_owned),
        odd
    ];
    prop::collection::vec(prop::collection::vec((rate, any::<bool>()), 0..5), 1..4)
}

fn discount() -> impl Strategy<Value = Discount> {
    let percent =
        (0_u32..=100).prop_map(|p| Discount::Percent(p.to_string().parse().expect("rate")));
    let money =
        (0_u32..100_000).prop_map(|n| Discount::Amount(n.to_string().parse().expect("amount")));
    prop_oneof![percent, money]
}

/// A line still without taxes, and which set it takes.
fn line() -> impl Strategy<Value = (Line, prop::sample::Index)> {
    let numbers = (0_i128..10_i128.pow(7), 0_i128..10_i128.pow(10));
    let discounts = prop::collection::vec(discount(), 0..3);
    let index = any::<prop::sample::Index>();
    (
        numbers,
        any::<bool>(),
        discounts,
        prop::bool::weighted(0.8),
        index,
    )
        .prop_map(
            |((quantity, price), price_includes_tax, discounts, discountable, index)| {
                let quantity = Quantity::from_units(quantity).expect("quantity");
                let line = Line::item(quantity, UnitPrice::from_units(price).expect("price"));
                (
                    Line {
                        price_includes_tax,
                        discounts,
                        discountable,
                        ..line
                    },
                    index,
                )
            },
        )
}

/// Random documents: every price mode, compound taxes, chains, order discounts, exponents and modes.
fn documents() -> impl Strategy<Value = Document> {
    let settings = (
        0_u32..=4,
        any::<bool>(),
        any::<bool>(),
        prop::option::of(discount()),
    );
    (settings, tax_sets(), prop::collection::vec(line(), 0..12)).prop_map(
        |(settings, sets, lines)| {
            let (exponent, even, per_line, discount) = settings;
            let mut document = Document::new(currency(exponent));
            document.rounding = if even {
                RoundingMode::HalfEven
            } else {
                RoundingMode::HalfUp
            };
            document.tax_mode = if per_line {
                TaxMode::Line
            } else {
                TaxMode::Document
            };
            document.discount = discount;
            let taxed = |(line, index): (Line, prop::sample::Index)| {
                let set: Vec<(&str, bool)> = index
                    .get(&sets)
                    .iter()
                    .map(|(rate, compound)| (rate.as_str(), *compound))
                    .collect();
                Line {
                    taxes: item("0", "0", &set).taxes,
                    ..line
                }
            };
            document.lines = lines.into_iter().map(taxed).collect();
            document
        },
    )
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    amounts.fold(Amount::ZERO, |sum, amount| {
        sum.checked_add(amount).expect("in range")
    })
}

fn everything_adds_up(document: &Document, found: &Totals) {
    let of = |part: fn(&LineTotals) -> Amount| sum(found.lines.iter().map(part));
    assert_eq!(of(|line| line.base), found.net);
    assert_eq!(of(|line| line.tax), found.tax);
    assert_eq!(sum(found.taxes.iter().map(|tax| tax.tax)), found.tax);
    assert_eq!(sum([found.net, found.tax].into_iter()), found.total);
    assert_eq!(
        sum([found.total, found.rounding_adjustment].into_iter()),
        found.payable
    );
    assert_eq!(of(|line| line.gross), found.gross);
    assert_eq!(of(|line| line.net), found.subtotal);
    assert_eq!(of(|line| line.order_discount_share), found.order_discount);
    for line in &found.lines {
        assert_eq!(sum(line.taxes.iter().map(|tax| tax.amount)), line.tax);
        assert_eq!(sum(line.discounts.iter().copied()), line.discount);
        assert!(!line.taxable.is_negative() && !line.base.is_negative() && !line.tax.is_negative());
        assert!(line.gross.decimal().scale() == document.currency.exponent());
    }
    if document.lines.iter().all(|line| line.price_includes_tax) {
        let kept = found.subtotal.checked_sub(found.order_discount);
        assert_eq!(Some(found.total), kept);
    }
    for (line, found) in document.lines.iter().zip(&found.lines) {
        let charged = if line.price_includes_tax {
            found.total
        } else {
            found.base
        };
        assert_eq!(charged, found.taxable);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn laws(document in documents()) {
        let found = totals(&document).expect("in range");
        everything_adds_up(&document, &found);
        let back = credit(&document).expect("in range");
        prop_assert_eq!(sum([back.total, found.total].into_iter()), Amount::ZERO);
        prop_assert_eq!(back.mirrored(), found);
    }

    #[test]
    fn a_hundred_per_cent_off_leaves_nothing(mut document in documents()) {
        document.discount = Some(Discount::Percent(Rate::hundred()));
        document.lines.iter_mut().for_each(|line| line.discountable = true);
        let found = totals(&document).expect("in range");
        prop_assert_eq!([found.net, found.tax, found.total, found.payable], [Amount::ZERO; 4]);
    }

    #[test]
    fn extremes_never_panic(
        lines in prop::collection::vec((0_i128..10_i128.pow(15), 0_i128..10_i128.pow(15), any::<bool>(), any::<bool>()), 0..6),
        exponent in 0_u32..=4,
    ) {
        let mut document = Document::new(currency(exponent));
        document.lines = lines.into_iter().map(|(quantity, price, incl, compound)| Line {
            quantity: Quantity::from_units(quantity).expect("quantity"),
            unit_price: UnitPrice::from_units(price).expect("price"),
            price_includes_tax: incl,
            ..item("0", "0", &[("999.999999", compound); 1])
        }).collect();
        let _ = totals(&document);
    }
}

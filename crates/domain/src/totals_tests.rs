//! The published vectors and the laws every document obeys.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use crate::document::{Discount, Document, Line, LineKind, LineTax, TaxMode};
use crate::money::{Amount, Quantity, Rate, UnitPrice};
use crate::rounding::RoundingMode;
use crate::totals::{Totals, totals};
use crate::totals_check::TotalsProblem;
use crate::{Currency, credit};

#[derive(Deserialize)]
struct File {
    vectors: BTreeMap<String, Vector>,
}

#[derive(Deserialize)]
struct Vector {
    input: Input,
    out: Output,
}

#[derive(Deserialize)]
struct Input {
    lines: Vec<InputLine>,
    #[serde(default)]
    order_disc: Option<(String, String)>,
    #[serde(default)]
    e: Option<u32>,
}

#[derive(Deserialize)]
struct InputLine {
    q: Quantity,
    p: UnitPrice,
    #[serde(default)]
    dp: Option<Rate>,
    #[serde(default)]
    da: Option<Amount>,
    #[serde(default)]
    incl: bool,
    taxes: Vec<(String, Rate, bool)>,
}

#[derive(Deserialize)]
struct Output {
    lines: Vec<OutputLine>,
    order_disc: Amount,
    net: Amount,
    taxes: BTreeMap<String, (Amount, Amount)>,
    tax: Amount,
    total: Amount,
    rounding: Amount,
    payable: Amount,
}

#[derive(Deserialize, Debug, PartialEq)]
struct OutputLine {
    gross: Amount,
    line_disc: Amount,
    order_disc_share: Amount,
    base: Amount,
    tax: Amount,
}

fn currency(exponent: u32) -> Currency {
    let code = match exponent {
        0 => "JPY",
        3 => "KWD",
        4 => "CLF",
        _ => "EUR",
    };
    code.parse().expect("currency")
}

fn document(input: &Input) -> Document {
    let mut document = Document::new(currency(input.e.unwrap_or(2)));
    document.discount = input
        .order_disc
        .as_ref()
        .map(|(kind, value)| match kind.as_str() {
            "pct" => Discount::Percent(value.parse().expect("per cent")),
            _ => Discount::Amount(value.parse().expect("amount")),
        });
    let tax = |(code, rate, compound): &(String, Rate, bool)| LineTax {
        code: code.parse().expect("code"),
        rate: *rate,
        compound: *compound,
    };
    let line = |line: &InputLine| Line {
        price_includes_tax: line.incl,
        discounts: line
            .dp
            .map(Discount::Percent)
            .into_iter()
            .chain(line.da.map(Discount::Amount))
            .collect(),
        taxes: line.taxes.iter().map(tax).collect(),
        ..Line::item(line.q, line.p)
    };
    document.lines = input.lines.iter().map(line).collect();
    document
}

#[test]
fn vectors() {
    let file: File = serde_json::from_str(include_str!("../vectors/money.json")).expect("vectors");
    assert_eq!(file.vectors.len(), 9);
    for (name, vector) in file.vectors {
        let found = totals(&document(&vector.input)).expect(&name);
        let lines: Vec<OutputLine> = found
            .lines
            .iter()
            .map(|line| OutputLine {
                gross: line.gross,
                line_disc: line.discount,
                order_disc_share: line.order_discount_share,
                base: line.base,
                tax: line.tax,
            })
            .collect();
        assert_eq!(lines, vector.out.lines, "{name}");
        let key = |tax: &crate::totals::TaxTotal| {
            format!("{}@{}", tax.code, tax.rate.decimal().normalize())
        };
        let taxes: BTreeMap<_, _> = found
            .taxes
            .iter()
            .map(|tax| (key(tax), (tax.base, tax.tax)))
            .collect();
        assert_eq!(taxes, vector.out.taxes, "{name}");
        let sums = [
            found.order_discount,
            found.net,
            found.tax,
            found.total,
            found.rounding_adjustment,
            found.payable,
        ];
        let out = vector.out;
        assert_eq!(
            sums,
            [
                out.order_disc,
                out.net,
                out.tax,
                out.total,
                out.rounding,
                out.payable
            ],
            "{name}"
        );
    }
}

fn amount(text: &str) -> Amount {
    text.parse().expect("amount")
}

fn item(quantity: &str, price: &str, taxes: &[(&str, bool)]) -> Line {
    let taxes = taxes
        .iter()
        .enumerate()
        .map(|(i, (rate, compound))| LineTax {
            code: format!("T{i}").parse().expect("code"),
            rate: rate.parse().expect("rate"),
            compound: *compound,
        });
    Line {
        taxes: taxes.collect(),
        ..Line::item(
            quantity.parse().expect("quantity"),
            price.parse().expect("price"),
        )
    }
}

#[test]
fn a_chain_of_discounts_is_rounded_step_by_step() {
    let mut document = Document::new(currency(2));
    let mut line = item("1", "9.99", &[]);
    line.discounts = vec![
        Discount::Percent("10".parse().expect("rate")),
        Discount::Amount(amount("1.00")),
        Discount::Percent("33.333333".parse().expect("rate")),
        Discount::Amount(amount("100")),
    ];
    document.lines = vec![line];
    let line = totals(&document).expect("totals").lines.remove(0);
    assert_eq!(
        line.discounts,
        [
            amount("1.00"),
            amount("1.00"),
            amount("2.66"),
            amount("5.33")
        ]
    );
    assert_eq!((line.discount, line.net), (amount("9.99"), amount("0.00")));
}

#[test]
fn charges_stay_outside_the_order_discount_and_text_outside_everything() {
    let mut document = Document::new(currency(2));
    document.discount = Some(Discount::Percent("50".parse().expect("rate")));
    let charge = Line {
        kind: LineKind::Charge,
        discountable: false,
        ..item("1", "10", &[("20", false)])
    };
    document.lines = vec![Line::text(), item("1", "10", &[("20", false)]), charge];
    let found = totals(&document).expect("totals");
    assert_eq!(
        (found.order_discount, found.net, found.tax),
        (amount("5.00"), amount("15.00"), amount("3.00"))
    );
    assert_eq!(
        found.lines.first().map(|line| line.total),
        Some(amount("0.00"))
    );
}

#[test]
fn cash_rounding_stays_apart() {
    let mut document = Document::new("CHF".parse().expect("CHF"));
    document.cash_rounding = Some(amount("0.05"));
    document.lines = vec![item("1", "9.98", &[("8.1", false)])];
    let found = totals(&document).expect("totals");
    assert_eq!(
        (found.total, found.rounding_adjustment, found.payable),
        (amount("10.79"), amount("0.01"), amount("10.80"))
    );
}

#[test]
fn frozen_shares_stand() {
    let mut document = Document::new(currency(2));
    document.discount = Some(Discount::Amount(amount("10.00")));
    document.lines = vec![
        item("1", "10", &[]),
        item("1", "10", &[]),
        item("1", "10", &[]),
    ];
    for (line, share) in document.lines.iter_mut().zip(["3.34", "3.33", "3.33"]) {
        line.fixed_order_discount_share = Some(amount(share));
    }
    // The last line is cancelled and takes its share with it; the others keep theirs.
    document.lines.pop();
    document.lines.push(item("1", "50", &[]));
    let found = totals(&document).expect("totals");
    assert_eq!(
        (found.order_discount, found.net),
        (amount("6.67"), amount("63.33"))
    );
    document.discount = Some(Discount::Percent("10".parse().expect("rate")));
    assert_eq!(
        totals(&document).map(|t| t.order_discount),
        Ok(amount("11.67"))
    );
    if let Some(line) = document.lines.first_mut() {
        line.fixed_order_discount_share = Some(amount("10.01"));
    }
    let refused = totals(&document).expect_err("share above the line");
    assert_eq!(
        (refused.line, refused.problem),
        (Some(0), TotalsProblem::ShareExceedsLine)
    );
}

#[test]
fn exemptions_and_price_modes_are_separate_groups() {
    let mut document = Document::new(currency(2));
    let incl = |line: Line| Line {
        price_includes_tax: true,
        ..line
    };
    let exempt = |line: Line| Line {
        exemption: Some("export".into()),
        ..line
    };
    let line = || item("1", "0.03", &[("19", false)]);
    document.lines = vec![line(), incl(line()), exempt(line()), line()];
    let found = totals(&document).expect("totals");
    // 0.06 → 0.01; inside 0.03 → 0.00; 0.03 → 0.01.
    assert_eq!(
        (found.taxes.len(), found.tax, found.net),
        (1, amount("0.02"), amount("0.12"))
    );
    document.tax_mode = TaxMode::Line;
    assert_eq!(totals(&document).map(|t| t.tax), Ok(amount("0.03")));
}

#[test]
fn bad_documents_are_refused_by_line() {
    type Change = fn(&mut Document);
    let cases: &[(Change, Option<usize>, TotalsProblem)] = &[
        (
            |d| d.lines[1].unit_price = "999999999".parse().expect("price"),
            Some(1),
            TotalsProblem::OutOfRange,
        ),
        (
            |d| d.lines[1].discounts = vec![Discount::Percent("100.000001".parse().expect("rate"))],
            Some(1),
            TotalsProblem::DiscountAbove100,
        ),
        (
            |d| d.lines[1].discounts = vec![Discount::Amount(amount("-1"))],
            Some(1),
            TotalsProblem::NegativeDiscount,
        ),
        (
            |d| d.lines[1].discounts = vec![Discount::Amount(amount("0.001"))],
            Some(1),
            TotalsProblem::TooPrecise,
        ),
        (
            |d| d.lines[1].discounts = vec![Discount::Amount(amount("0")); 11],
            Some(1),
            TotalsProblem::TooManyDiscounts,
        ),
        (
            |d| d.lines[1].taxes.extend_from_within(..),
            Some(1),
            TotalsProblem::DuplicateTax,
        ),
        (
            |d| d.lines[1].taxes = vec![d.lines[1].taxes[0].clone(); 11],
            Some(1),
            TotalsProblem::TooManyTaxes,
        ),
        (
            |d| d.lines[1].kind = LineKind::Text,
            Some(1),
            TotalsProblem::TextWithAmounts,
        ),
        (
            |d| d.discount = Some(Discount::Amount(amount("-1"))),
            None,
            TotalsProblem::NegativeDiscount,
        ),
        (
            |d| d.cash_rounding = Some(amount("0")),
            None,
            TotalsProblem::InvalidCashStep,
        ),
        (
            |d| d.cash_rounding = Some(amount("0.005")),
            None,
            TotalsProblem::InvalidCashStep,
        ),
        (
            |d| d.lines = vec![Line::text(); 10_001],
            None,
            TotalsProblem::TooManyLines,
        ),
    ];
    for (change, line, problem) in cases {
        let mut document = Document::new(currency(2));
        document.lines = vec![
            item("1", "1", &[]),
            item("99999999999", "1", &[("20", false)]),
        ];
        change(&mut document);
        let refused = totals(&document).expect_err(problem.as_str());
        assert_eq!(
            (refused.line, refused.problem),
            (*line, *problem),
            "{refused}"
        );
    }
}

/// Random documents: every price mode, compound taxes, chains, order discounts, exponents and modes.
fn documents() -> impl Strategy<Value = Document> {
    let rate = prop_oneof![
        prop::sample::select(vec![
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
            "999.999999"
        ])
        .prop_map(str::to_owned),
        (0_u32..100, 0_u32..1_000_000)
            .prop_map(|(whole, fraction)| format!("{whole}.{fraction:06}")),
    ];
    let sets = prop::collection::vec(prop::collection::vec((rate, any::<bool>()), 0..5), 1..4);
    let percent =
        (0_u32..=100).prop_map(|p| Discount::Percent(p.to_string().parse().expect("rate")));
    let money =
        (0_u32..100_000).prop_map(|n| Discount::Amount(n.to_string().parse().expect("amount")));
    let discount = prop_oneof![percent, money].boxed();
    let line = (
        0_i128..10_i128.pow(7),
        0_i128..10_i128.pow(10),
        any::<bool>(),
        any::<prop::sample::Index>(),
        prop::collection::vec(discount.clone(), 0..3),
        prop::bool::weighted(0.8),
    );
    let settings = (
        0_u32..=4,
        any::<bool>(),
        any::<bool>(),
        prop::option::of(discount),
    );
    (settings, sets, prop::collection::vec(line, 0..12)).prop_map(
        |((exponent, even, per_line, discount), sets, lines)| {
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
            let line = |(quantity, price, incl, set, discounts, discountable): (
                i128,
                i128,
                bool,
                prop::sample::Index,
                Vec<Discount>,
                bool,
            )| {
                let set: Vec<(&str, bool)> = set
                    .get(&sets)
                    .iter()
                    .map(|(rate, compound)| (rate.as_str(), *compound))
                    .collect();
                Line {
                    quantity: Quantity::from_units(quantity).expect("quantity"),
                    unit_price: UnitPrice::from_units(price).expect("price"),
                    price_includes_tax: incl,
                    discounts,
                    discountable,
                    ..item("0", "0", &set)
                }
            };
            document.lines = lines.into_iter().map(line).collect();
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
    let of = |part: fn(&crate::totals::LineTotals) -> Amount| sum(found.lines.iter().map(part));
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

//! The published vectors and the laws every document obeys.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Currency;
use crate::document::{Discount, Document, Line, LineKind, LineTax, TaxMode};
use crate::money::{Amount, Quantity, Rate, UnitPrice};
use crate::totals::totals;
use crate::totals_check::TotalsProblem;

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

pub(crate) fn currency(exponent: u32) -> Currency {
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

pub(crate) fn item(quantity: &str, price: &str, taxes: &[(&str, bool)]) -> Line {
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

type Change = fn(&mut Document);

fn refused(change: Change, line: Option<usize>, problem: TotalsProblem) {
    let mut document = Document::new(currency(2));
    document.lines = vec![
        item("1", "1", &[]),
        item("99999999999", "1", &[("20", false)]),
    ];
    change(&mut document);
    let refused = totals(&document).expect_err(problem.as_str());
    assert_eq!(
        (refused.line, refused.problem),
        (line, problem),
        "{refused}"
    );
}

fn discounted(document: &mut Document, discount: Discount) {
    document.lines[1].discounts = vec![discount];
}

#[test]
fn bad_lines_are_refused_by_index() {
    let percent =
        |d: &mut Document| discounted(d, Discount::Percent("100.000001".parse().expect("rate")));
    refused(percent, Some(1), TotalsProblem::DiscountAbove100);
    let negative = |d: &mut Document| discounted(d, Discount::Amount(amount("-1")));
    refused(negative, Some(1), TotalsProblem::NegativeDiscount);
    let precise = |d: &mut Document| discounted(d, Discount::Amount(amount("0.001")));
    refused(precise, Some(1), TotalsProblem::TooPrecise);
    let discounts =
        |d: &mut Document| d.lines[1].discounts = vec![Discount::Amount(amount("0")); 11];
    refused(discounts, Some(1), TotalsProblem::TooManyDiscounts);
    let repeated = |d: &mut Document| d.lines[1].taxes.extend_from_within(..);
    refused(repeated, Some(1), TotalsProblem::DuplicateTax);
    let taxes = |d: &mut Document| d.lines[1].taxes = vec![d.lines[1].taxes[0].clone(); 11];
    refused(taxes, Some(1), TotalsProblem::TooManyTaxes);
    refused(
        |d| d.lines[1].kind = LineKind::Text,
        Some(1),
        TotalsProblem::TextWithAmounts,
    );
    let price = |d: &mut Document| d.lines[1].unit_price = "999999999".parse().expect("price");
    refused(price, Some(1), TotalsProblem::OutOfRange);
}

#[test]
fn bad_documents_are_refused_as_a_whole() {
    let discount = |d: &mut Document| d.discount = Some(Discount::Amount(amount("-1")));
    refused(discount, None, TotalsProblem::NegativeDiscount);
    refused(
        |d| d.cash_rounding = Some(amount("0")),
        None,
        TotalsProblem::InvalidCashStep,
    );
    refused(
        |d| d.cash_rounding = Some(amount("0.005")),
        None,
        TotalsProblem::InvalidCashStep,
    );
    refused(
        |d| d.lines = vec![Line::text(); 10_001],
        None,
        TotalsProblem::TooManyLines,
    );
}

//! Tests of price resolution.

use uuid::Uuid;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("date")
}

fn request(quantity: &str) -> PriceRequest {
    PriceRequest {
        quantity: quantity.parse().expect("quantity"),
        step: Quantity::one(),
        date: day("2026-06-01"),
        currency: "EUR".parse().expect("EUR"),
    }
}

fn candidate(id: u128, step: PriceStep, min: &str, price: &str) -> Candidate {
    Candidate {
        id: Some(PriceId::from_uuid(Uuid::from_u128(id))),
        list: None,
        step,
        specificity: Specificity::Product,
        distance: 0,
        priority: 0,
        min_quantity: min.parse().expect("min"),
        valid_from: None,
        valid_to: None,
        tier_mode: TierMode::Volume,
        currency: "EUR".parse().expect("EUR"),
        unit_price: price.parse().expect("price"),
        base_price: None,
        includes_tax: false,
    }
}

fn reasons(resolved: &ResolvedPrice) -> Vec<PriceReason> {
    resolved
        .explanation
        .iter()
        .flat_map(|trace| trace.rejected.iter().map(|rejected| rejected.reason))
        .collect()
}

#[test]
fn the_first_step_with_a_hit_wins_even_when_dearer() {
    let resolved = resolve(
        request("1"),
        &[
            candidate(1, PriceStep::Product, "0", "5"),
            candidate(2, PriceStep::Group, "0", "9"),
            candidate(3, PriceStep::Customer, "10", "1"),
        ],
    )
    .expect("priced");
    assert_eq!(resolved.unit_price.to_string(), "9");
    assert_eq!(
        reasons(&resolved),
        [PriceReason::LaterStep, PriceReason::BelowMinQuantity]
    );
}

#[test]
fn within_a_step_specificity_then_priority_then_tier_then_validity() {
    let base = candidate(1, PriceStep::Group, "0", "10");
    let category = Candidate {
        specificity: Specificity::Category,
        priority: 99,
        ..candidate(2, PriceStep::Group, "0", "1")
    };
    let urgent = Candidate {
        priority: 5,
        ..candidate(3, PriceStep::Group, "0", "8")
    };
    let tier = candidate(4, PriceStep::Group, "20", "2");
    let newer = Candidate {
        valid_from: Some(day("2026-05-01")),
        ..candidate(5, PriceStep::Group, "0", "7")
    };
    let price = |quantity: &str, list: &[&Candidate]| {
        let list: Vec<Candidate> = list.iter().map(|c| (*c).clone()).collect();
        resolve(request(quantity), &list)
            .map(|r| r.unit_price.to_string())
            .unwrap_or_default()
    };
    assert_eq!(price("1", &[&base, &category]), "10");
    assert_eq!(price("1", &[&base, &urgent, &category]), "8");
    // One piece never gets the price of twenty.
    assert_eq!(price("1", &[&tier, &base]), "10");
    assert_eq!(price("20", &[&tier, &base]), "2");
    assert_eq!(price("1", &[&base, &newer]), "7");
    assert_eq!(
        price("1", &[&candidate(9, PriceStep::Group, "0", "3"), &base]),
        "10"
    );
}

#[test]
fn what_does_not_apply_is_explained() {
    let candidates = [
        Candidate {
            currency: "USD".parse().expect("USD"),
            ..candidate(1, PriceStep::Customer, "0", "1")
        },
        Candidate {
            valid_from: Some(day("2026-06-02")),
            ..candidate(2, PriceStep::Customer, "0", "1")
        },
        Candidate {
            valid_to: Some(day("2026-05-31")),
            ..candidate(3, PriceStep::Customer, "0", "1")
        },
    ];
    let none = resolve(request("1"), &candidates).expect_err("no price");
    let reasons: Vec<PriceReason> = none
        .rejected
        .iter()
        .map(|rejected| rejected.reason)
        .collect();
    assert_eq!(
        reasons,
        [
            PriceReason::OtherCurrency,
            PriceReason::NotYetValid,
            PriceReason::Expired
        ]
    );
    assert!(resolve(request("1"), &[]).is_err());
    let last_day = Candidate {
        valid_to: Some(day("2026-06-01")),
        ..candidate(3, PriceStep::Customer, "0", "1")
    };
    assert!(resolve(request("1"), &[last_day]).is_ok());
}

#[test]
fn graduated_tiers_mix_their_prices() {
    let graduated = |id, min, price| Candidate {
        tier_mode: TierMode::Graduated,
        ..candidate(id, PriceStep::Customer, min, price)
    };
    let tiers = [
        graduated(1, "1", "10"),
        graduated(2, "11", "8"),
        graduated(3, "21", "6"),
        candidate(4, PriceStep::Product, "0", "11"),
    ];
    let resolved = resolve(request("25"), &tiers).expect("priced");
    assert_eq!(resolved.unit_price.to_string(), "8.4");
    assert_eq!(reasons(&resolved), [PriceReason::LaterStep]);
    assert_eq!(
        resolved.explanation.first().map(|trace| trace.reason),
        Some(PriceReason::Graduated)
    );
}

#[test]
fn a_manual_price_keeps_the_system_price_beside_it() {
    let resolved =
        resolve(request("1"), &[candidate(1, PriceStep::Product, "0", "5")]).expect("priced");
    let manual = resolved.overridden("4.5".parse().expect("price"));
    let last = manual.explanation.last().expect("trace");
    assert_eq!(
        (
            manual.unit_price.to_string().as_str(),
            last.before.map(|p| p.to_string()).as_deref()
        ),
        ("4.5", Some("5"))
    );
}

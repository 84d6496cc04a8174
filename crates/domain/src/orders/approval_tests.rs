//! Tests of approval policies and decisions.

use uuid::Uuid;

use super::*;

fn amount(text: &str) -> Amount {
    text.parse().expect("amount")
}

fn percent(text: &str) -> Percent {
    text.parse().expect("percent")
}

fn policy(id: u128, threshold: Threshold) -> ApprovalPolicy {
    ApprovalPolicy {
        id: ApprovalPolicyId::from_uuid(Uuid::from_u128(id)),
        threshold,
    }
}

fn measures(total: &str, gross: &str, discount: &str, net: &str, cost: Option<&str>) -> Measures {
    Measures {
        total: amount(total),
        gross: amount(gross),
        discount: amount(discount),
        net: amount(net),
        cost: cost.map(amount),
    }
}

#[test]
fn policies_match_on_amount_discount_and_margin() {
    let policies = [
        policy(1, Threshold::Total(amount("1000"))),
        policy(2, Threshold::DiscountPercent(percent("10"))),
        policy(3, Threshold::MarginPercent(percent("20"))),
    ];
    let matched = |m: Measures| {
        evaluate(&policies, &m)
            .iter()
            .map(|m| m.measure)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        matched(measures("999.99", "100", "10", "90", Some("72"))),
        []
    );
    assert_eq!(
        matched(measures("1000", "100", "10", "90", None)),
        [ApprovalMeasure::Total]
    );
    assert_eq!(
        matched(measures("1", "100", "10.01", "89.99", Some("1"))),
        [ApprovalMeasure::DiscountPercent]
    );
    assert_eq!(
        matched(measures("1", "100", "0", "100", Some("80.01"))),
        [ApprovalMeasure::MarginPercent]
    );
    assert_eq!(
        matched(measures("0", "0", "0", "0", Some("5"))),
        [ApprovalMeasure::MarginPercent]
    );
    assert_eq!(matched(measures("0", "0", "0", "0", None)), []);
}

#[test]
fn matches_show_what_was_measured() {
    let found = evaluate(
        &[policy(2, Threshold::DiscountPercent(percent("10")))],
        &measures("1", "3", "1", "2", None),
    );
    assert_eq!(
        found.first().map(|m| (m.value, m.threshold)),
        Some((amount("33.3333"), amount("10")))
    );
}

#[test]
fn approval_again_only_for_the_worse() {
    let policies = [
        policy(1, Threshold::Total(amount("100"))),
        policy(2, Threshold::MarginPercent(percent("20"))),
    ];
    let at = |total: &str, cost: &str| {
        evaluate(&policies, &measures(total, total, "0", total, Some(cost)))
    };
    let approved = at("150", "10");
    assert!(!needs_reapproval(&approved, &at("150", "10")));
    assert!(!needs_reapproval(&approved, &at("120", "10")));
    assert!(needs_reapproval(&approved, &at("151", "10")));
    assert!(needs_reapproval(&approved, &at("150", "140")));
    assert!(!needs_reapproval(&at("150", "140"), &at("150", "130")));
}

#[test]
fn decisions_are_bound_to_the_snapshot_and_to_authority() {
    let user = |n| UserId::from_uuid(Uuid::from_u128(n));
    let hash = SnapshotHash::new([7; 32]);
    let request = ApprovalRequest {
        submitted_by: user(1),
        snapshot: hash,
        total: amount("500"),
        four_eyes: true,
    };
    let approver = Approver {
        user: user(2),
        has_role: true,
        limit: Some(amount("500")),
    };
    assert_eq!(request.approvable_by(&approver, hash), Ok(()));
    assert_eq!(
        request.approvable_by(&approver, SnapshotHash::new([8; 32])),
        Err(ApprovalRefusal::SnapshotChanged)
    );
    assert_eq!(
        request.approvable_by(
            &Approver {
                user: user(1),
                ..approver
            },
            hash
        ),
        Err(ApprovalRefusal::FourEyes)
    );
    assert_eq!(
        request.approvable_by(
            &Approver {
                has_role: false,
                ..approver
            },
            hash
        ),
        Err(ApprovalRefusal::Role)
    );
    assert_eq!(
        request.approvable_by(
            &Approver {
                limit: Some(amount("499")),
                ..approver
            },
            hash
        ),
        Err(ApprovalRefusal::Limit)
    );
    let alone = ApprovalRequest {
        four_eyes: false,
        ..request
    };
    assert_eq!(
        alone.approvable_by(
            &Approver {
                user: user(1),
                limit: None,
                ..approver
            },
            hash
        ),
        Ok(())
    );
}

#[test]
fn hashes_are_hexadecimal() {
    let hash = SnapshotHash::new([0xAB; 32]);
    assert_eq!(hash.to_string().parse(), Ok(hash));
    for text in ["", "zz", &"g".repeat(64), &"+a".repeat(32), &"ä".repeat(32)] {
        assert!(text.parse::<SnapshotHash>().is_err());
    }
}

//! Approval policies and discount authority against the totals of an order.

use rust_decimal::Decimal;
use som_domain::Totals;
use som_domain::ids::ApprovalPolicyId;
use som_domain::money::Amount;
use som_domain::orders::approval::{ApprovalMatch, ApprovalPolicy, Measures, Threshold, evaluate};
use som_domain::orders::{DiscountAuthority, DiscountExceeded};

use crate::caller::Caller;
use crate::features::orders::rows::{OrderRow, PolicyRow, stored};
use crate::features::orders::show;
use crate::features::orders::view::{ApprovalNeeded, Warning};

/// A policy that an order matches.
#[derive(Debug)]
pub struct Match<'a> {
    /// The policy.
    pub policy: &'a PolicyRow,
    /// What was measured.
    pub found: ApprovalMatch,
}

/// The policies an order matches. A policy by total is meant for orders of its own currency; an order of a currency that no such policy is
/// about cannot be compared, and matches them all: what nobody can judge by its amount is looked at.
pub fn matching<'a>(policies: &'a [PolicyRow], order: &OrderRow) -> anyhow::Result<Vec<Match<'a>>> {
    let measures = measures(order)?;
    let comparable = |policy: &PolicyRow| policy.currency.as_ref() == Some(&order.currency);
    let judged = policies.iter().any(comparable);
    let mut matches = Vec::new();
    for policy in policies {
        let foreign = policy.currency.is_some() && !comparable(policy);
        if foreign && (judged || order.grand_total.is_zero()) {
            continue;
        }
        let domain = ApprovalPolicy {
            id: ApprovalPolicyId::from_uuid(policy.id),
            threshold: threshold(policy)?,
        };
        let found = if foreign {
            Some(incomparable(&domain, policy, &measures)?)
        } else {
            evaluate(&[domain], &measures).pop()
        };
        matches.extend(found.map(|found| Match { policy, found }));
    }
    Ok(matches)
}

fn measures(order: &OrderRow) -> anyhow::Result<Measures> {
    let amount = |value: Decimal| stored::<Amount>(value);
    Ok(Measures {
        total: amount(order.grand_total)?,
        gross: amount(order.subtotal + order.line_discount_total)?,
        discount: amount(order.line_discount_total + order.order_discount)?,
        net: amount(order.net_total)?,
        cost: order.cost_total.map(amount).transpose()?,
    })
}

fn threshold(policy: &PolicyRow) -> anyhow::Result<Threshold> {
    Ok(match policy.measure.as_str() {
        "discount_percent" => Threshold::DiscountPercent(stored(policy.threshold)?),
        "margin_percent" => Threshold::MarginPercent(stored(policy.threshold)?),
        _ => Threshold::Total(stored(policy.threshold)?),
    })
}

fn incomparable(
    domain: &ApprovalPolicy,
    policy: &PolicyRow,
    measures: &Measures,
) -> anyhow::Result<ApprovalMatch> {
    Ok(ApprovalMatch {
        policy_id: domain.id,
        measure: domain.threshold.measure(),
        value: measures.total,
        threshold: stored(policy.threshold)?,
    })
}

/// The matches as a preview shows them.
pub fn needed(matches: &[Match<'_>]) -> Vec<ApprovalNeeded> {
    let view = |m: &Match<'_>| ApprovalNeeded {
        policy: m.policy.name.clone(),
        measure: m.policy.measure.clone(),
        measured: show::plain(m.found.value.decimal()),
        threshold: show::plain(m.found.threshold.decimal()),
        currency: m.policy.currency.clone(),
    };
    matches.iter().map(view).collect()
}

/// Discounts beyond the caller's authority, per line.
pub fn exceeded(caller: &Caller, totals: &Totals) -> Vec<DiscountExceeded> {
    let Some(limit) = caller.discount_limit() else {
        return Vec::new();
    };
    let Ok(max_percent) = stored(limit) else {
        return Vec::new();
    };
    DiscountAuthority { max_percent }.check(totals)
}

/// Whether a matching policy looks at discounts: then a discount beyond the authority goes to approval instead of being refused.
pub fn covers_discount(matches: &[Match<'_>]) -> bool {
    matches
        .iter()
        .any(|found| found.policy.measure == "discount_percent")
}

/// What a discount beyond the authority is called.
pub fn discount_warning(exceeded: &DiscountExceeded) -> Warning {
    let warning = Warning::new("discount_over_limit", sentence(exceeded));
    match exceeded.line {
        Some(line) => warning.at(&format!("/lines/{line}")),
        None => warning,
    }
}

/// The same in a sentence.
pub fn sentence(exceeded: &DiscountExceeded) -> String {
    let line = exceeded
        .line
        .map(|line| format!("Line {}: ", line + 1))
        .unwrap_or_default();
    format!(
        "{line}the discount of {} % is beyond your limit of {} %.",
        exceeded.given.decimal().round_dp(2).normalize(),
        exceeded.limit
    )
}

//! Approval by policy: which policies an order matches, who may decide, and what a decision is bound to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{ApprovalPolicyId, UserId};
use crate::money::{Amount, Percent};
use crate::scalar::{Invalid, Scalar, scalar_traits, string_enum};

string_enum! {
    /// What a policy measures.
    pub enum ApprovalMeasure {
        /// The order's total in the base currency: at or above the threshold.
        Total = "total",
        /// Discounts in per cent of the gross: above the threshold.
        DiscountPercent = "discount_percent",
        /// Margin in per cent of the net: below the threshold.
        MarginPercent = "margin_percent",
    }
}

string_enum! {
    /// Why somebody may not decide.
    pub enum ApprovalRefusal {
        /// The order changed since it was submitted.
        SnapshotChanged = "snapshot_changed",
        /// Whoever submitted it may not approve it.
        FourEyes = "four_eyes",
        /// The role is not the one asked for.
        Role = "approval_role",
        /// The amount exceeds the approver's limit.
        Limit = "approval_limit",
    }
}

/// SHA-256 of the snapshot a decision is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapshotHash([u8; 32]);

impl SnapshotHash {
    /// Wraps a digest.
    pub const fn new(digest: [u8; 32]) -> SnapshotHash {
        SnapshotHash(digest)
    }

    /// The digest.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for SnapshotHash {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("invalid_hash", "is not a SHA-256 in 64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut digest = [0; 32];
        for (slot, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| invalid())?;
            *slot = u8::from_str_radix(pair, 16).map_err(|_| invalid())?;
        }
        Ok(SnapshotHash(digest))
    }
}

impl fmt::Display for SnapshotHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SnapshotHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Scalar for SnapshotHash {
    const DESCRIPTION: &'static str = "SHA-256 in hexadecimal digits";
    const EXAMPLE: &'static str =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const PATTERN: Option<&'static str> = Some("^[0-9a-fA-F]{64}$");
}
scalar_traits!(SnapshotHash);

/// A policy: when it matches, its approvers must agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalPolicy {
    /// The policy.
    pub id: ApprovalPolicyId,
    /// What it looks at, with the threshold.
    pub threshold: Threshold,
}

/// A measure and its threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// Total in base currency from this amount on.
    Total(Amount),
    /// Discounts above this percentage of the gross.
    DiscountPercent(Percent),
    /// Margins below this percentage of the net.
    MarginPercent(Percent),
}

impl Threshold {
    /// What it measures.
    pub fn measure(self) -> ApprovalMeasure {
        match self {
            Threshold::Total(_) => ApprovalMeasure::Total,
            Threshold::DiscountPercent(_) => ApprovalMeasure::DiscountPercent,
            Threshold::MarginPercent(_) => ApprovalMeasure::MarginPercent,
        }
    }
}

/// What policies look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Total in base currency.
    pub total: Amount,
    /// Before discounts, in document currency.
    pub gross: Amount,
    /// All discounts, lines and order.
    pub discount: Amount,
    /// After discounts, without tax.
    pub net: Amount,
    /// Cost in document currency; unknown cost matches no margin policy.
    pub cost: Option<Amount>,
}

impl Measures {
    /// Discounts in per cent of the gross.
    pub fn discount_percent(&self) -> Percent {
        Percent::of_amounts(self.discount, self.gross)
    }

    /// Margin in per cent of the net; selling at cost or below for nothing counts as 0 or −999.999999.
    pub fn margin_percent(&self) -> Option<Percent> {
        let cost = self.cost?;
        if self.net.is_zero() {
            return Some(if cost > Amount::ZERO {
                Percent::of(i128::MIN, 1)
            } else {
                Percent::ZERO
            });
        }
        self.net
            .checked_sub(cost)
            .map(|margin| Percent::of_amounts(margin, self.net))
    }
}

/// A policy that an order matches, with what was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct ApprovalMatch {
    /// The policy.
    pub policy_id: ApprovalPolicyId,
    /// What it measures.
    pub measure: ApprovalMeasure,
    /// The measured amount or percentage.
    pub value: Amount,
    /// Its threshold.
    pub threshold: Amount,
}

/// The policies an order matches, in their order.
pub fn evaluate(policies: &[ApprovalPolicy], measures: &Measures) -> Vec<ApprovalMatch> {
    policies
        .iter()
        .filter_map(|policy| matches(policy, measures))
        .collect()
}

fn matches(policy: &ApprovalPolicy, measures: &Measures) -> Option<ApprovalMatch> {
    let (value, threshold, hit) = match policy.threshold {
        Threshold::Total(threshold) => (measures.total, threshold, measures.total >= threshold),
        Threshold::DiscountPercent(threshold) => {
            let percent = measures.discount_percent();
            (shown(percent), shown(threshold), percent > threshold)
        }
        Threshold::MarginPercent(threshold) => {
            let percent = measures.margin_percent()?;
            (shown(percent), shown(threshold), percent < threshold)
        }
    };
    hit.then_some(ApprovalMatch {
        policy_id: policy.id,
        measure: policy.threshold.measure(),
        value,
        threshold,
    })
}

/// A percentage with the four decimals of an amount, for showing.
fn shown(percent: Percent) -> Amount {
    crate::rounding::round(percent.decimal(), 4, crate::rounding::RoundingMode::HalfUp)
        .and_then(|value| Amount::from_decimal(value.normalize()).ok())
        .unwrap_or_default()
}

/// Whether a changed order needs approval again: a policy matches now that did not, or measures worse than approved.
pub fn needs_reapproval(approved: &[ApprovalMatch], now: &[ApprovalMatch]) -> bool {
    now.iter().any(|current| {
        let before = approved
            .iter()
            .find(|before| before.policy_id == current.policy_id);
        before.is_none_or(|before| match current.measure {
            ApprovalMeasure::Total | ApprovalMeasure::DiscountPercent => {
                current.value > before.value
            }
            ApprovalMeasure::MarginPercent => current.value < before.value,
        })
    })
}

/// An approval that waits for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalRequest {
    /// Who submitted the order.
    pub submitted_by: UserId,
    /// What was submitted.
    pub snapshot: SnapshotHash,
    /// Total in base currency.
    pub total: Amount,
    /// Whether submitter and approver must differ.
    pub four_eyes: bool,
}

/// Who wants to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approver {
    /// The user.
    pub user: UserId,
    /// Whether the user has a role the policy names.
    pub has_role: bool,
    /// Up to which total the user may approve; `None` is without limit.
    pub limit: Option<Amount>,
}

impl ApprovalRequest {
    /// Whether the approver may approve the order in its present state.
    pub fn approvable_by(
        &self,
        approver: &Approver,
        current: SnapshotHash,
    ) -> Result<(), ApprovalRefusal> {
        if current != self.snapshot {
            return Err(ApprovalRefusal::SnapshotChanged);
        }
        if self.four_eyes && approver.user == self.submitted_by {
            return Err(ApprovalRefusal::FourEyes);
        }
        if !approver.has_role {
            return Err(ApprovalRefusal::Role);
        }
        if approver.limit.is_some_and(|limit| self.total > limit) {
            return Err(ApprovalRefusal::Limit);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;

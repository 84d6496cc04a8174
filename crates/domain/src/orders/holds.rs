//! Holds: rows beside the lifecycle that block shipping, invoicing or both.

use chrono::{DateTime, Utc};

use crate::ids::{HoldId, OrderLineId};
use crate::scalar::string_enum;

string_enum! {
    /// Why an order is held.
    pub enum HoldType {
        /// Credit limit or overdue invoices; set by itself at confirmation.
        Credit = "credit",
        /// An address must be clarified.
        Address = "address",
        /// Suspected fraud.
        Fraud = "fraud",
        /// Quality or compliance check.
        Quality = "quality",
        /// Any other reason, in words.
        Manual = "manual",
    }
}

string_enum! {
    /// What a hold blocks.
    pub enum Blocks {
        /// Shipping.
        Ship = "ship",
        /// Invoicing.
        Invoice = "invoice",
        /// Shipping and invoicing.
        Both = "both",
    }
}

string_enum! {
    /// What somebody wants to do.
    pub enum Activity {
        /// Ship or perform.
        Ship = "ship",
        /// Invoice.
        Invoice = "invoice",
    }
}

impl HoldType {
    /// What it blocks unless said otherwise. Credit never keeps shipped goods from being invoiced.
    pub fn default_blocks(self) -> Blocks {
        match self {
            HoldType::Credit | HoldType::Address | HoldType::Quality => Blocks::Ship,
            HoldType::Fraud | HoldType::Manual => Blocks::Both,
        }
    }

    /// Whether the combination is allowed: a credit hold blocks shipping only.
    pub fn may_block(self, blocks: Blocks) -> bool {
        self != HoldType::Credit || blocks == Blocks::Ship
    }
}

impl Blocks {
    /// Whether it blocks the activity.
    pub fn covers(self, activity: Activity) -> bool {
        match self {
            Blocks::Both => true,
            Blocks::Ship => activity == Activity::Ship,
            Blocks::Invoice => activity == Activity::Invoice,
        }
    }
}

/// What is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldScope {
    /// The whole order.
    Order,
    /// One line.
    Line(OrderLineId),
}

/// A hold as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The hold.
    pub id: HoldId,
    /// Why.
    pub hold_type: HoldType,
    /// What it blocks.
    pub blocks: Blocks,
    /// What is held.
    pub scope: HoldScope,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was released.
    pub released_at: Option<DateTime<Utc>>,
}

impl Hold {
    /// Whether it is in force.
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        self.released_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }

    /// Whether it reaches a line (`None`: the order as a whole).
    pub fn reaches(&self, line: Option<OrderLineId>) -> bool {
        match self.scope {
            HoldScope::Order => true,
            HoldScope::Line(held) => line == Some(held),
        }
    }
}

/// The holds that stand in the way of an activity on a line, or on the whole order.
pub fn blocking(
    holds: &[Hold],
    activity: Activity,
    line: Option<OrderLineId>,
    now: DateTime<Utc>,
) -> Vec<HoldId> {
    let stands_in_the_way =
        |hold: &&Hold| hold.is_active(now) && hold.blocks.covers(activity) && hold.reaches(line);
    holds
        .iter()
        .filter(stands_in_the_way)
        .map(|hold| hold.id)
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("time")
    }

    fn hold(id: u128, blocks: Blocks, scope: HoldScope) -> Hold {
        let id = HoldId::from_uuid(Uuid::from_u128(id));
        Hold {
            id,
            hold_type: HoldType::Manual,
            blocks,
            scope,
            expires_at: None,
            released_at: None,
        }
    }

    #[test]
    fn only_active_holds_of_the_right_kind_and_scope_block() {
        let line = |n| OrderLineId::from_uuid(Uuid::from_u128(n));
        let holds = [
            hold(1, Blocks::Ship, HoldScope::Order),
            hold(2, Blocks::Both, HoldScope::Line(line(7))),
            Hold {
                released_at: Some(now()),
                ..hold(3, Blocks::Both, HoldScope::Order)
            },
            Hold {
                expires_at: Some(now()),
                ..hold(4, Blocks::Both, HoldScope::Order)
            },
        ];
        let ids = |activity, line| {
            blocking(&holds, activity, line, now())
                .iter()
                .map(|id| id.uuid().as_u128())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(Activity::Ship, Some(line(7))), [1, 2]);
        assert_eq!(ids(Activity::Ship, Some(line(8))), [1]);
        assert_eq!(ids(Activity::Ship, None), [1]);
        assert_eq!(ids(Activity::Invoice, Some(line(7))), [2]);
        assert!(ids(Activity::Invoice, None).is_empty());
    }

    #[test]
    fn credit_never_blocks_invoices() {
        assert_eq!(HoldType::Credit.default_blocks(), Blocks::Ship);
        assert!(!HoldType::Credit.may_block(Blocks::Both));
        for hold_type in HoldType::ALL {
            assert!(hold_type.may_block(hold_type.default_blocks()));
        }
    }
}

//! Which orders there are, in which state each of them ends, and when every step happens.

use chrono::{DateTime, Datelike, Duration, Timelike, Utc, Weekday};
use serde_json::Value;

use super::customers::Buyer;
use super::demo::WEEKS;
use super::order::{Wish, body};
use super::products::Item;
use super::random::Chance;
use crate::caller::Caller;
use crate::dates::business_date;

const ORDERS: usize = 180;

/// How an order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    Draft,
    Discarded,
    Pending,
    Rejected,
    Approved,
    Confirmed,
    Late,
    Held,
    Released,
    Partial,
    Delivered,
    Completed,
    ShortClosed,
    Cancelled,
}

use Story::{
    Approved, Cancelled, Completed, Confirmed, Delivered, Discarded, Draft, Held, Late, Partial,
    Pending, Rejected, Released, ShortClosed,
};

/// Stories of old, middle-aged and young orders; taken in turn, so that every one is present whatever chance says.
const OLD: [Story; 14] = [
    Delivered,
    Delivered,
    ShortClosed,
    Delivered,
    Cancelled,
    Delivered,
    Approved,
    Delivered,
    Completed,
    Delivered,
    Discarded,
    Delivered,
    Released,
    Late,
];
const MIDDLE: [Story; 14] = [
    Delivered,
    Partial,
    Delivered,
    Late,
    Delivered,
    Held,
    Approved,
    Partial,
    Cancelled,
    Delivered,
    ShortClosed,
    Rejected,
    Completed,
    Delivered,
];
const YOUNG: [Story; 14] = [
    Confirmed, Draft, Partial, Pending, Confirmed, Delivered, Held, Confirmed, Draft, Confirmed,
    Cancelled, Confirmed, Rejected, Pending,
];

/// What sellers write beside their orders.
const RIVAL: &str = "They have an offer of somebody else; with this discount we match it.";
const CARRIER: &str = "The carrier did not come yesterday. I called, they promise tomorrow.";
const SAMPLES: &str = "The laboratory has the samples. Result by the end of the week.";
const TRUCK: &str = "The rest comes with the next truck; the customer knows.";

/// A step of an order's life.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// By the seller. `confirmed`: an approval that turns out to be needed is given at once.
    Create {
        body: Value,
        confirmed: bool,
    },
    Approve,
    Reject,
    Hold(&'static str),
    Release,
    /// By the seller.
    Comment(&'static str),
    /// Half of every line.
    DeliverPart,
    DeliverRest,
    /// Line by line.
    CancelLines,
    ShortClose,
    Cancel,
    Discard,
}

/// An order to be.
#[derive(Debug)]
pub(super) struct Plan {
    /// Place of the seller.
    pub(super) rep: usize,
    /// Steps with their times, in order.
    pub(super) steps: Vec<(DateTime<Utc>, Step)>,
}

/// All orders, oldest first.
pub(super) fn plan(
    owner: &Caller,
    now: DateTime<Utc>,
    buyers: &[Buyer],
    items: &[Item],
    chance: &mut Chance,
) -> Vec<Plan> {
    let mut plans = Vec::new();
    let (usual, little): (Vec<&Buyer>, Vec<&Buyer>) =
        buyers.iter().partition(|buyer| !buyer.little_credit);
    let count = u32::try_from(ORDERS).unwrap_or(1);
    for number in 0..ORDERS {
        let back =
            WEEKS / i32::try_from(count).unwrap_or(1) * i32::try_from(ORDERS - number).unwrap_or(0);
        let created = office_hours(now - back, now, chance);
        let age = (now - created).num_days();
        let stories = match age {
            ..14 => &YOUNG,
            14..42 => &MIDDLE,
            _ => &OLD,
        };
        let Some(story) = stories.get(number % stories.len()).copied() else {
            continue;
        };
        // Few customers buy most.
        let first = usual.get(..usual.len() / 4).unwrap_or_default();
        let credit = story == Confirmed && number.is_multiple_of(3);
        let among = if credit { &little } else { &usual };
        let favoured = if chance.percent(55) && !credit {
            first
        } else {
            among
        };
        let Some(buyer) = chance.pick(favoured) else {
            continue;
        };
        let wish = wish(story, age, chance);
        let day = business_date(created, &owner.organization.time_zone);
        let body = body(number, buyer, items, day, wish, chance);
        plans.push(Plan {
            rep: buyer.rep,
            steps: steps(story, created, now, body),
        });
    }
    plans
}

/// On a working day, between eight and five, and not in the future.
fn office_hours(about: DateTime<Utc>, now: DateTime<Utc>, chance: &mut Chance) -> DateTime<Utc> {
    let back = match about.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    let midnight = about
        - Duration::days(back)
        - Duration::seconds(i64::from(about.num_seconds_from_midnight()));
    let at = midnight + Duration::minutes(i64::from(chance.between(8 * 60, 17 * 60)));
    // The newest ones were keyed just before.
    at.min(now - Duration::minutes(i64::from(chance.between(40, 90))))
}

fn wish(story: Story, age: i64, chance: &mut Chance) -> Wish {
    let age = u64::try_from(age).unwrap_or(0);
    Wish {
        place: !matches!(story, Draft | Discarded),
        wanted_in: match story {
            Late => 5,
            // Wanted in some days from now, whatever the age.
            Confirmed | Partial | Held | Pending | Draft | Rejected => {
                age + u64::from(chance.between(2, 21))
            }
            _ => u64::from(chance.between(5, 15)),
        },
        high_discount: matches!(story, Pending | Rejected | Approved),
    }
}

fn steps(
    story: Story,
    created: DateTime<Utc>,
    now: DateTime<Utc>,
    body: Value,
) -> Vec<(DateTime<Utc>, Step)> {
    // Later steps of the youngest orders happened within the last half hour, still one after the other.
    let mut last = created;
    let mut at = |hours: i64| {
        let limit = now - Duration::minutes(30) + (last - created).min(Duration::minutes(20)) / 2;
        last = (created + Duration::hours(hours))
            .min(limit)
            .max(last + Duration::minutes(3));
        last
    };
    let confirmed = !matches!(story, Draft | Discarded | Pending | Rejected | Approved);
    let mut steps = vec![(created, Step::Create { body, confirmed })];
    match story {
        Draft | Confirmed => {}
        Pending => steps.push((at(2), Step::Comment(RIVAL))),
        Late => steps.push((at(90), Step::Comment(CARRIER))),
        Discarded => steps.push((at(70), Step::Discard)),
        Rejected => steps.push((at(5), Step::Reject)),
        Approved => steps.extend([(at(4), Step::Approve), (at(100), Step::DeliverRest)]),
        Held => steps.extend([
            (at(6), Step::Hold("quality")),
            (at(20), Step::Comment(SAMPLES)),
        ]),
        Released => steps.extend([
            (at(3), Step::Hold("address")),
            (at(50), Step::Release),
            (at(120), Step::DeliverRest),
        ]),
        Partial => steps.extend([(at(72), Step::DeliverPart), (at(75), Step::Comment(TRUCK))]),
        Delivered => steps.extend([(at(60), Step::DeliverPart), (at(140), Step::DeliverRest)]),
        Completed => steps.push((at(30), Step::CancelLines)),
        ShortClosed => steps.extend([(at(80), Step::DeliverPart), (at(200), Step::ShortClose)]),
        Cancelled => steps.push((at(26), Step::Cancel)),
    }
    steps
}

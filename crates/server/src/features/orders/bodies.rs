//! Bodies of the actions on an order.

use deserr::Deserr;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::OrderLineId;
use som_domain::orders::{Blocks, HoldType};
use som_domain::text::{LongText, Text};
use utoipa::ToSchema;

use super::input::{QuantityInput, Reason};
use crate::http::InputErrors;

/// Why.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "reason": "The customer ordered twice" }))]
pub struct WithReason {
    /// Shown in the timeline.
    pub reason: Reason,
}

/// Why, if there is something to say.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "reason": "Agreed by telephone" }))]
pub struct MaybeReason {
    /// Shown in the timeline.
    #[deserr(default)]
    pub reason: Option<Reason>,
}

/// A hold to place.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "type": "manual", "blocks": "ship", "reason": "Wait for the new address" }))]
pub struct NewHold {
    /// Why.
    #[deserr(rename = "type")]
    #[schema(rename = "type")]
    pub hold_type: HoldType,
    /// What it blocks; by its type when absent.
    #[deserr(default)]
    pub blocks: Option<Blocks>,
    /// In words.
    pub reason: Reason,
    /// When it ends by itself.
    #[deserr(default)]
    pub expires_at: Option<Timestamp>,
    /// The line; none: the whole order.
    #[deserr(default)]
    pub line_id: Option<OrderLineId>,
}

/// A quantity to give up.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "quantity": { "value": "1" }, "reason": "No longer made" }))]
pub struct CancelQuantity {
    /// How many of the line's unit.
    pub quantity: QuantityInput,
    /// Why.
    pub reason: Reason,
}

/// A delivered line.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub struct DeliveredLine {
    /// The line.
    pub line_id: OrderLineId,
    /// How many of its unit.
    pub quantity: QuantityInput,
}

/// A delivery that happened.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "note": "Left at the gate" }))]
pub struct NewDelivery {
    /// The day; today when absent.
    #[deserr(default)]
    pub delivered_date: Option<Date>,
    /// In words.
    #[deserr(default)]
    pub note: Option<LongText<1000>>,
    /// What was delivered; everything open when absent.
    #[deserr(default)]
    pub lines: Option<Vec<DeliveredLine>>,
}

/// A comment.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "body": "The customer asked for delivery before noon." }))]
pub struct NewComment {
    /// The text.
    pub body: CommentText,
}

/// Text of a comment: 1 to 4000 characters over several lines.
#[derive(Debug, Clone)]
pub struct CommentText(pub LongText<4000>);

impl Deserr<InputErrors> for CommentText {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        at: deserr::ValuePointerRef<'_>,
    ) -> Result<Self, InputErrors> {
        let text = LongText::<4000>::deserialize_from_value(value, at)?;
        if text.as_str().is_empty() {
            let error = deserr::ErrorKind::Unexpected {
                msg: "empty: is empty".to_owned(),
            };
            return Err(deserr::take_cf_content(
                <InputErrors as deserr::DeserializeError>::error::<V>(None, error, at),
            ));
        }
        Ok(Self(text))
    }
}

impl utoipa::PartialSchema for CommentText {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <LongText<4000> as utoipa::PartialSchema>::schema()
    }
}

impl ToSchema for CommentText {}

/// Why, as a plain text.
pub fn text<const A: usize, const B: usize>(reason: Text<A, B>) -> String {
    reason.into_string()
}

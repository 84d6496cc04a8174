//! Discounts and taxes as they stand in request bodies.

use deserr::{
    DeserializeError, Deserr, ErrorKind, IntoValue, Value, ValuePointerRef, take_cf_content,
};

use crate::document::{Discount, LineTax};
use crate::money::{Amount, Rate};
use crate::text::Code;

#[derive(Deserr)]
#[deserr(deny_unknown_fields)]
struct DiscountBody {
    #[deserr(default)]
    percent: Option<Rate>,
    #[deserr(default)]
    amount: Option<Amount>,
}

impl<E: DeserializeError> Deserr<E> for Discount {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        let body = DiscountBody::deserialize_from_value(value, location)?;
        let msg = match (body.percent, body.amount) {
            (Some(percent), None) if percent <= Rate::hundred() => {
                return Ok(Discount::Percent(percent));
            }
            (None, Some(amount)) if !amount.is_negative() => return Ok(Discount::Amount(amount)),
            (Some(_), None) => "discount_above_100_percent: may not exceed 100 %",
            (None, Some(_)) => "negative_discount: may not be below zero",
            (Some(_), Some(_)) | (None, None) => "exactly_one: needs either percent or amount",
        };
        let kind = ErrorKind::Unexpected {
            msg: msg.to_owned(),
        };
        Err(take_cf_content(E::error::<V>(None, kind, location)))
    }
}

#[derive(Deserr)]
#[deserr(deny_unknown_fields)]
struct LineTaxBody {
    code: Code,
    rate: Rate,
    #[deserr(default)]
    compound: bool,
}

impl<E: DeserializeError> Deserr<E> for LineTax {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        let LineTaxBody {
            code,
            rate,
            compound,
        } = LineTaxBody::deserialize_from_value(value, location)?;
        Ok(LineTax {
            code,
            rate,
            compound,
        })
    }
}

//! Prefixed identifiers: `ord_` and 26 characters of Crockford base32 of a UUIDv7.
//!
//! One list of all of them. Making a new UUIDv7 needs a clock and randomness and so happens outside this crate.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::scalar::{Invalid, Scalar, scalar_traits};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 26;

fn encode(uuid: Uuid, f: &mut fmt::Formatter<'_>, prefix: &str) -> fmt::Result {
    let bits = uuid.as_u128();
    let mut text = [b'0'; LENGTH];
    for (place, slot) in text.iter_mut().rev().enumerate() {
        let digit = (bits >> (5 * place)) & 31;
        *slot = usize::try_from(digit)
            .ok()
            .and_then(|d| ALPHABET.get(d))
            .copied()
            .unwrap_or(b'0');
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    text.iter()
        .try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
}

fn decode(text: &str, prefix: &str) -> Option<Uuid> {
    let body = text.strip_prefix(prefix)?.strip_prefix('_')?.as_bytes();
    // The first character carries three bits only: anything above 7 would not fit 128.
    if body.len() != LENGTH || !body.first().is_some_and(|c| (b'0'..=b'7').contains(c)) {
        return None;
    }
    let mut bits = 0_u128;
    for byte in body {
        let digit = ALPHABET
            .iter()
            .position(|c| *c == byte.to_ascii_uppercase())?;
        bits = (bits << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(bits))
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(Uuid);

            impl $name {
                /// The prefix, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// Wraps a UUID.
                pub const fn from_uuid(uuid: Uuid) -> Self {
                    $name(uuid)
                }

                /// The UUID as stored.
                pub const fn uuid(self) -> Uuid {
                    self.0
                }
            }

            impl FromStr for $name {
                type Err = Invalid;
                fn from_str(text: &str) -> Result<Self, Invalid> {
                    decode(text, $prefix).map($name).ok_or_else(|| {
                        Invalid::new("invalid_id", concat!("is not an id of the form ", $prefix, "_ and 26 base32 characters"))
                    })
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    encode(self.0, f, $prefix)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    encode(self.0, f, $prefix)
                }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Uuid {
                    id.0
                }
            }

            impl Scalar for $name {
                const DESCRIPTION: &'static str = concat!("Identifier, prefix ", $prefix);
                const PATTERN: Option<&'static str> =
                    Some(concat!("^", $prefix, "_[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"));
                const EXAMPLE: &'static str = concat!($prefix, "_01K9ZC5T3GE8V9M4R2X7Q6P0AB");
            }
            scalar_traits!($name);
        )+

        /// All prefixes with their type names, for the API's documentation.
        pub const PREFIXES: &[(&str, &str)] = &[$(($prefix, stringify!($name))),+];
    };
}

ids! {
    /// An organization: tenant and company in one.
    OrganizationId = "org";
    /// A person who can sign in.
    UserId = "usr";
    /// A user's membership of an organization.
    MembershipId = "mem";
    /// A sales team.
    TeamId = "team";
    /// A role: a set of permissions.
    RoleId = "role";
    /// An invitation to become a member.
    InvitationId = "invite";
    /// A signed-in session.
    SessionId = "ses";
    /// A key of a program.
    ApiKeyId = "key";
    /// A passkey of a person.
    PasskeyId = "psk";
    /// An identity provider of an organization.
    IdentityProviderId = "idp";
    /// Who a person is at an identity provider.
    IdentityId = "idy";
    /// A customer.
    CustomerId = "cus";
    /// A contact person of a customer.
    ContactId = "con";
    /// A postal address.
    AddressId = "adr";
    /// A group of customers.
    CustomerGroupId = "cgr";
    /// A sellable product (one SKU).
    ProductId = "prd";
    /// A product category.
    CategoryId = "cat";
    /// A unit of measure.
    UnitId = "uom";
    /// A tax.
    TaxId = "tax";
    /// A tax class of products.
    TaxClassId = "txc";
    /// A rule that picks taxes.
    TaxRuleId = "txr";
    /// A price list.
    PriceListId = "plist";
    /// A price in a list.
    PriceId = "pri";
    /// A custom field's definition.
    CustomFieldId = "cfd";
    /// A sales order.
    OrderId = "ord";
    /// A line of a sales order.
    OrderLineId = "oln";
    /// A hold on an order or a line.
    HoldId = "hold";
    /// A comment.
    CommentId = "cmt";
    /// A policy that asks for approval.
    ApprovalPolicyId = "apo";
    /// A requested approval.
    ApprovalId = "apr";
    /// A number series.
    NumberSeriesId = "ser";
    /// An audit record.
    AuditId = "aud";
    /// An event in the outbox.
    EventId = "evt";
    /// A background job.
    JobId = "job";
    /// An import.
    ImportId = "imp";
    /// A request.
    RequestId = "req";
    /// A delivery.
    DeliveryId = "dlv";
    /// A payment term.
    PaymentTermId = "pyt";
    /// A saved view of a list.
    SavedViewId = "view";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prefixes_are_unique() {
        let mut seen: Vec<_> = PREFIXES.iter().map(|(prefix, _)| prefix).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), PREFIXES.len());
    }

    #[test]
    fn writes_upper_case_and_reads_both() {
        let id = OrderId::from_uuid(Uuid::from_u128(u128::MAX));
        assert_eq!(id.to_string(), "ord_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!("ord_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).ok(), Some(format!("\"{id}\"")));
        assert_eq!(
            <OrderId as Scalar>::EXAMPLE
                .parse::<OrderId>()
                .map(|id| id.to_string())
                .as_deref(),
            Ok(OrderId::EXAMPLE)
        );
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "ord_",
            "ord_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "ord_7ZZZZZZZZZZZZZZZZZZZZZZZZ",
            "ord_7ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "ord_7ZZZZZZZZZZZZZZZZZZZZZZZZU",
            "ORD_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "cus_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "ord_7ZZZZZZZZZZZZZZZZZZZZZZZÄ",
            " ord_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        ] {
            assert_eq!(
                text.parse::<OrderId>().expect_err(text).code(),
                "invalid_id"
            );
        }
    }

    proptest! {
        #[test]
        fn round_trip(bits: u128) {
            let id = CustomerId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<CustomerId>(), Ok(id));
            prop_assert_eq!(id.to_string().to_lowercase().parse::<CustomerId>(), Ok(id));
        }

        #[test]
        fn order_is_kept(a: u128, b: u128) {
            let text = |bits| CustomerId::from_uuid(Uuid::from_u128(bits)).to_string();
            prop_assert_eq!(a.cmp(&b), text(a).cmp(&text(b)));
        }

        #[test]
        fn never_panics(text: String) {
            let _ = text.parse::<OrderId>();
            let _ = format!("ord_{text}").parse::<OrderId>();
        }
    }
}

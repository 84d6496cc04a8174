//! How customers are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use som_domain::CustomerId;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{
    AddressId, ContactId, CustomerGroupId, PaymentTermId, PriceListId, TeamId, UserId,
};
use utoipa::ToSchema;

use super::store::addresses::AddressRow;
use super::store::contacts::ContactRow;
use super::store::{CustomerRow, ItemRow, at};
use crate::caller::Caller;
use crate::db::DataKeys;
use crate::features::custom_fields;
use crate::wire;

/// A contact person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// Identity.
    pub id: ContactId,
    /// Name.
    pub name: String,
    /// What they do there.
    pub role: String,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Whom to ask first.
    pub is_primary: bool,
}

/// A postal address.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressView {
    /// Identity.
    pub id: AddressId,
    /// What it is called.
    pub label: String,
    /// `billing`, `shipping` or `both`.
    #[schema(example = "both")]
    pub kind: String,
    /// Who it is for.
    pub recipient: Option<String>,
    /// Street and further lines.
    pub lines: Vec<String>,
    /// City.
    pub city: String,
    /// State, province or canton.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country.
    #[schema(example = "DE")]
    pub country: String,
    /// Whether documents take it unless told otherwise.
    pub is_default: bool,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// Identity.
    pub id: CustomerId,
    /// Unique code.
    #[schema(example = "C-000123")]
    pub code: String,
    /// Name on documents.
    pub name: String,
    /// `company` or `person`.
    #[schema(example = "company")]
    pub kind: String,
    /// `active`, `blocked` or `archived`.
    #[schema(example = "active")]
    pub status: String,
    /// Group.
    pub group_id: Option<CustomerGroupId>,
    /// Price list.
    pub price_list_id: Option<PriceListId>,
    /// Payment term.
    pub payment_term_id: Option<PaymentTermId>,
    /// Currency of its documents.
    #[schema(example = "EUR")]
    pub currency: String,
    /// `taxable`, `exempt` or `reverse_charge`.
    #[schema(example = "taxable")]
    pub tax_status: String,
    /// Tax number.
    pub tax_number: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Highest open value in the customer's currency; `null` has no limit.
    #[schema(example = "5000.00")]
    pub credit_limit: Option<String>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// Which team looks after it.
    pub team_id: Option<TeamId>,
    /// Notes for colleagues.
    pub notes: String,
    /// Values of custom fields.
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
    /// Ids in other systems.
    pub external_refs: BTreeMap<String, String>,
    /// Contact persons, the primary one first.
    pub contacts: Vec<ContactView>,
    /// Addresses, defaults first.
    pub addresses: Vec<AddressView>,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerListItem {
    /// Identity.
    pub id: CustomerId,
    /// Unique code.
    #[schema(example = "C-000123")]
    pub code: String,
    /// Name on documents.
    pub name: String,
    /// `company` or `person`.
    #[schema(example = "company")]
    pub kind: String,
    /// `active`, `blocked` or `archived`.
    #[schema(example = "active")]
    pub status: String,
    /// Currency of its documents.
    #[schema(example = "EUR")]
    pub currency: String,
    /// `taxable`, `exempt` or `reverse_charge`.
    #[schema(example = "taxable")]
    pub tax_status: String,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Highest open value; `null` has no limit.
    #[schema(example = "5000.00")]
    pub credit_limit: Option<String>,
    /// Group.
    pub group_id: Option<CustomerGroupId>,
    /// Who looks after it.
    pub owner_id: Option<UserId>,
    /// Which team looks after it.
    pub team_id: Option<TeamId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

/// The limit as written; in a currency that does not exist, as stored.
fn limit(value: Option<rust_decimal::Decimal>, currency: &str) -> Option<String> {
    value.map(|value| {
        currency
            .parse()
            .map_or_else(|_| value.to_string(), |known| wire::amount(value, known))
    })
}

impl CustomerView {
    pub(super) fn new(
        row: CustomerRow,
        contacts: Vec<ContactRow>,
        addresses: Vec<AddressRow>,
        caller: &Caller,
    ) -> Self {
        Self {
            id: CustomerId::from_uuid(row.id),
            group_id: row.group_id.map(CustomerGroupId::from_uuid),
            price_list_id: row.price_list_id.map(PriceListId::from_uuid),
            payment_term_id: row.payment_term_id.map(PaymentTermId::from_uuid),
            credit_limit: limit(row.credit_limit, &row.currency),
            owner_id: row.owner_id.map(UserId::from_uuid),
            team_id: row.team_id.map(TeamId::from_uuid),
            custom: custom_fields::service::show(&row.custom, caller),
            external_refs: row.external_refs.0,
            contacts: contacts.into_iter().map(ContactView::from).collect(),
            addresses: addresses.into_iter().map(AddressView::from).collect(),
            code: row.code,
            name: row.name,
            kind: row.kind,
            status: row.status,
            currency: row.currency,
            tax_status: row.tax_status,
            tax_number: row.tax_number,
            email: row.email,
            phone: row.phone,
            notes: row.notes,
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

impl From<ContactRow> for ContactView {
    fn from(row: ContactRow) -> Self {
        Self {
            id: ContactId::from_uuid(row.id),
            name: row.name,
            role: row.role,
            email: row.email,
            phone: row.phone,
            is_primary: row.is_primary,
        }
    }
}

impl From<AddressRow> for AddressView {
    fn from(row: AddressRow) -> Self {
        Self {
            id: AddressId::from_uuid(row.id),
            label: row.label,
            kind: row.kind,
            recipient: row.recipient,
            lines: row.lines,
            city: row.city,
            region: row.region,
            postal_code: row.postal_code,
            country: row.country,
            is_default: row.is_default,
            valid_from: row.valid_from.and_then(Date::new),
            valid_to: row.valid_to.and_then(Date::new),
        }
    }
}

impl CustomerListItem {
    pub(super) fn new(row: ItemRow, keys: &DataKeys) -> Self {
        Self {
            id: CustomerId::from_uuid(row.id),
            credit_limit: limit(row.credit_limit, &row.currency),
            email: keys.show(at("email", row.id), row.email.as_deref()),
            phone: keys.show(at("phone", row.id), row.phone.as_deref()),
            group_id: row.group_id.map(CustomerGroupId::from_uuid),
            owner_id: row.owner_id.map(UserId::from_uuid),
            team_id: row.team_id.map(TeamId::from_uuid),
            code: row.code,
            name: row.name,
            kind: row.kind,
            status: row.status,
            currency: row.currency,
            tax_status: row.tax_status,
            etag: format!("\"{}\"", row.version),
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

//! What can be sent about customers, their contact persons and their addresses.

use std::collections::BTreeMap;

use deserr::Deserr;
use serde_json::Value;
use som_domain::contact::{Email, Phone};
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::ids::{CustomerGroupId, PaymentTermId, PriceListId, TeamId, UserId};
use som_domain::money::Amount;
use som_domain::text::{LongText, Name, Text};
use utoipa::ToSchema;

use crate::db::external_refs::{Reference, Source};
use crate::http::{InputErrors, Patch};

/// Code of a customer.
pub type CustomerCode = Text<1, 60>;

/// A closed list of words as stored.
macro_rules! word {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
        pub enum $name {
            $($(#[$variant_meta])* #[deserr(rename = $text)] #[schema(rename = $text)] $variant),+
        }

        impl $name {
            /// As stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

word! {
    /// What the customer is.
    CustomerKind {
        /// A company.
        Company = "company",
        /// A private person.
        Person = "person",
    }
}

word! {
    /// How the customer is taxed.
    CustomerTaxStatus {
        /// Pays tax.
        Taxable = "taxable",
        /// Is exempt.
        Exempt = "exempt",
        /// Accounts for the tax itself.
        ReverseCharge = "reverse_charge",
    }
}

word! {
    /// What an address is for.
    AddressKind {
        /// Invoices.
        Billing = "billing",
        /// Goods.
        Shipping = "shipping",
        /// Both.
        Both = "both",
    }
}

/// A new contact person.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Mary Fields", "role": "Purchasing", "email": "mary@example.com" }))]
pub struct NewContact {
    /// Name.
    pub name: Name,
    /// What they do there.
    #[deserr(default)]
    pub role: Option<Text<0, 100>>,
    /// E-mail.
    #[deserr(default)]
    pub email: Option<Email>,
    /// Telephone.
    #[deserr(default)]
    pub phone: Option<Phone>,
    /// Whom to ask first; another primary contact ceases to be one.
    #[deserr(default)]
    #[schema(required = false)]
    pub is_primary: bool,
}

/// Changes of a contact person (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "phone": "+49 30 1234567" }))]
pub struct ContactPatch {
    /// Name.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// What they do there.
    #[deserr(default)]
    #[schema(required = false)]
    pub role: Patch<Text<0, 100>>,
    /// E-mail.
    #[deserr(default)]
    #[schema(required = false)]
    pub email: Patch<Email>,
    /// Telephone.
    #[deserr(default)]
    #[schema(required = false)]
    pub phone: Patch<Phone>,
    /// Whom to ask first.
    #[deserr(default)]
    #[schema(required = false)]
    pub is_primary: Patch<bool>,
}

/// A new address.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "kind": "both", "lines": ["1 Example Street"], "city": "Berlin", "postal_code": "10115", "country": "DE", "is_default": true }))]
pub struct NewAddress {
    /// What it is called (`Warehouse south`).
    #[deserr(default)]
    pub label: Option<Text<0, 100>>,
    /// What it is for; both when absent.
    #[deserr(default)]
    pub kind: Option<AddressKind>,
    /// Who it is for.
    #[deserr(default)]
    pub recipient: Option<Text<1, 200>>,
    /// Street and further lines, at most six.
    #[deserr(default)]
    #[schema(required = false)]
    pub lines: Vec<Text<1, 200>>,
    /// City.
    #[deserr(default)]
    pub city: Option<Text<0, 100>>,
    /// State, province or canton.
    #[deserr(default)]
    pub region: Option<Text<0, 100>>,
    /// Postal code.
    #[deserr(default)]
    pub postal_code: Option<Text<0, 20>>,
    /// Country.
    pub country: CountryCode,
    /// Whether documents take it unless told otherwise; another default for the same ceases to be one.
    #[deserr(default)]
    #[schema(required = false)]
    pub is_default: bool,
    /// First day.
    #[deserr(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[deserr(default)]
    pub valid_to: Option<Date>,
}

/// Changes of an address (merge patch); `lines` replaces all lines. Orders keep the address they were given.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "label": "Head office" }))]
pub struct AddressPatch {
    /// What it is called.
    #[deserr(default)]
    #[schema(required = false)]
    pub label: Patch<Text<0, 100>>,
    /// What it is for.
    #[deserr(default)]
    #[schema(required = false)]
    pub kind: Patch<AddressKind>,
    /// Who it is for.
    #[deserr(default)]
    #[schema(required = false)]
    pub recipient: Patch<Text<1, 200>>,
    /// Street and further lines.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<Vec<String>>)]
    pub lines: Patch<Vec<Text<1, 200>>>,
    /// City.
    #[deserr(default)]
    #[schema(required = false)]
    pub city: Patch<Text<0, 100>>,
    /// State, province or canton.
    #[deserr(default)]
    #[schema(required = false)]
    pub region: Patch<Text<0, 100>>,
    /// Postal code.
    #[deserr(default)]
    #[schema(required = false)]
    pub postal_code: Patch<Text<0, 20>>,
    /// Country.
    #[deserr(default)]
    #[schema(required = false)]
    pub country: Patch<CountryCode>,
    /// Whether documents take it unless told otherwise.
    #[deserr(default)]
    #[schema(required = false)]
    pub is_default: Patch<bool>,
    /// First day.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_from: Patch<Date>,
    /// Last day.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_to: Patch<Date>,
}

/// A new customer.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Example Trading", "currency": "EUR", "credit_limit": "5000.00",
    "contacts": [{ "name": "Mary Fields", "email": "mary@example.com", "is_primary": true }],
    "addresses": [{ "lines": ["1 Example Street"], "city": "Berlin", "postal_code": "10115", "country": "DE", "is_default": true }] }))]
pub struct NewCustomer {
    /// Name on documents.
    pub name: Name,
    /// Unique code; `C-000123` and so on when absent.
    #[deserr(default)]
    pub code: Option<CustomerCode>,
    /// A company when absent.
    #[deserr(default)]
    pub kind: Option<CustomerKind>,
    /// Group, for prices.
    #[deserr(default)]
    pub group_id: Option<CustomerGroupId>,
    /// Price list.
    #[deserr(default)]
    pub price_list_id: Option<PriceListId>,
    /// Payment term.
    #[deserr(default)]
    pub payment_term_id: Option<PaymentTermId>,
    /// Currency of its documents; the organization's when absent.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// Taxable when absent.
    #[deserr(default)]
    pub tax_status: Option<CustomerTaxStatus>,
    /// Tax number.
    #[deserr(default)]
    pub tax_number: Option<Text<1, 60>>,
    /// E-mail.
    #[deserr(default)]
    pub email: Option<Email>,
    /// Telephone.
    #[deserr(default)]
    pub phone: Option<Phone>,
    /// Highest open value in the customer's currency; no limit when absent.
    #[deserr(default)]
    pub credit_limit: Option<Amount>,
    /// Who looks after it; the caller when absent.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
    /// Which team looks after it; the caller's when absent.
    #[deserr(default)]
    pub team_id: Option<TeamId>,
    /// Notes for colleagues.
    #[deserr(default)]
    pub notes: Option<LongText<10000>>,
    /// Values of custom fields.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// Ids in other systems, by system.
    #[deserr(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub external_refs: Option<BTreeMap<Source, Reference>>,
    /// Contact persons; only when it is created.
    #[deserr(default)]
    #[schema(required = false)]
    pub contacts: Vec<NewContact>,
    /// Addresses; only when it is created.
    #[deserr(default)]
    #[schema(required = false)]
    pub addresses: Vec<NewAddress>,
}

/// Changes of a customer (merge patch). Contacts and addresses have their own routes.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "credit_limit": "10000.00" }))]
pub struct CustomerPatch {
    /// Name on documents.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<CustomerCode>,
    /// What it is.
    #[deserr(default)]
    #[schema(required = false)]
    pub kind: Patch<CustomerKind>,
    /// Group.
    #[deserr(default)]
    #[schema(required = false)]
    pub group_id: Patch<CustomerGroupId>,
    /// Price list.
    #[deserr(default)]
    #[schema(required = false)]
    pub price_list_id: Patch<PriceListId>,
    /// Payment term.
    #[deserr(default)]
    #[schema(required = false)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// Currency of its documents.
    #[deserr(default)]
    #[schema(required = false)]
    pub currency: Patch<Currency>,
    /// How it is taxed.
    #[deserr(default)]
    #[schema(required = false)]
    pub tax_status: Patch<CustomerTaxStatus>,
    /// Tax number.
    #[deserr(default)]
    #[schema(required = false)]
    pub tax_number: Patch<Text<1, 60>>,
    /// E-mail.
    #[deserr(default)]
    #[schema(required = false)]
    pub email: Patch<Email>,
    /// Telephone.
    #[deserr(default)]
    #[schema(required = false)]
    pub phone: Patch<Phone>,
    /// Highest open value; `null` has no limit.
    #[deserr(default)]
    #[schema(required = false)]
    pub credit_limit: Patch<Amount>,
    /// Who looks after it.
    #[deserr(default)]
    #[schema(required = false)]
    pub owner_id: Patch<UserId>,
    /// Which team looks after it.
    #[deserr(default)]
    #[schema(required = false)]
    pub team_id: Patch<TeamId>,
    /// Notes for colleagues.
    #[deserr(default)]
    #[schema(required = false)]
    pub notes: Patch<LongText<10000>>,
    /// Values of custom fields; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// Ids in other systems; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub external_refs: Option<BTreeMap<Source, Option<Reference>>>,
}

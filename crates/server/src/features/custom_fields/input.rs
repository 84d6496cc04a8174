//! What can be sent about custom fields.

use deserr::Deserr;
use som_domain::custom_fields::FieldKey;
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};

/// What a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(as = CustomFieldEntity, rename_all = "lowercase")]
pub enum Entity {
    /// Customers.
    Customer,
    /// Products.
    Product,
    /// Orders.
    Order,
}

impl Entity {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Product => "product",
            Self::Order => "order",
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum Kind {
    /// Text of up to 2,000 characters.
    Text,
    /// A decimal, as a string, with at most four decimals.
    Number,
    /// True or false.
    Boolean,
    /// A civil date.
    Date,
    /// One of `choices`.
    Choice,
}

impl Kind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Choice => "choice",
        }
    }
}

/// A new custom field.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "entity": "customer", "key": "delivery_gate", "label": "Delivery gate", "kind": "choice", "choices": ["North", "South"] }))]
pub struct NewCustomField {
    /// What it belongs to.
    pub entity: Entity,
    /// Its key in `custom`; it never changes.
    pub key: FieldKey,
    /// What people read.
    pub label: Name,
    /// What it holds; it never changes.
    pub kind: Kind,
    /// The options of a choice.
    #[deserr(default)]
    #[schema(required = false)]
    pub choices: Vec<Text<1, 200>>,
    /// Whether new records must have it.
    #[deserr(default)]
    #[schema(required = false)]
    pub required: bool,
    /// Whether its values are personal: stored sealed, never shown in differences; it never changes.
    #[deserr(default)]
    #[schema(required = false)]
    pub secret: bool,
    /// Place in forms, smallest first.
    #[deserr(default)]
    #[schema(required = false)]
    pub position: i32,
}

/// Changes of a custom field (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "label": "Gate of delivery" }))]
pub struct CustomFieldPatch {
    /// What people read.
    #[deserr(default)]
    #[schema(required = false)]
    pub label: Patch<Name>,
    /// The options of a choice; values that are no longer among them stay where they are.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<Vec<String>>)]
    pub choices: Patch<Vec<Text<1, 200>>>,
    /// Whether new records must have it.
    #[deserr(default)]
    #[schema(required = false)]
    pub required: Patch<bool>,
    /// Place in forms.
    #[deserr(default)]
    #[schema(required = false)]
    pub position: Patch<i32>,
    /// Out of use: no longer asked for, values kept.
    #[deserr(default)]
    #[schema(required = false)]
    pub archived: Patch<bool>,
}

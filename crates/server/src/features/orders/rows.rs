//! The rows of an order as stored. They are written as JSON records (decimals as strings) and read column by column.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use som_domain::currency::Currency;
use som_domain::orders::{InvoicePolicy, Lifecycle, LineLedger};
use uuid::Uuid;

/// A column as its domain type; a stored value that does not fit is our fault, not the caller's.
pub fn stored<T: TryFrom<Decimal, Error = som_domain::Invalid>>(
    value: Decimal,
) -> anyhow::Result<T> {
    T::try_from(value).map_err(|error| anyhow::anyhow!("stored value {value}: {error}"))
}

/// A row of `orders`.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct OrderRow {
    pub organization_id: Uuid,
    pub id: Uuid,
    pub number: String,
    pub lifecycle: String,
    pub fulfilment_status: String,
    pub invoice_status: String,
    pub payment_status: String,
    pub return_status: String,
    pub has_backorder: bool,
    pub hold_count: i32,
    pub customer_id: Uuid,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_po: Option<String>,
    pub owner_id: Option<Uuid>,
    pub owner_name: Option<String>,
    pub team_id: Option<Uuid>,
    pub currency: String,
    pub price_list_id: Option<Uuid>,
    pub payment_term_id: Option<Uuid>,
    pub order_date: NaiveDate,
    pub requested_date: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub bill_to: Option<String>,
    pub ship_to: Option<String>,
    pub rounding_mode: String,
    pub tax_mode: String,
    pub cash_rounding: Option<Decimal>,
    pub discount_percent: Option<Decimal>,
    pub discount_amount: Option<Decimal>,
    pub subtotal: Decimal,
    pub line_discount_total: Decimal,
    pub order_discount: Decimal,
    pub net_total: Decimal,
    pub tax_total: Decimal,
    pub grand_total: Decimal,
    pub rounding_adjustment: Decimal,
    pub payable_total: Decimal,
    pub cost_total: Option<Decimal>,
    pub tax_summary: Value,
    pub line_count: i32,
    pub notes: String,
    pub custom: Value,
    pub cancel_reason: Option<String>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub submitted_by: Option<Uuid>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "hex_bytes")]
    pub snapshot_hash: Option<Vec<u8>>,
    pub search: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<Uuid>,
    pub updated_at: DateTime<Utc>,
    pub updated_by: Option<Uuid>,
}

/// `bytea` as its text form inside JSON.
fn hex_bytes<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    match bytes {
        None => serializer.serialize_none(),
        Some(bytes) => serializer.serialize_str(&format!("\\x{}", hex(bytes))),
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl OrderRow {
    /// The document's currency.
    pub fn money(&self) -> anyhow::Result<Currency> {
        self.currency
            .parse()
            .map_err(|error| anyhow::anyhow!("stored currency: {error}"))
    }

    /// Where it stands.
    pub fn state(&self) -> anyhow::Result<Lifecycle> {
        self.lifecycle
            .parse()
            .map_err(|error| anyhow::anyhow!("stored lifecycle: {error}"))
    }
}

/// A row of `order_lines`.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct LineRow {
    pub organization_id: Uuid,
    pub id: Uuid,
    pub order_id: Uuid,
    pub position: i32,
    pub kind: String,
    pub product_id: Option<Uuid>,
    pub sku: Option<String>,
    pub description: String,
    pub unit: Option<String>,
    pub tax_class_id: Option<Uuid>,
    pub invoice_policy: String,
    pub shippable: bool,
    pub requested_date: Option<NaiveDate>,
    pub ordered: Decimal,
    pub cancelled: Decimal,
    pub reserved: Decimal,
    pub picked: Decimal,
    pub shipped: Decimal,
    pub delivered: Decimal,
    pub returned: Decimal,
    pub return_requested: Decimal,
    pub return_credited: Decimal,
    pub invoiced: Decimal,
    pub credited: Decimal,
    pub unit_price: Option<Decimal>,
    pub price_includes_tax: bool,
    pub system_price: Option<Decimal>,
    pub price_locked: bool,
    pub price_source: Option<Value>,
    pub discounts: Value,
    pub gross: Decimal,
    pub discount: Decimal,
    pub net: Decimal,
    pub order_discount_share: Decimal,
    pub base: Decimal,
    pub tax: Decimal,
    pub taxes: Value,
    pub exemption_reason: Option<String>,
    pub discountable: bool,
    pub cost: Option<Decimal>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl LineRow {
    /// The ledger as the domain reads it.
    pub fn ledger(&self) -> anyhow::Result<LineLedger> {
        let policy: InvoicePolicy = self
            .invoice_policy
            .parse()
            .map_err(|error| anyhow::anyhow!("stored invoice policy: {error}"))?;
        let mut ledger = LineLedger::new(stored(self.ordered)?, policy, self.shippable);
        ledger.cancelled = stored(self.cancelled)?;
        ledger.reserved = stored(self.reserved)?;
        ledger.picked = stored(self.picked)?;
        ledger.shipped = stored(self.shipped)?;
        ledger.delivered = stored(self.delivered)?;
        ledger.returned = stored(self.returned)?;
        ledger.return_requested = stored(self.return_requested)?;
        ledger.return_credited = stored(self.return_credited)?;
        ledger.invoiced = stored(self.invoiced)?;
        ledger.credited = stored(self.credited)?;
        Ok(ledger)
    }

    /// Takes over a changed ledger.
    pub fn set_ledger(&mut self, ledger: &LineLedger) {
        self.ordered = ledger.ordered.decimal();
        self.cancelled = ledger.cancelled.decimal();
        self.reserved = ledger.reserved.decimal();
        self.picked = ledger.picked.decimal();
        self.shipped = ledger.shipped.decimal();
        self.delivered = ledger.delivered.decimal();
        self.returned = ledger.returned.decimal();
        self.return_requested = ledger.return_requested.decimal();
        self.return_credited = ledger.return_credited.decimal();
        self.invoiced = ledger.invoiced.decimal();
        self.credited = ledger.credited.decimal();
    }

    /// Whether it is a heading or remark.
    pub fn is_text(&self) -> bool {
        self.kind == "text"
    }
}

/// A row of `order_holds`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct HoldRow {
    pub id: Uuid,
    pub line_id: Option<Uuid>,
    pub r#type: String,
    pub blocks: String,
    pub reason: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub placed_at: DateTime<Utc>,
    pub placed_by: Option<Uuid>,
    pub released_at: Option<DateTime<Utc>>,
    pub released_by: Option<Uuid>,
    pub release_reason: Option<String>,
}

impl HoldRow {
    /// Whether it is in force.
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        self.released_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A row of `order_approvals`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct ApprovalRow {
    pub id: Uuid,
    pub policy_id: Uuid,
    pub policy_name: String,
    pub measured: Decimal,
    /// Unknown for those asked for before it was kept.
    pub threshold: Option<Decimal>,
    /// As PostgreSQL writes `bytea`: `\x` and hexadecimal digits.
    pub snapshot_hash: String,
    pub state: String,
    pub requested_at: DateTime<Utc>,
    pub requested_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub reason: Option<String>,
    /// Roles that may decide, from the policy, as are the next two; no columns of the table.
    #[serde(default)]
    pub approver_roles: Vec<String>,
    #[serde(default)]
    pub measure: String,
    #[serde(default)]
    pub currency: Option<String>,
}

/// An active row of `approval_policies`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct PolicyRow {
    pub id: Uuid,
    pub name: String,
    pub measure: String,
    pub threshold: Decimal,
    pub currency: Option<String>,
    pub approver_roles: Vec<String>,
}

/// A snapshot to be kept.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct SnapshotRow {
    pub version: i32,
    pub doc: Value,
    #[serde(serialize_with = "hex_bytes")]
    pub sha256: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<Uuid>,
}

/// An order with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Order {
    /// The header.
    pub row: OrderRow,
    /// The lines, by position.
    pub lines: Vec<LineRow>,
    /// All holds, released ones too.
    pub holds: Vec<HoldRow>,
    /// All approvals ever asked for.
    pub approvals: Vec<ApprovalRow>,
    /// What other systems call it.
    pub external_refs: std::collections::BTreeMap<String, String>,
    /// What the next step depends on.
    pub around: Around,
}

/// What is looked up with an order because its next step depends on it.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// `active`, `blocked` or `archived`.
    pub customer_status: String,
    /// In the customer's currency.
    pub credit_limit: Option<Decimal>,
    /// Currency of the credit limit.
    pub customer_currency: String,
    /// Open value of the customer's other orders, when it was read under the customer's lock already.
    pub exposure: Option<Decimal>,
    /// Policies in force (for drafts).
    pub policies: Vec<PolicyRow>,
    /// Another order of the customer with the same customer number (for drafts).
    pub po_duplicate: Option<String>,
}

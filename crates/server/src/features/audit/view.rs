//! An entry of the audit log as the API and the command line show it.

use serde::Serialize;
use serde_json::Value;
use som_domain::dates::Timestamp;
use som_domain::ids::{
    ApiKeyId, ApprovalPolicyId, AuditId, CategoryId, CustomFieldId, CustomerGroupId, CustomerId,
    ImportId, MembershipId, NumberSeriesId, OrderId, OrganizationId, PaymentTermId, PriceId,
    PriceListId, ProductId, RequestId, SessionId, TaxClassId, TaxId, TaxRuleId, TeamId, UnitId,
    UserId,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{ChainRow, EntryRow};
use crate::audit::Finding;

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Identity.
    pub id: AuditId,
    /// Its number; later entries have higher ones.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who; none: the system, or somebody who was not signed in.
    pub actor_id: Option<UserId>,
    /// `user`, `api_key` or `system`.
    pub actor_kind: String,
    /// Their name at that time.
    pub actor_name: String,
    /// The request it happened in.
    pub request_id: Option<RequestId>,
    /// The address it came from; none for the server's own work.
    #[schema(example = "192.0.2.17")]
    pub ip: Option<String>,
    /// What kind of object.
    #[schema(example = "order")]
    pub entity: String,
    /// Which one.
    #[schema(example = "ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB")]
    pub entity_id: String,
    /// Its version after that.
    pub entity_version: Option<i32>,
    /// What happened.
    #[schema(example = "confirmed")]
    pub action: String,
    /// Why, as it was given.
    #[schema(example = "The customer ordered twice")]
    pub reason: Option<String>,
    /// Differences as `{"field": {"from", "to"}}`, or facts.
    #[schema(value_type = Object)]
    pub diff: Value,
    /// Its place in the chain of hashes; none for some seconds.
    pub position: Option<i64>,
}

/// How the chain of hashes stands.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AuditChain {
    /// Entries that have their seal.
    #[schema(example = 1842)]
    pub entries: i64,
    /// When the last of them was sealed.
    pub sealed_at: Option<Timestamp>,
    /// Entries that wait for their seal; they do so for seconds only.
    #[schema(example = 2)]
    pub unsealed: i64,
    /// Since when the oldest of them waits.
    pub unsealed_since: Option<Timestamp>,
    /// Entries up to the last signed checkpoint.
    pub signed_entries: i64,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// Entries that the last proof found as they were sealed; there is one every day.
    pub proved_entries: Option<i64>,
    /// When that was.
    pub proved_at: Option<Timestamp>,
    /// What it found wrong first; none when the log is what was written.
    pub fault: Option<String>,
}

impl From<ChainRow> for AuditChain {
    fn from(row: ChainRow) -> Self {
        let finding = row.finding.map(|finding| {
            serde_json::from_value::<Finding>(finding)
                .map_or_else(|_| "unknown".to_owned(), |finding| finding.to_string())
        });
        Self {
            entries: row.entries,
            sealed_at: row.sealed_at.map(Timestamp::new),
            unsealed: row.unsealed,
            unsealed_since: row.unsealed_since.map(Timestamp::new),
            signed_entries: row.signed_entries,
            signed_at: row.signed_at.map(Timestamp::new),
            proved_entries: row.proved_entries,
            proved_at: row.proved_at.map(Timestamp::new),
            fault: finding,
        }
    }
}

/// The id of an object as the API writes it; a bare UUID for what the API does not name.
fn outside(entity: &str, id: Uuid) -> String {
    match entity {
        "api_key" => ApiKeyId::from_uuid(id).to_string(),
        "approval_policy" => ApprovalPolicyId::from_uuid(id).to_string(),
        "category" => CategoryId::from_uuid(id).to_string(),
        "custom_field" => CustomFieldId::from_uuid(id).to_string(),
        "customer" => CustomerId::from_uuid(id).to_string(),
        "customer_group" => CustomerGroupId::from_uuid(id).to_string(),
        "import" => ImportId::from_uuid(id).to_string(),
        "member" => MembershipId::from_uuid(id).to_string(),
        "number_series" => NumberSeriesId::from_uuid(id).to_string(),
        "order" => OrderId::from_uuid(id).to_string(),
        "organization" => OrganizationId::from_uuid(id).to_string(),
        "payment_term" => PaymentTermId::from_uuid(id).to_string(),
        "price" => PriceId::from_uuid(id).to_string(),
        "price_list" => PriceListId::from_uuid(id).to_string(),
        "product" => ProductId::from_uuid(id).to_string(),
        "session" => SessionId::from_uuid(id).to_string(),
        "tax" => TaxId::from_uuid(id).to_string(),
        "tax_class" => TaxClassId::from_uuid(id).to_string(),
        "tax_rule" => TaxRuleId::from_uuid(id).to_string(),
        "team" => TeamId::from_uuid(id).to_string(),
        "unit" => UnitId::from_uuid(id).to_string(),
        _ => id.to_string(),
    }
}

impl From<EntryRow> for AuditEntry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: AuditId::from_uuid(row.id),
            seq: row.seq,
            at: Timestamp::new(row.at),
            actor_id: row.actor_id.map(UserId::from_uuid),
            actor_kind: row.actor_kind,
            actor_name: row.actor_name,
            request_id: row.request_id.map(RequestId::from_uuid),
            ip: row.ip,
            entity_id: outside(&row.entity, row.entity_id),
            entity: row.entity,
            entity_version: row.entity_version,
            action: row.action,
            reason: row.diff["reason"].as_str().map(str::to_owned),
            diff: row.diff,
            position: row.position,
        }
    }
}

//! Objects as they are called outside: their prefixed ids, and the names people know them by.

use std::collections::HashMap;

use som_domain::ids::{
    ApiKeyId, ApprovalPolicyId, CategoryId, CustomFieldId, CustomerGroupId, CustomerId, IdentityId,
    IdentityProviderId, ImportId, InvitationId, JobId, MembershipId, NumberSeriesId, OrderId,
    OrganizationId, PaymentTermId, PriceId, PriceListId, ProductId, RoleId, SessionId, TaxClassId,
    TaxId, TaxRuleId, TeamId, UnitId, UserId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::caller::Caller;
use crate::permission::{Permission, Permissions, RowScope};

/// The id of an object as the API writes it; a bare UUID for what the API does not name.
pub fn outside(entity: &str, id: Uuid) -> String {
    match entity {
        "api_key" => ApiKeyId::from_uuid(id).to_string(),
        "approval_policy" => ApprovalPolicyId::from_uuid(id).to_string(),
        "category" => CategoryId::from_uuid(id).to_string(),
        "custom_field" => CustomFieldId::from_uuid(id).to_string(),
        "customer" => CustomerId::from_uuid(id).to_string(),
        "customer_group" => CustomerGroupId::from_uuid(id).to_string(),
        "identity" => IdentityId::from_uuid(id).to_string(),
        "identity_provider" => IdentityProviderId::from_uuid(id).to_string(),
        "import" => ImportId::from_uuid(id).to_string(),
        "invitation" => InvitationId::from_uuid(id).to_string(),
        "job" => JobId::from_uuid(id).to_string(),
        "member" => MembershipId::from_uuid(id).to_string(),
        "number_series" => NumberSeriesId::from_uuid(id).to_string(),
        "order" => OrderId::from_uuid(id).to_string(),
        "organization" => OrganizationId::from_uuid(id).to_string(),
        "payment_term" => PaymentTermId::from_uuid(id).to_string(),
        "price" => PriceId::from_uuid(id).to_string(),
        "price_list" => PriceListId::from_uuid(id).to_string(),
        "product" => ProductId::from_uuid(id).to_string(),
        "role" => RoleId::from_uuid(id).to_string(),
        "session" => SessionId::from_uuid(id).to_string(),
        "tax" => TaxId::from_uuid(id).to_string(),
        "tax_class" => TaxClassId::from_uuid(id).to_string(),
        "tax_rule" => TaxRuleId::from_uuid(id).to_string(),
        "team" => TeamId::from_uuid(id).to_string(),
        "unit" => UnitId::from_uuid(id).to_string(),
        "user" => UserId::from_uuid(id).to_string(),
        _ => id.to_string(),
    }
}

/// Names of objects by their ids.
pub type Names = HashMap<Uuid, String>;

/// Which objects somebody may see the names of.
#[derive(Debug, Clone)]
pub struct Sight {
    organization: Uuid,
    permissions: Permissions,
    scope: RowScope,
}

impl Sight {
    /// What a caller sees elsewhere, too.
    pub fn of(caller: &Caller) -> Self {
        Self {
            organization: caller.organization.id.uuid(),
            permissions: caller.permissions,
            scope: caller.row_scope(),
        }
    }

    /// The names of those objects that are there and in sight, in one round trip: order number, customer's name, SKU, code of a price list.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn names<'a>(
        &self,
        db: &mut PgConnection,
        objects: impl Iterator<Item = (&'a str, Uuid)> + Clone,
    ) -> Result<Names, sqlx::Error> {
        let of = |kind: &str, permission| -> Vec<Uuid> {
            let seen = objects
                .clone()
                .filter(|(entity, _)| *entity == kind && self.permissions.has(permission));
            seen.map(|(_, id)| id).collect()
        };
        let orders = of("order", Permission::OrdersRead);
        let customers = of("customer", Permission::CustomersRead);
        let products = of("product", Permission::ProductsRead);
        let price_lists = of("price_list", Permission::PricesRead);
        let rows = sqlx::query!(
            r#"select id as "id!", number as "name!" from orders
                where organization_id = $1 and id = any($2) and ($3 or owner_id = $4 or team_id = $5)
               union all select id, name from customers
                where organization_id = $1 and id = any($6) and ($3 or owner_id = $4 or team_id = $5)
               union all select id, sku from products where organization_id = $1 and id = any($7)
               union all select id, code from price_lists where organization_id = $1 and id = any($8)"#,
            self.organization,
            &orders,
            self.scope.all,
            self.scope.user.uuid(),
            self.scope.team.map(|team| team.uuid()),
            &customers,
            &products,
            &price_lists,
        )
        .fetch_all(db)
        .await?;
        Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_prefix_of_their_kind() {
        let id = Uuid::nil();
        let body = "0".repeat(26);
        assert_eq!(outside("order", id), format!("ord_{body}"));
        assert_eq!(outside("api_key", id), format!("key_{body}"));
        assert_eq!(outside("export", id), id.to_string());
    }
}

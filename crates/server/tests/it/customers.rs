//! What other features may know of a customer.

use som_domain::CustomerId;
use som_server::features::customers::service::buyer;
use som_server::permission::Role;
use uuid::Uuid;

use crate::harness::TestApp;

#[tokio::test]
async fn a_customer_out_of_sight_is_not_found() {
    let app = TestApp::new().await;
    let owner = app.caller(Role::Owner).await;
    let organization = owner.organization.id;
    let id = Uuid::from_u128(7);
    let pool = app.admin_pool().await;
    sqlx::query(
        "insert into customers (organization_id, id, code, name, currency, owner_id, search, created_at, updated_at)
         values ($1, $2, 'C-1', 'Acme', 'USD', $3, 'c-1 acme', now(), now())",
    )
    .bind(organization.uuid())
    .bind(id)
    .bind(owner.user_id.uuid())
    .execute(&pool)
    .await
    .unwrap();
    let mut tx = app.state.db().tenant_read(organization).await.unwrap();
    let found = buyer(&mut tx, &owner, CustomerId::from_uuid(id))
        .await
        .unwrap();
    assert_eq!(found.currency.code(), "USD");
    let rep = app.caller(Role::Rep).await;
    let hidden = buyer(&mut tx, &rep, CustomerId::from_uuid(id)).await;
    assert_eq!(hidden.unwrap_err().problem().unwrap().code, "not_found");
}

//! What the template database holds: two organizations and their members.

use som_server::app::AppState;
use som_server::permission::Role;

/// "Test Company" with one member per role (`rep@test.example`, …), "Other Company" with an owner.
pub async fn fill(state: &AppState, password: &str) {
    use som_server::features::setup::service::{NewOrganization, add_member, create_organization};
    let test = create_organization(state, NewOrganization::example("Test Company"))
        .await
        .unwrap();
    for role in Role::ALL {
        add_member(
            state,
            test,
            &super::email(*role),
            role.as_str(),
            *role,
            password,
        )
        .await
        .unwrap();
    }
    let other = create_organization(state, NewOrganization::example("Other Company"))
        .await
        .unwrap();
    add_member(
        state,
        other,
        "owner@other.example",
        "Olive Other",
        Role::Owner,
        password,
    )
    .await
    .unwrap();
}

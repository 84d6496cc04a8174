//! Settings through the API: customer groups and payment terms.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::TestApp;

/// Collection, a new one, a change of it.
fn cases() -> Vec<(&'static str, Value, Value)> {
    vec![
        (
            "/customer-groups",
            json!({ "code": "resale", "name": "Resale" }),
            json!({ "name": "Resellers" }),
        ),
        (
            "/payment-terms",
            json!({ "code": "NET45", "name": "45 days", "due_days": 45 }),
            json!({ "due_days": 46 }),
        ),
    ]
}

#[tokio::test]
async fn groups_and_terms_are_created_read_listed_and_changed() {
    let app = TestApp::new().await;
    let (owner, viewer, stranger) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Viewer).await,
        app.stranger().await,
    );
    for (list, new, patch) in cases() {
        let send = || owner.post(list).key(list).json(new.clone()).send();
        let answer = send().await;
        let view = answer.created();
        let at = answer.header("location").unwrap().to_owned();
        let again = send().await;
        assert_eq!(
            (again.created(), again.header("idempotency-replayed")),
            (view.clone(), Some("true"))
        );
        assert_eq!(viewer.get(&at).send().await.ok(), view);
        for path in [list, at.as_str()] {
            let anonymous = app.anonymous().get(path).send().await;
            anonymous.problem(401, "unauthenticated");
        }
        let refused = viewer.post(list).json(new.clone()).send().await;
        refused.problem(403, "missing_permission");
        let change = |client: &crate::harness::Client| client.patch(&at).json(patch.clone());
        let refused = change(&viewer).any_version().send().await;
        refused.problem(403, "missing_permission");
        stranger.get(&at).send().await.problem(404, "not_found");
        let refused = change(&stranger).any_version().send().await;
        refused.problem(404, "not_found");
        let refused = change(&owner).send().await;
        refused.problem(428, "precondition_required");
        let refused = change(&owner).if_match(8).send().await;
        refused.problem(412, "stale_version");
        let changed = change(&owner).if_match(1).send().await.ok();
        assert_eq!(changed["version"], 2, "{list}");
        let same = change(&owner).if_match(2).send().await.ok();
        assert_eq!(same, changed, "the same again is no change");
        let rows = viewer.get(list).send().await.ok()["data"].clone();
        assert_eq!(rows, json!([changed]), "{list}");
        let others = stranger.get(list).send().await.ok()["data"].clone();
        assert_eq!(others, json!([]), "{list}");
    }
}

#[tokio::test]
async fn wrong_groups_and_terms_say_what_is_wrong() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    for (list, new, _) in cases() {
        owner.post(list).json(new.clone()).send().await.created();
        let taken = owner.post(list).json(new.clone()).send().await;
        taken.problem(409, "duplicate_code");
        assert_eq!(taken.errors(), ["#/code duplicate_code"]);
        let mut other = new;
        other["code"] = "other".into();
        let at = owner.post(list).json(other).send().await;
        let at = at.header("location").unwrap().to_owned();
        let taken = json!({ "code": if list == "/payment-terms" { "NET45" } else { "resale" } });
        let taken = owner.patch(&at).any_version().json(taken).send().await;
        taken.problem(409, "duplicate_code");
        let empty = json!({ "code": null, "name": "" });
        let empty = owner.patch(&at).any_version().json(empty).send().await;
        empty.problem(422, "validation_failed");
        assert_eq!(empty.errors(), ["#/name empty"]);
        let empty = json!({ "code": null });
        let empty = owner.patch(&at).any_version().json(empty).send().await;
        assert_eq!(empty.errors(), ["#/code required"]);
    }
    let wrong = json!({ "code": "a\nb", "due_days": "45", "days": 1 });
    let wrong = owner.post("/payment-terms").json(wrong).send().await;
    wrong.problem(422, "validation_failed");
    assert_eq!(
        wrong.errors(),
        [
            "#/code control_character",
            "#/days unknown_field",
            "#/due_days wrong_type",
            "#/name required"
        ]
    );
    for days in [-1, 3651] {
        let wrong = json!({ "code": "far", "name": "Far", "due_days": days });
        let wrong = owner.post("/payment-terms").json(wrong).send().await;
        assert_eq!(wrong.errors(), ["#/due_days out_of_range"], "{days}");
    }
}

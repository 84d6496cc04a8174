//! Taxes, classes and the rules that pick them, through the services.

use serde_json::json;
use som_server::ctx::Ctx;
use som_server::features::taxes::service::{
    self, Place, TaxStatus, change_tax, create_class, create_rule, create_tax,
};
use som_server::http::IfMatch;
use som_server::http::input::parse_value;
use som_server::permission::Role;

use crate::harness::TestApp;

async fn ctx(app: &TestApp) -> Ctx {
    let caller = app.caller(Role::Owner).await;
    Ctx::internal(&app.state, std::sync::Arc::new(caller))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_second_rule_for_the_same_place_is_refused() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    for tax in [
        json!({ "code": "VAT19", "name": "VAT", "rate": "19" }),
        json!({ "code": "CITY", "name": "City tax", "rate": "1.5", "compound": true }),
    ] {
        create_tax(&mut ctx, parse_value(tax).unwrap())
            .await
            .unwrap();
    }
    let class = json!({ "code": "books", "name": "Books" });
    create_class(&mut ctx, parse_value(class).unwrap())
        .await
        .unwrap();
    for rule in [
        json!({ "tax_class": "books", "taxes": ["VAT19"] }),
        json!({ "tax_class": "books", "country": "US", "region": "NY", "taxes": ["VAT19", "CITY"] }),
    ] {
        create_rule(&mut ctx, parse_value(rule).unwrap())
            .await
            .unwrap();
    }
    let again = create_rule(
        &mut ctx,
        parse_value(json!({ "tax_class": "books", "taxes": [] })).unwrap(),
    )
    .await;
    assert_eq!(again.unwrap_err().problem().unwrap().code, "duplicate_rule");
}

#[tokio::test]
async fn rules_are_read_for_a_document() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    let organization = ctx.organization();
    let class = json!({ "code": "books", "name": "Books" });
    create_class(&mut ctx, parse_value(class).unwrap())
        .await
        .unwrap();
    let tax = json!({ "code": "VAT19", "name": "VAT", "rate": "19" });
    create_tax(&mut ctx, parse_value(tax).unwrap())
        .await
        .unwrap();
    let rule = json!({ "tax_class": "books", "country": "DE", "taxes": ["VAT19"] });
    create_rule(&mut ctx, parse_value(rule).unwrap())
        .await
        .unwrap();
    let class = service::class_id(ctx.db(), organization, "books")
        .await
        .unwrap();
    let date = ctx.today();
    let here = Place {
        country: Some("DE".to_owned()),
        region: None,
    };
    let rules = service::rules_for(ctx.db(), organization, &here, TaxStatus::Taxable, date)
        .await
        .unwrap();
    let (taxes, reason) = rules.pick(class);
    assert_eq!((taxes.len(), reason), (1, None));
    assert_eq!(taxes[0].code.as_str(), "VAT19");
    let exempt = service::rules_for(ctx.db(), organization, &here, TaxStatus::Exempt, date)
        .await
        .unwrap();
    assert_eq!(exempt.pick(class), (Vec::new(), Some("exempt".to_owned())));
}

#[tokio::test]
async fn a_change_needs_the_version_and_a_rate_of_at_most_100() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    let tax = json!({ "code": "VAT19", "name": "VAT", "rate": "19" });
    let made = create_tax(&mut ctx, parse_value(tax).unwrap())
        .await
        .unwrap();
    assert_eq!(made.rate, "19.00");
    let patch = || parse_value(json!({ "rate": "20" })).unwrap();
    let missing = change_tax(&mut ctx, made.id, &IfMatch::Missing, patch()).await;
    assert_eq!(
        missing.unwrap_err().problem().unwrap().code,
        "precondition_required"
    );
    let changed = change_tax(&mut ctx, made.id, &IfMatch::Versions(vec![1]), patch())
        .await
        .unwrap();
    assert_eq!((changed.rate.as_str(), changed.version), ("20.00", 2));
    let stale = change_tax(&mut ctx, made.id, &IfMatch::Versions(vec![1]), patch()).await;
    assert_eq!(stale.unwrap_err().problem().unwrap().code, "stale_version");
    let wrong = parse_value(json!({ "rate": "101", "name": null })).unwrap();
    let wrong = change_tax(&mut ctx, made.id, &IfMatch::Any, wrong).await;
    assert_eq!(wrong.unwrap_err().problem().unwrap().errors.len(), 2);
}

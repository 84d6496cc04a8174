//! The use cases of approval policies.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use som_domain::ids::ApprovalPolicyId;
use som_domain::orders::ApprovalMeasure;

use super::store::{self, PolicyRow};
use super::view::{ApprovalPolicyPatch, NewApprovalPolicy};
use crate::ctx::{Ctx, Event};
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch, Problem};
use crate::permission::{Permission, Role};

const DEFAULT_ROLES: [&str; 3] = ["owner", "admin", "manager"];

/// Makes a policy.
pub(crate) async fn create(ctx: &mut Ctx, new: NewApprovalPolicy) -> ApiResult<PolicyRow> {
    let mut problems = Vec::new();
    let base = ctx.caller.organization.currency;
    let currency = match (new.measure, new.currency) {
        (ApprovalMeasure::Total, given) => Some(given.unwrap_or(base).code().to_owned()),
        (_, None) => None,
        (_, Some(_)) => {
            problems.push(FieldProblem::at(
                "/currency",
                "not_applicable",
                "Only a threshold by total has a currency.",
            ));
            None
        }
    };
    check_threshold(new.measure.as_str(), new.threshold.decimal(), &mut problems);
    let roles = new
        .approver_roles
        .unwrap_or_else(|| DEFAULT_ROLES.map(str::to_owned).to_vec());
    check_roles(&roles, &mut problems);
    refuse(problems)?;
    let row = PolicyRow {
        id: ctx.new_id(),
        name: new.name.into_string(),
        measure: new.measure.as_str().to_owned(),
        threshold: new.threshold.decimal(),
        currency,
        approver_roles: roles,
        active: true,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let organization = ctx.organization();
    store::put(ctx.db(), organization, &row).await?;
    ctx.record(Event::new("approval_policy", row.id, 1, "created", json!({ "name": row.name, "measure": row.measure, "threshold": row.threshold.normalize().to_string() })));
    Ok(row)
}

/// Changes a policy.
pub(super) async fn update(
    ctx: &mut Ctx,
    id: ApprovalPolicyId,
    if_match: &IfMatch,
    patch: ApprovalPolicyPatch,
) -> ApiResult<PolicyRow> {
    let organization = ctx.organization();
    let mut row = store::lock(ctx.db(), organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("approval policy"))?;
    ctx.check_version(if_match, "approval_policy", id.uuid(), row.version)
        .await?;
    let mut problems = Vec::new();
    let mut diff = Map::new();
    let mut note = |field: &str, from: Value, to: Value| {
        if from != to {
            diff.insert(field.to_owned(), json!({ "from": from, "to": to }));
        }
    };
    if let Some(name) = given("name", patch.name, &mut problems) {
        note("name", json!(row.name), json!(name));
        row.name = name.into_string();
    }
    if let Some(threshold) = given("threshold", patch.threshold, &mut problems) {
        check_threshold(&row.measure, threshold.decimal(), &mut problems);
        note(
            "threshold",
            json!(row.threshold.normalize().to_string()),
            json!(threshold.decimal().normalize().to_string()),
        );
        row.threshold = threshold.decimal();
    }
    if let Some(roles) = given("approver_roles", patch.approver_roles, &mut problems) {
        check_roles(&roles, &mut problems);
        note("approver_roles", json!(row.approver_roles), json!(roles));
        row.approver_roles = roles;
    }
    if let Some(active) = given("active", patch.active, &mut problems) {
        note("active", json!(row.active), json!(active));
        row.active = active;
    }
    refuse(problems)?;
    if diff.is_empty() {
        return Ok(row);
    }
    row.version += 1;
    row.updated_at = ctx.now;
    store::put(ctx.db(), organization, &row).await?;
    ctx.record(Event::new(
        "approval_policy",
        row.id,
        row.version,
        "updated",
        Value::Object(diff),
    ));
    Ok(row)
}

/// A member that may not be cleared.
fn given<T>(field: &str, patch: Patch<T>, problems: &mut Vec<FieldProblem>) -> Option<T> {
    match patch {
        Patch::Absent => None,
        Patch::Null => {
            problems.push(FieldProblem::at(
                format!("/{field}"),
                "required",
                format!("`{field}` cannot be empty."),
            ));
            None
        }
        Patch::Value(value) => Some(value),
    }
}

fn check_threshold(measure: &str, threshold: Decimal, problems: &mut Vec<FieldProblem>) {
    let fits = match measure {
        "total" => !threshold.is_sign_negative(),
        "discount_percent" => (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&threshold),
        _ => threshold.abs() <= Decimal::ONE_HUNDRED,
    };
    if !fits {
        problems.push(FieldProblem::at(
            "/threshold",
            "out_of_range",
            "The threshold does not fit what is measured.",
        ));
    }
}

fn check_roles(roles: &[String], problems: &mut Vec<FieldProblem>) {
    if roles.is_empty() {
        problems.push(FieldProblem::at(
            "/approver_roles",
            "required",
            "At least one role must be able to decide.",
        ));
    }
    for (i, name) in roles.iter().enumerate() {
        let pointer = format!("/approver_roles/{i}");
        match Role::parse(name) {
            None => problems.push(FieldProblem::at(
                pointer,
                "unknown_value",
                format!("The roles are: {}.", Role::NAMES.join(", ")),
            )),
            Some(role) if !role.permissions().has(Permission::OrdersApprove) => {
                problems.push(FieldProblem::at(
                    pointer,
                    "role_cannot_approve",
                    format!("The role {name} does not include `orders.approve`."),
                ));
            }
            Some(_) => {}
        }
    }
}

fn refuse(problems: Vec<FieldProblem>) -> ApiResult<()> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(problems).into())
    }
}

//! What stands in the way of an action, as clients see it: a stable code, a sentence, and what can be done instead.

use http::StatusCode;
use som_domain::orders::{Action, OrderFacts, Refusal, allowed_actions};

use super::facts::permission;
use crate::features::orders::view::ActionView;
use crate::http::{FieldProblem, Problem};

/// The code of a refusal in the API.
pub fn code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Forbidden => "missing_permission",
        other => other.as_str(),
    }
}

/// One sentence for a person.
pub fn detail(refusal: Refusal) -> &'static str {
    refusal.message()
}

/// The problem of an action that was refused.
pub fn problem(refusal: Refusal, action: Action, facts: &OrderFacts) -> Problem {
    let (code, detail) = (code(refusal), detail(refusal));
    match refusal {
        Refusal::Forbidden => {
            let problem = Problem::forbidden(code, detail);
            match permission(action) {
                Some(permission) => problem.with("missing_permission", permission.as_str()),
                None => problem,
            }
        }
        Refusal::FourEyes | Refusal::ApprovalAuthority => Problem::forbidden(code, detail),
        Refusal::NoLines => at("/lines", code, detail),
        Refusal::InvalidQuantity | Refusal::NoPrice => at("/lines", code, detail),
        Refusal::ShipToMissing => at("/ship_to", code, detail),
        Refusal::BillToMissing => at("/bill_to", code, detail),
        Refusal::RequestedDateBeforeOrder => at("/requested_date", code, detail),
        Refusal::DiscountExceeded => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail),
        _ => Problem::conflict(code, detail)
            .with("lifecycle", facts.lifecycle.as_str())
            .with("allowed", allowed(facts)),
    }
}

fn at(pointer: &str, code: &str, detail: &str) -> Problem {
    Problem::with_errors(
        StatusCode::UNPROCESSABLE_ENTITY,
        code,
        vec![FieldProblem::at(pointer, code, detail)],
    )
}

fn allowed(facts: &OrderFacts) -> Vec<String> {
    allowed_actions(facts)
        .iter()
        .filter(|state| state.allowed)
        .map(|state| state.action.as_str().to_owned())
        .collect()
}

/// Every action with whether and why not.
pub fn actions(facts: &OrderFacts) -> Vec<ActionView> {
    let view = |state: &som_domain::orders::ActionState| ActionView {
        action: state.action.as_str().to_owned(),
        allowed: state.allowed,
        reason: state.reason.map(|refusal| code(refusal).to_owned()),
        detail: state.reason.map(|refusal| detail(refusal).to_owned()),
    };
    allowed_actions(facts).iter().map(view).collect()
}

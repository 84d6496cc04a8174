//! Whose order it is.

use som_domain::ids::UserId;

use super::lines::Findings;
use crate::caller::Caller;
use crate::features::orders::rows::OrderRow;
use crate::features::orders::store::reference::Reference;
use crate::http::FieldProblem;
use crate::permission::{Role, ScopeKind};

/// Sets owner and team: the one named, else a seller's own, else the customer's owner, else the caller.
pub fn assign(
    row: &mut OrderRow,
    caller: &Caller,
    named: Option<UserId>,
    reference: &Reference,
    findings: &mut Findings,
) {
    let customers_owner = reference
        .customer
        .as_ref()
        .and_then(|customer| customer.owner_id);
    let caller_id = (!caller.user_id.uuid().is_nil()).then(|| caller.user_id.uuid());
    let wanted = named.map(|id| id.uuid()).or_else(|| match caller.role {
        Role::Rep => caller_id,
        _ => customers_owner.or(caller_id),
    });
    let Some(wanted) = wanted else { return };
    let person = reference
        .people
        .iter()
        .find(|person| person.user_id == wanted);
    if named.is_some() {
        if person.is_none() {
            findings.problems.push(FieldProblem::at(
                "/owner_id",
                "unknown_owner",
                "There is no such active member.",
            ));
            return;
        }
        if caller.scope_kind == ScopeKind::Own && Some(wanted) != caller_id {
            findings.problems.push(FieldProblem::at(
                "/owner_id",
                "owner_out_of_scope",
                "You can only keep orders of your own.",
            ));
            return;
        }
    }
    row.owner_id = person.map(|person| person.user_id);
    row.owner_name = person.map(|person| person.name.clone());
    row.team_id = person.and_then(|person| person.team_id).or_else(|| {
        reference
            .customer
            .as_ref()
            .and_then(|customer| customer.team_id)
    });
}

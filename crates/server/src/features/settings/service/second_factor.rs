//! Which roles must have a second factor.

use crate::caller::Caller;
use crate::change::Changes;
use crate::features::settings::store::organization::OrganizationRow;
use crate::http::{FieldProblem, Patch};
use crate::permission::Role;

/// Where it stands in the body.
const FIELD: &str = "second_factor_roles";

/// Sets the roles, in the order of the registry. Who asks it of the own role has one: nobody shuts themselves out.
pub(super) fn apply(
    row: &mut OrganizationRow,
    caller: &Caller,
    patch: Patch<Vec<String>>,
    changes: &mut Changes,
) {
    let wanted = match patch {
        Patch::Absent => return,
        Patch::Null => Vec::new(),
        Patch::Value(names) => names,
    };
    for (n, name) in wanted.iter().enumerate() {
        if Role::parse(name).is_none() {
            changes.problem(
                FieldProblem::at(
                    format!("/{FIELD}/{n}"),
                    "unknown_value",
                    format!("The roles are: {}.", Role::NAMES.join(", ")),
                )
                .with_value(name.as_str()),
            );
        }
    }
    let named = |role: &&Role| wanted.iter().any(|name| name == role.as_str());
    let roles: Vec<&Role> = Role::ALL.iter().filter(named).collect();
    if roles.contains(&&caller.role) && !caller.second_factor.set_up {
        changes.problem(FieldProblem::at(
            format!("/{FIELD}"),
            "second_factor_missing",
            "Set up a second factor of your own first: you would be asked for it at once.",
        ));
    }
    let roles = roles.iter().map(|role| role.as_str().to_owned()).collect();
    changes.set(FIELD, &mut row.second_factor_roles, roles);
}

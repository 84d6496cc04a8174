//! What must hold of a customer before it is written.

use som_domain::currency::Currency;
use som_domain::ids::{TeamId, UserId};
use som_domain::money::Amount;

use crate::change::{Changes, duplicate_code};
use crate::ctx::Ctx;
use crate::features::customers::store::CustomerRow;
use crate::features::customers::store::lookup;
use crate::http::{ApiError, ApiResult, FieldProblem};

/// Notes a problem for every reference that does not exist, for a limit that is no amount, and for a customer its writer would not see.
pub(super) async fn check(
    ctx: &mut Ctx,
    row: &CustomerRow,
    changes: &mut Changes,
) -> ApiResult<()> {
    let organization = ctx.organization();
    let known = lookup::known(ctx.db(), organization, row).await?;
    let mut unknown = |exists: bool, pointer: &str, code: &str, what: &str| {
        if !exists {
            let detail = format!("There is no such {what}.");
            changes.problem(FieldProblem::at(pointer, code, detail));
        }
    };
    unknown(
        known.group,
        "/group_id",
        "unknown_customer_group",
        "customer group",
    );
    let price_list = row.price_list_id.is_none() || known.price_list.is_some();
    unknown(
        price_list,
        "/price_list_id",
        "unknown_price_list",
        "price list",
    );
    unknown(
        known.payment_term,
        "/payment_term_id",
        "unknown_payment_term",
        "payment term",
    );
    unknown(known.owner, "/owner_id", "unknown_member", "member");
    unknown(known.team, "/team_id", "unknown_team", "team");
    if known
        .price_list
        .is_some_and(|currency| currency != row.currency)
    {
        changes.problem(FieldProblem::at(
            "/price_list_id",
            "currency_mismatch",
            format!(
                "The price list has another currency than the customer ({}).",
                row.currency
            ),
        ));
    }
    limit(row, changes);
    let scope = ctx.caller.row_scope();
    if !scope.sees(
        row.owner_id.map(UserId::from_uuid),
        row.team_id.map(TeamId::from_uuid),
    ) {
        changes.problem(FieldProblem::at(
            "/owner_id",
            "out_of_sight",
            "You would not see the customer any more. Ask somebody who sees more to hand it over.",
        ));
    }
    Ok(())
}

fn limit(row: &CustomerRow, changes: &mut Changes) {
    let Some(value) = row.credit_limit else {
        return;
    };
    if value.is_sign_negative() && !value.is_zero() {
        changes.problem(FieldProblem::at(
            "/credit_limit",
            "negative_not_allowed",
            "A credit limit is not below zero.",
        ));
        return;
    }
    let currency = row.currency.parse::<Currency>().ok();
    let amount = Amount::from_decimal(value).ok();
    if let (Some(currency), Some(amount)) = (currency, amount)
        && !amount.fits(currency)
    {
        changes.problem(FieldProblem::at(
            "/credit_limit",
            "too_many_decimals",
            format!("{} has {} decimals.", currency.code(), currency.exponent()),
        ));
    }
}

/// 409 `duplicate_code` when the code is taken.
pub(super) fn constraint(error: sqlx::Error, row: &CustomerRow) -> ApiError {
    duplicate_code(
        error,
        "customers_organization_id_code_key",
        "customer",
        &row.code,
    )
}

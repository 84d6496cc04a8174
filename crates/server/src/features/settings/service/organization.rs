//! Read and change the organization.

use serde_json::{Value, json};
use som_domain::currency::Currency;
use som_domain::money::{Amount, Rate};
use sqlx::PgConnection;
use uuid::Uuid;

use super::second_factor;
use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::features::settings::input::{
    ApprovalLimitsPatch, DiscountLimitsPatch, OrganizationPatch,
};
use crate::features::settings::store::organization::{self as store, OrganizationRow};
use crate::features::settings::view::OrganizationView;
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch, Problem};

/// The organization of the transaction.
pub async fn find(db: &mut PgConnection, organization: Uuid) -> ApiResult<OrganizationView> {
    Ok(store::find(db, organization).await?.into())
}

/// Changes the organization. Orders keep the rules they were made by. Errors: 409 `currency_in_use`, 422.
pub async fn change(
    ctx: &mut Ctx,
    if_match: &IfMatch,
    patch: OrganizationPatch,
) -> ApiResult<OrganizationView> {
    let organization = ctx.organization();
    store::lock(ctx.db(), organization).await?;
    let mut row = store::find(ctx.db(), organization).await?;
    ctx.check_version(if_match, "organization", row.id, row.version)
        .await?;
    let currency = row.currency.clone();
    let mut changes = Changes::default();
    let roles = patch.second_factor_roles.clone();
    apply(&mut row, patch, &mut changes);
    second_factor::apply(&mut row, &ctx.caller, roles, &mut changes);
    check(&row, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if row.currency != currency && row.has_orders {
        return Err(currency_in_use().into());
    }
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        store::update(ctx.db(), &row).await?;
        ctx.record(Event::new(
            "organization",
            row.id,
            row.version,
            "updated",
            diff,
        ));
    }
    Ok(row.into())
}

fn apply(row: &mut OrganizationRow, patch: OrganizationPatch, changes: &mut Changes) {
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required("country", &mut row.country, patch.country, |v| {
        v.as_str().to_owned()
    });
    changes.required("currency", &mut row.currency, patch.currency, |v| {
        v.code().to_owned()
    });
    changes.required("time_zone", &mut row.time_zone, patch.time_zone, |v| {
        v.into_string()
    });
    changes.required("locale", &mut row.locale, patch.locale, |v| v.into_string());
    changes.required(
        "rounding_mode",
        &mut row.rounding_mode,
        patch.rounding_mode,
        |v| v.as_str().to_owned(),
    );
    changes.required("tax_mode", &mut row.tax_mode, patch.tax_mode, |v| {
        v.as_str().to_owned()
    });
    changes.optional(
        "cash_rounding",
        &mut row.cash_rounding,
        patch.cash_rounding,
        Amount::decimal,
    );
    changes.required(
        "prices_include_tax",
        &mut row.prices_include_tax,
        patch.prices_include_tax,
        |v| v,
    );
    changes.required(
        "customer_po_policy",
        &mut row.customer_po_policy,
        patch.customer_po_policy,
        |v| v.as_str().to_owned(),
    );
    changes.required("four_eyes", &mut row.four_eyes, patch.four_eyes, |v| v);
    match patch.discount_limits {
        Patch::Absent => {}
        Patch::Null => apply_limits(row, DiscountLimitsPatch::none(), changes),
        Patch::Value(limits) => apply_limits(row, limits, changes),
    }
    match patch.approval_limits {
        Patch::Absent => {}
        Patch::Null => apply_totals(row, ApprovalLimitsPatch::none(), changes),
        Patch::Value(limits) => apply_totals(row, limits, changes),
    }
}

fn apply_totals(row: &mut OrganizationRow, patch: ApprovalLimitsPatch, changes: &mut Changes) {
    for (role, patch) in patch.roles() {
        let new = match patch {
            Patch::Absent => continue,
            Patch::Null => None,
            Patch::Value(limit) if limit.is_negative() => {
                changes.problem(FieldProblem::at(
                    format!("/approval_limits/{role}"),
                    "out_of_range",
                    "A limit is zero or more.",
                ));
                continue;
            }
            Patch::Value(limit) => Some(limit.to_string()),
        };
        let limits = &mut row.approval_limits.0;
        let old = limits.get(role).cloned();
        if old != new {
            changes.note(
                &format!("approval_limits.{role}"),
                json!({ "from": old, "to": new }),
            );
        }
        match new {
            Some(limit) => drop(limits.insert(role.to_owned(), limit)),
            None => drop(limits.remove(role)),
        }
    }
}

fn apply_limits(row: &mut OrganizationRow, patch: DiscountLimitsPatch, changes: &mut Changes) {
    for (role, patch) in patch.roles() {
        let new = match patch {
            Patch::Absent => continue,
            Patch::Null => None,
            Patch::Value(limit) if limit > Rate::hundred() => {
                changes.problem(
                    FieldProblem::at(
                        format!("/discount_limits/{role}"),
                        "too_large",
                        "A discount is at most 100 per cent.",
                    )
                    .with_value(limit.to_string()),
                );
                continue;
            }
            Patch::Value(limit) => Some(limit),
        };
        let limits = &mut row.discount_limits.0;
        let old: Option<Rate> = limits.get(role).and_then(|limit| limit.parse().ok());
        if old != new {
            let shown = |limit: Option<Rate>| limit.map_or(Value::Null, |l| l.to_string().into());
            changes.note(
                &format!("discount_limits.{role}"),
                json!({ "from": shown(old), "to": shown(new) }),
            );
        }
        match new {
            Some(limit) => drop(limits.insert(role.to_owned(), limit.to_string())),
            None => drop(limits.remove(role)),
        }
    }
}

fn check(row: &OrganizationRow, changes: &mut Changes) {
    if row.time_zone.parse::<chrono_tz::Tz>().is_err() {
        changes.problem(
            FieldProblem::at(
                "/time_zone",
                "unknown_time_zone",
                "The time zone is not an IANA name such as Europe/Berlin.",
            )
            .with_value(row.time_zone.as_str()),
        );
    }
    if !is_locale(&row.locale) {
        changes.problem(
            FieldProblem::at(
                "/locale",
                "invalid_locale",
                "The language is not a tag such as de, en-GB or zh-Hant-TW.",
            )
            .with_value(row.locale.as_str()),
        );
    }
    let step_fits = |step| {
        let currency: Currency = row.currency.parse().ok()?;
        let step = Amount::from_decimal(step).ok()?;
        (!step.is_zero() && !step.is_negative() && step.fits(currency)).then_some(())
    };
    if row
        .cash_rounding
        .is_some_and(|step| step_fits(step).is_none())
    {
        changes.problem(FieldProblem::at(
            "/cash_rounding",
            "invalid_cash_rounding_step",
            format!(
                "The step is greater than zero and has no more decimals than {} has.",
                row.currency
            ),
        ));
    }
}

/// Language, perhaps a script, perhaps a region: what documents and browsers both understand.
fn is_locale(text: &str) -> bool {
    let all = |part: &str, test: fn(&u8) -> bool| part.as_bytes().iter().all(test);
    let mut parts = text.split('-').peekable();
    let language = parts
        .next()
        .is_some_and(|p| matches!(p.len(), 2 | 3) && all(p, u8::is_ascii_lowercase));
    let script = |part: &&str| {
        part.len() == 4
            && part.starts_with(|c: char| c.is_ascii_uppercase())
            && all(part.get(1..).unwrap_or_default(), u8::is_ascii_lowercase)
    };
    parts.next_if(script);
    let region = |part: &&str| match part.len() {
        2 => all(part, u8::is_ascii_uppercase),
        3 => all(part, u8::is_ascii_digit),
        _ => false,
    };
    parts.next_if(region);
    language && parts.next().is_none()
}

fn currency_in_use() -> Problem {
    let detail =
        "There are orders already: the currency of an organization is fixed with its first order.";
    let mut problem = Problem::conflict("currency_in_use", detail);
    problem.errors = vec![FieldProblem::at("/currency", "currency_in_use", detail)];
    problem
}

#[cfg(test)]
mod tests {
    use super::is_locale;

    #[test]
    fn locales_are_language_script_and_region() {
        for good in ["de", "en-GB", "zh-Hant-TW", "sr-Latn", "es-419", "fil"] {
            assert!(is_locale(good), "{good}");
        }
        for bad in [
            "",
            "d",
            "DE",
            "en_GB",
            "en-gb",
            "en-",
            "en-GB-x",
            "zh-TW-Hant",
            "e1",
            "é-GB",
        ] {
            assert!(!is_locale(bad), "{bad}");
        }
    }
}

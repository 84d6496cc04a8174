//! What a product refers to by code, with a problem for each that does not exist.

use rust_decimal::Decimal;
use serde_json::Value;
use som_domain::Code;
use uuid::Uuid;

use crate::change::{Changes, Shown};
use crate::ctx::Ctx;
use crate::features::products::input::UnitConversionInput;
use crate::features::products::store::{ConversionRow, categories, units};
use crate::features::products::view::UnitConversionView;
use crate::features::taxes;
use crate::http::{ApiResult, FieldProblem};

/// Most other units of a product.
const UNITS_MAX: usize = 20;

pub(super) async fn category_of(
    ctx: &mut Ctx,
    code: &Code,
    changes: &mut Changes,
) -> ApiResult<Option<(Uuid, String)>> {
    let organization = ctx.organization();
    let found = categories::by_code(ctx.db(), organization, code.as_str()).await?;
    if found.is_none() {
        changes.problem(
            FieldProblem::at(
                "/category",
                "unknown_category",
                format!("There is no category {code}."),
            )
            .with_value(code.as_str()),
        );
    }
    Ok(found)
}

pub(super) async fn tax_class_of(
    ctx: &mut Ctx,
    code: &Code,
    changes: &mut Changes,
) -> ApiResult<Option<Uuid>> {
    let organization = ctx.organization();
    let found = taxes::service::class_id(ctx.db(), organization, code.as_str()).await?;
    if found.is_none() {
        changes.problem(
            FieldProblem::at(
                "/tax_class",
                "unknown_tax_class",
                format!("There is no tax class {code}."),
            )
            .with_value(code.as_str()),
        );
    }
    Ok(found)
}

pub(super) async fn unit_of(ctx: &mut Ctx, code: &str, changes: &mut Changes) -> ApiResult<Uuid> {
    let organization = ctx.organization();
    let found = units::by_codes(ctx.db(), organization, &[code.to_owned()]).await?;
    if found.is_empty() {
        changes.problem(
            FieldProblem::at("/unit", "unknown_unit", format!("There is no unit {code}."))
                .with_value(code),
        );
    }
    Ok(found.first().map(|row| row.id).unwrap_or_default())
}

pub(super) async fn conversions_of(
    ctx: &mut Ctx,
    own: &str,
    input: &[UnitConversionInput],
    changes: &mut Changes,
) -> ApiResult<Vec<ConversionRow>> {
    if input.is_empty() {
        return Ok(Vec::new());
    }
    if input.len() > UNITS_MAX {
        changes.problem(FieldProblem::at(
            "/units",
            "too_many",
            format!("A product has at most {UNITS_MAX} other units."),
        ));
        return Ok(Vec::new());
    }
    let codes: Vec<String> = input
        .iter()
        .map(|unit| unit.unit.as_str().to_owned())
        .collect();
    let organization = ctx.organization();
    let known = units::by_codes(ctx.db(), organization, &codes).await?;
    let mut rows: Vec<ConversionRow> = Vec::with_capacity(input.len());
    for (place, unit) in input.iter().enumerate() {
        let code = unit.unit.as_str();
        let mut wrong = |member: &str, problem: &str, detail: String| {
            changes.problem(FieldProblem::at(
                format!("/units/{place}/{member}"),
                problem,
                detail,
            ))
        };
        if unit.numerator <= 0 {
            wrong(
                "numerator",
                "not_positive",
                "The numerator is above zero.".to_owned(),
            );
        }
        if unit.denominator <= 0 {
            wrong(
                "denominator",
                "not_positive",
                "The denominator is above zero.".to_owned(),
            );
        }
        match known.iter().find(|row| row.code == code) {
            None => wrong("unit", "unknown_unit", format!("There is no unit {code}.")),
            Some(_) if code == own => wrong(
                "unit",
                "own_unit",
                format!("{code} is the product's own unit."),
            ),
            Some(row) if rows.iter().any(|other| other.unit_id == row.id) => {
                wrong("unit", "duplicate", format!("{code} is named twice."))
            }
            Some(row) => rows.push(ConversionRow {
                unit_id: row.id,
                numerator: unit.numerator,
                denominator: unit.denominator,
                barcode: unit.barcode.as_ref().map(|b| b.as_str().to_owned()),
            }),
        }
    }
    Ok(rows)
}

/// The units as they will be shown.
pub(super) fn shown(input: &[UnitConversionInput]) -> Vec<UnitConversionView> {
    let mut units: Vec<UnitConversionView> = input
        .iter()
        .map(|unit| UnitConversionView {
            unit: unit.unit.as_str().to_owned(),
            numerator: unit.numerator,
            denominator: unit.denominator,
            barcode: unit.barcode.as_ref().map(|b| b.as_str().to_owned()),
        })
        .collect();
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    units
}

/// A cost: its differences say only that it changed, because not everybody may see it.
#[derive(PartialEq)]
pub(super) struct HiddenCost(pub(super) Decimal);

impl Shown for HiddenCost {
    fn shown(&self) -> Value {
        Value::from("…")
    }
}

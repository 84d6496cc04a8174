//! Define custom fields; other features write through [`apply`] and show through [`open`].

mod values;

use serde_json::json;
use som_domain::custom_fields::{CUSTOM_FIELDS_MAX, FieldDefinition, FieldKind, TEXT_MAX};
use som_domain::ids::CustomFieldId;
use som_domain::money::Amount;
use sqlx::PgConnection;
use uuid::Uuid;

pub use values::{CustomInput, Field, MASK, apply, is_sealed, merge, open, show};

use super::input::{CustomFieldPatch, NewCustomField};
use super::store::{self, FieldRow};
use super::view::CustomFieldView;
use crate::change::{Changes, duplicate};
use crate::ctx::{Ctx, Event};
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch, Problem};

impl From<FieldRow> for Field {
    fn from(row: FieldRow) -> Self {
        Self {
            key: row.key,
            kind: row.kind,
            choices: row.choices,
            required: row.required,
            secret: row.secret,
        }
    }
}

/// The domain's definition of a stored field.
fn definition(field: &Field) -> anyhow::Result<FieldDefinition> {
    let kind = match field.kind.as_str() {
        "number" => FieldKind::Number {
            min: None,
            max: None,
            decimals: u8::try_from(Amount::SCALE).unwrap_or(4),
        },
        "boolean" => FieldKind::Boolean,
        "date" => FieldKind::Date,
        "choice" => FieldKind::Choice {
            options: field.choices.clone(),
        },
        _ => FieldKind::Text {
            max_length: u16::try_from(TEXT_MAX).unwrap_or(u16::MAX),
        },
    };
    Ok(FieldDefinition {
        key: field.key.parse().map_err(anyhow::Error::new)?,
        kind,
        required: field.required,
    })
}

fn check(row: &FieldRow, changes: &mut Changes) -> ApiResult<()> {
    if row.kind != "choice" && !row.choices.is_empty() {
        changes.problem(FieldProblem::at(
            "/choices",
            "not_a_choice",
            "Only a field of the kind `choice` has choices.",
        ));
    } else if let Err(invalid) = definition(&row.clone().into())?.check() {
        changes.problem(FieldProblem::at(
            "/choices",
            invalid.code(),
            format!("The field {}.", invalid.message()),
        ));
    }
    Ok(())
}

/// Defines a field. Errors: 409 `duplicate_key`, 422 `too_many`.
pub async fn create(ctx: &mut Ctx, new: NewCustomField) -> ApiResult<CustomFieldView> {
    let row = FieldRow {
        id: ctx.new_id(),
        entity: new.entity.as_str().to_owned(),
        key: new.key.as_str().to_owned(),
        label: new.label.into_string(),
        kind: new.kind.as_str().to_owned(),
        choices: new.choices.into_iter().map(|c| c.into_string()).collect(),
        required: new.required,
        secret: new.secret,
        position: new.position,
        archived_at: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut changes = Changes::default();
    if row.key.len() > 40 {
        changes.problem(FieldProblem::at(
            "/key",
            "too_long",
            "A key has at most 40 characters.",
        ));
    }
    check(&row, &mut changes)?;
    let organization = ctx.organization();
    if store::count(ctx.db(), organization, &row.entity).await?
        >= i64::try_from(CUSTOM_FIELDS_MAX).unwrap_or(i64::MAX)
    {
        changes.problem(FieldProblem::at(
            "/entity",
            "too_many",
            format!("There are at most {CUSTOM_FIELDS_MAX} custom fields of one kind of record."),
        ));
    }
    changes.finish()?;
    let inserted = store::insert(ctx.db(), organization, &row).await;
    inserted.map_err(|e| {
        duplicate(
            e,
            "custom_fields_organization_id_entity_key_key",
            "duplicate_key",
            "/key",
            || format!("There is already a field with the key {}.", row.key),
        )
    })?;
    ctx.record(Event::new(
        "custom_field",
        row.id,
        1,
        "created",
        json!({ "entity": row.entity, "key": row.key, "kind": row.kind }),
    ));
    Ok(row.into())
}

/// Changes a field. Key, kind and secrecy are for good: values depend on them.
pub async fn change(
    ctx: &mut Ctx,
    id: CustomFieldId,
    if_match: &IfMatch,
    patch: CustomFieldPatch,
) -> ApiResult<CustomFieldView> {
    let organization = ctx.organization();
    let found = store::lock(ctx.db(), organization, id.uuid()).await?;
    let mut row = found.ok_or_else(|| Problem::not_found("custom field"))?;
    ctx.check_version(if_match, "custom_field", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("label", &mut row.label, patch.label, |v| v.into_string());
    changes.required("required", &mut row.required, patch.required, |v| v);
    changes.required("position", &mut row.position, patch.position, |v| v);
    changes.required("choices", &mut row.choices, patch.choices, |v| {
        v.into_iter().map(|c| c.into_string()).collect()
    });
    if let Patch::Value(archived) = patch.archived {
        let mut was = row.archived_at.is_some();
        let before = row.archived_at;
        changes.set("archived", &mut was, archived);
        row.archived_at = archived.then(|| before.unwrap_or(ctx.now));
    }
    check(&row, &mut changes)?;
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        store::update(ctx.db(), organization, &row).await?;
        ctx.record(Event::new(
            "custom_field",
            row.id,
            row.version,
            "updated",
            diff,
        ));
    }
    Ok(row.into())
}

/// One definition.
pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: CustomFieldId,
) -> ApiResult<CustomFieldView> {
    Ok(store::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("custom field"))?
        .into())
}

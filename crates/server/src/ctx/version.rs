//! Whether a change is based on the current version, and what changed when it is not.

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::Ctx;
use crate::http::command::IfMatch;
use crate::http::{ApiResult, Problem};

impl Ctx {
    /// 428 without `If-Match`, 412 with what changed when it names another version than `current`.
    pub async fn check_version(
        &mut self,
        expected: &IfMatch,
        entity: &str,
        id: Uuid,
        current: i32,
    ) -> ApiResult<()> {
        let versions = match expected {
            IfMatch::Any => return Ok(()),
            IfMatch::Missing => {
                return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", "Send If-Match with the ETag you last saw, or `*` to change whatever is there now.").into());
            }
            IfMatch::Versions(versions) => versions,
        };
        if versions.contains(&current) {
            return Ok(());
        }
        Err(self
            .stale(
                versions.iter().copied().max().unwrap_or(0),
                entity,
                id,
                current,
            )
            .await?
            .into())
    }

    async fn stale(
        &mut self,
        seen: i32,
        entity: &str,
        id: Uuid,
        current: i32,
    ) -> ApiResult<Problem> {
        let organization = self.organization();
        let rows = sqlx::query!(
            "select actor_name, at, diff from audit_events
              where organization_id = $1 and entity = $2 and entity_id = $3 and entity_version > $4 order by seq desc limit 20",
            organization,
            entity,
            id,
            seen,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut problem = Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "stale_version",
            "This was changed since you read it. Look at what changed and try again.",
        )
        .with("current_etag", format!("\"{current}\""));
        if let Some(last) = rows.first() {
            problem = problem.with("changed_by", last.actor_name.as_str()).with(
                "changed_at",
                last.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            );
        }
        let mut changed: Vec<String> = Vec::new();
        for row in &rows {
            if let Value::Object(diff) = &row.diff {
                changed.extend(diff.keys().map(|key| format!("/{key}")));
            }
        }
        changed.sort_unstable();
        changed.dedup();
        Ok(problem.with("changed", changed))
    }
}

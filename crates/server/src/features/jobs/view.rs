//! How jobs are shown.

use serde::Serialize;
use serde_json::Value;
use som_domain::dates::Timestamp;
use som_domain::ids::{JobId, UserId};
use utoipa::ToSchema;

use super::store::JobRow;

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Progress {
    /// Done so far.
    pub done: i64,
    /// Out of this many, when that is known.
    pub total: Option<i64>,
}

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobItem {
    /// Identity.
    pub id: JobId,
    /// What kind of work it is.
    #[schema(example = "import")]
    pub kind: String,
    /// `queued`, `running`, `done`, `failed` (it cannot succeed), `dead` (tried too often) or `cancelled`.
    #[schema(example = "running")]
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// How often it is tried at most.
    pub max_attempts: i32,
    /// How far it is.
    pub progress: Progress,
    /// Why it did not succeed (yet).
    pub error: Option<String>,
    /// Who asked for it.
    pub created_by: Option<UserId>,
    /// When it is due, or was.
    pub run_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When something last happened to it.
    pub updated_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A job with what came out of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobView {
    /// The job.
    #[serde(flatten)]
    pub job: JobItem,
    /// What came out of it; of an import, its report.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
}

impl From<JobRow> for JobItem {
    fn from(row: JobRow) -> Self {
        let error =
            row.last_error
                .filter(|_| row.state != "done")
                .map(|error| match row.state.as_str() {
                    "failed" => error,
                    // The text of an attempt that may be repeated is for operators: it may name what is inside.
                    _ => "An attempt failed. The server's log says why.".to_owned(),
                });
        Self {
            id: JobId::from_uuid(row.id),
            kind: row.kind,
            state: row.state,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            progress: Progress {
                done: row.progress_done,
                total: row.progress_total,
            },
            error,
            created_by: row.created_by.map(UserId::from_uuid),
            run_at: Timestamp::new(row.run_at),
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
            finished_at: row.finished_at.map(Timestamp::new),
        }
    }
}

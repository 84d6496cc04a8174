//! Which kinds of jobs there are, and what runs them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use som_domain::ids::OrganizationId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::queue;
use crate::app::AppState;

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// The organization it works for; `None` for work of the platform.
    pub organization: Option<OrganizationId>,
    /// What it was asked to do.
    pub payload: Value,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// Who asked.
    pub created_by: Option<Uuid>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Cancelled when the process stops or the claim was lost: a long handler looks at it.
    pub stop: CancellationToken,
    pub(super) worker: String,
}

impl Job {
    /// Reads the payload.
    ///
    /// # Errors
    /// A permanent error when it does not fit: no retry can help.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        serde_json::from_value(self.payload.clone())
            .map_err(|e| JobError::Permanent(format!("the payload does not fit: {e}")))
    }

    /// Tells how far the work is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn progress(
        &self,
        state: &AppState,
        done: i64,
        total: Option<i64>,
    ) -> Result<(), JobError> {
        Ok(queue::progress(state, self, done, total).await?)
    }
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Trying again cannot help; the text is shown to whoever asked for the job.
    #[error("{0}")]
    Permanent(String),
    /// It is tried again later; the text is for operators.
    #[error("{0}")]
    Retry(String),
}

impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

/// The result of a job: a JSON value kept with it.
pub type JobResult = Result<Value, JobError>;

type Handler = Arc<dyn Fn(AppState, Job) -> BoxFuture<'static, JobResult> + Send + Sync>;

/// A kind of job.
#[derive(Clone)]
pub struct JobKind {
    name: &'static str,
    handler: Handler,
    hourly: bool,
}

impl JobKind {
    /// A kind and what runs it.
    pub fn new<F, Fut>(name: &'static str, handler: F) -> Self
    where
        F: Fn(AppState, Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = JobResult> + Send + 'static,
    {
        Self {
            name,
            handler: Arc::new(move |state, job| Box::pin(handler(state, job))),
            hourly: false,
        }
    }

    /// Comes back every hour.
    #[must_use]
    pub fn hourly(mut self) -> Self {
        self.hourly = true;
        self
    }
}

/// All kinds this process can run; jobs of other kinds are left to other processes.
#[derive(Clone, Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Handler>,
    hourly: Vec<&'static str>,
}

impl Registry {
    /// The platform's own kinds.
    pub fn platform() -> Self {
        Self::default().with(super::cleanup::kind())
    }

    /// Adds a kind.
    #[must_use]
    pub fn with(mut self, kind: JobKind) -> Self {
        self.kinds.insert(kind.name, kind.handler);
        if kind.hourly {
            self.hourly.push(kind.name);
        }
        self
    }

    /// The names of all kinds.
    pub fn names(&self) -> Vec<String> {
        self.kinds.keys().map(|&name| name.to_owned()).collect()
    }

    /// The names of those that come back every hour.
    pub(super) fn hourly(&self) -> &[&'static str] {
        &self.hourly
    }

    /// Runs a job by its kind.
    pub(super) async fn run(&self, state: AppState, job: Job) -> JobResult {
        match self.kinds.get(job.kind.as_str()) {
            Some(handler) => handler(state, job).await,
            None => Err(JobError::Permanent(format!("no handler for {}", job.kind))),
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds.keys()).finish()
    }
}

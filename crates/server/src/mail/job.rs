//! The job that sends a letter.

use serde::Deserialize;
use serde_json::json;

use super::letter::Letter;
use super::transport::Outgoing;
use crate::app::AppState;
use crate::jobs::{Job, JobError, JobKind, JobResult};

/// Name of the kind.
pub const KIND: &str = "send_mail";

#[derive(Debug, Deserialize)]
struct Payload {
    to: String,
    letter: Letter,
}

/// Sends letters.
pub fn kind() -> JobKind {
    JobKind::new(KIND, run)
}

async fn run(state: AppState, job: Job) -> JobResult {
    let Payload { to, letter } = job.read()?;
    if letter
        .link()
        .is_some_and(|link| link.expires_at <= state.clock().now())
    {
        return Err(JobError::Permanent(
            "the link ran out before the mail could be sent".into(),
        ));
    }
    let content = letter
        .content(&state)
        .map_err(|e| JobError::Permanent(e.to_string()))?;
    let outgoing = Outgoing {
        id: job.id,
        to,
        subject: content.subject.clone(),
        plain: content.plain(),
        html: content.html(),
    };
    state.mailer().send(&outgoing, state.clock().now()).await?;
    Ok(json!({ "letter": letter.name() }))
}

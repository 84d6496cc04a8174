//! Background work: a queue in PostgreSQL, its runner, schedules, and the consumer of outbox events.
//!
//! A job is enqueued in the transaction that makes it necessary, so that it exists exactly when its reason does. It runs at least once:
//! a handler must be able to run again after a crash. Retries back off; what keeps failing ends as a visible dead letter.

mod backoff;
mod cleanup;
mod open_values;
mod order_days;
mod outbox;
mod queue;
mod registry;
mod runner;
mod schedule;
mod wake;

pub use outbox::{OutboxReport, drain};
pub use queue::{NewJob, enqueue};
pub use registry::{Job, JobError, JobKind, JobResult, Registry};
pub use runner::{Runner, run_due};

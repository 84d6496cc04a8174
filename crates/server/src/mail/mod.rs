//! Mail: letters as typed data, put into the queue in the transaction that causes them, and sent by a job.
//!
//! No request ever waits for a mail server. What anybody can cause is limited per address, whoever asks.

mod content;
mod factor;
mod job;
mod letter;
mod post;
mod transport;

pub use factor::FactorEvent;
pub use job::{KIND, kind};
pub use letter::{EndingKey, Letter, Link};
pub use post::post;
pub use transport::{Mailer, Outgoing};

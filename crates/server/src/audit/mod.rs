//! The audit log's proof: entries are chained by their hashes, and the chain's length and head are signed and told to the outside.
//!
//! Entries are written in the transaction of what they tell ([`crate::db::record`]). A lock on the chain there would have every order of an
//! organization wait for the one before; so one sealer at a time follows a moment behind. A chain alone can be made anew by whoever may
//! write everything: the signed checkpoints outside of the database cannot.

mod chain;
mod checkpoint;
mod failures;
mod prove;
mod reads;
mod sealer;
mod signers;
mod store;
mod system;
mod verify;

pub use chain::Entry;
pub use checkpoint::{Checkpoint, Signer};
pub use failures::FailedSignIn;
pub use prove::{kind, prove_soon};
pub use reads::{Reads, Subject};
pub use sealer::{SealReport, follow, seal};
pub use signers::{vouch, vouched_for};
pub use system::note_by_system;
pub use verify::{Finding, Verdict, verify};

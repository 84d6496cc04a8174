//! Changing keys while the server runs. Configured keys are read again and again: a new one is accepted at once and used when every other
//! process must have seen it. Personal data is sealed anew with an organization's newest keys, a batch at a time, and old keys are destroyed when
//! nothing needs them (docs/keys.md).

mod configured;
mod data;
mod job;
mod part;
mod people;
mod status;
mod store;

pub use configured::{follow, note_keys};
pub use data::{Begun, begin, due};
pub use job::{enqueue, kind};
pub use part::{After, Batch, Part, Step};
pub use people::{People, PeopleBatch, PeopleStep};
pub use status::{ConfiguredKey, DataKey, OfOrganization, Previous, Progress, Status, status};

//! The run of an import: sections in their order, objects in batches, one transaction for all.

mod apply;
mod run;
mod section;
mod who;

pub use run::{Import, Progress, perform, run};
pub use who::caller;

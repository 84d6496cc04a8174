//! Routes of settings.

pub mod groups;
pub mod terms;

//! The SQL of settings.

pub mod groups;
pub mod terms;

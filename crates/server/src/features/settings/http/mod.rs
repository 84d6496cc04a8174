//! Routes of settings.

pub mod groups;
pub mod organization;
pub mod series;
pub mod terms;

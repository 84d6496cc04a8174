//! Settings: read and change them, with their audit.

pub mod groups;
pub mod terms;

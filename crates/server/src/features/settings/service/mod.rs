//! Settings: read and change them, with their audit.

pub mod groups;
pub mod organization;
pub mod series;
pub mod terms;

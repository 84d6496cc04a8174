//! Settings: read and change them, with their audit.

pub mod groups;
pub mod organization;
mod second_factor;
pub mod series;
pub mod terms;

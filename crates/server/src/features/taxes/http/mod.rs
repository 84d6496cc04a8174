//! Routes of taxes, tax classes and tax rules.

pub mod classes;
pub mod rules;
pub mod taxes;

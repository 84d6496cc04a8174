//! Routes of single sign-on.

pub(super) mod callback;
pub(super) mod checks;
pub(super) mod identities;
pub(super) mod journeys;
pub(super) mod providers;

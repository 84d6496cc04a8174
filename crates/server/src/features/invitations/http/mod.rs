//! Routes of invitations.

pub(super) mod accept;
pub(super) mod manage;

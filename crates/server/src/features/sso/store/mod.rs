//! SQL of identity providers, of who people are there, and of journeys.

mod domains;
mod groups;
mod identities;
mod journeys;
mod providers;
pub(super) mod resealing;

pub(super) use domains::{DomainRow, domains, provider_of_domain, put_domains, verify_domain};
pub(super) use groups::{GroupRow, groups, put_groups};
pub(super) use identities::{
    IdentityRow, delete_identity, has_identity, identities, identity, identity_used,
    insert_identity,
};
pub(super) use journeys::{JourneyRow, NewJourney, insert_journey, use_journey};
pub(super) use providers::{
    ProviderRow, count, delete, get, insert, list, lock, organization_of, update,
};

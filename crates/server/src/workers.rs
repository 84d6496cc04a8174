//! Which jobs this server can run: the platform's own and those of the features.

use crate::features;
use crate::jobs::Registry;
use crate::rotation::{self, Part, People};

/// Where secrets of people are that belong to no organization.
pub const PEOPLE: [People; 2] = [features::second_factors::PEOPLE, features::accounts::PEOPLE];

/// Where data of an organization is sealed: what is not here does not open any more once a data key is destroyed.
pub fn parts() -> Vec<Part> {
    [
        &features::customers::PARTS[..],
        &features::orders::PARTS,
        &features::products::PARTS,
        &features::imports::PARTS,
        &features::sso::PARTS,
    ]
    .concat()
}

/// Every kind of job.
pub fn registry() -> Registry {
    let [demo, scale] = features::seed::kinds();
    let resealing = rotation::kind(parts(), &PEOPLE);
    let [sweep, end_hold] = features::orders::kinds();
    Registry::platform()
        .with(sweep)
        .with(end_hold)
        .with(resealing)
        .with(features::imports::kind())
        .with(crate::mail::kind())
        .with(features::accounts::kind())
        .with(features::api_keys::kind())
        .with(crate::audit::kind())
        .with(demo)
        .with(scale)
}

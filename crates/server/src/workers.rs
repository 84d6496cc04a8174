//! Which jobs this server can run: the platform's own and those of the features.

use crate::jobs::Registry;

/// Every kind of job.
pub fn registry() -> Registry {
    let [demo, scale] = crate::features::seed::kinds();
    let [sweep, end_hold] = crate::features::orders::kinds();
    Registry::platform()
        .with(sweep)
        .with(end_hold)
        .with(crate::features::customers::kind())
        .with(crate::features::imports::kind())
        .with(crate::mail::kind())
        .with(crate::features::accounts::kind())
        .with(crate::features::api_keys::kind())
        .with(crate::audit::kind())
        .with(demo)
        .with(scale)
}

//! Integration tests: features through the real HTTP router on a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(unreachable_pub, reason = "one crate of test modules")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests look behind the API, at databases of their own"
)]
#![allow(clippy::too_many_lines, reason = "a test tells its story in one go")]
#![allow(
    clippy::clone_on_ref_ptr,
    clippy::type_complexity,
    clippy::wrong_self_convention,
    reason = "tests read better without"
)]

mod accounts;
mod accounts_password;
mod accounts_person;
mod api_keys;
mod api_keys_ending;
mod api_keys_use;
mod approvals;
mod asvs;
mod audit;
mod audit_command;
mod audit_kill;
mod audit_names;
mod audit_reads;
mod audit_sign_ins;
mod audit_viewer;
mod auth;
mod auth_sessions;
mod captcha;
mod command_line;
mod config;
mod contract;
mod custom_fields;
mod customers;
mod customers_parts;
mod dashboard;
mod docs;
mod docs_commands;
mod embedded;
mod faults;
mod faults_cases;
mod faults_database;
mod faults_sweep;
mod hardening;
mod harness;
mod headers;
mod hygiene;
mod identity_providers;
mod identity_providers_checks;
mod imports;
mod imports_http;
mod imports_size;
mod invitations;
mod jobs;
mod jobs_api;
mod keys_data;
mod keys_kill;
mod keys_server;
mod limits;
mod limits_shared;
mod limits_trouble;
mod lists;
mod logs;
mod mail;
mod members;
mod members_care;
mod members_teams;
mod orders;
mod orders_authority;
mod orders_deliveries;
mod orders_draft;
mod orders_due;
mod orders_fulfil;
mod orders_lifecycle;
mod orders_list;
mod orders_prices;
mod orders_reverse;
mod orders_secrets;
mod outbound;
mod passkeys;
mod personal;
mod personal_old_rows;
mod platform;
mod platform_edge;
mod preview;
mod price_lists;
mod prices_api;
mod prices_resolve;
mod products;
mod products_api;
mod products_find_api;
mod roles;
mod round_trips;
mod search;
mod second_factors;
mod second_factors_policy;
mod second_factors_sign_in;
mod seed;
mod serve;
mod sessions;
mod settings;
mod settings_organization;
mod setup;
mod shop;
mod sso;
mod sso_people;
mod sso_refusals;
mod sso_roles;
mod taxes;
mod taxes_api;
mod tenancy;
mod transactions;
mod wire_http1;
mod wire_http2;

//! Seeds: the demo company and the mass of orders.

mod catalogue;
mod customers;
mod demo;
mod execute;
mod lists;
mod order;
mod people;
mod plan;
mod products;
mod random;
mod scale;

pub use demo::{Demo, demo, demo_organization};
pub use people::SignIn;
pub use scale::{SCALE_JOB, Scale, Told, enqueue_scale, remaining, scale};

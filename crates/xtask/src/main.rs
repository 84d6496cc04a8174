//! Checks and generators: `cargo xtask <task>`.
fn main() {}

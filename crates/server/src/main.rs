//! The `som` binary.
fn main() {}

//! Integration tests: features through the real HTTP router on a real database.

//! The rules of Sales Order Manager: pure functions and types, no I/O, no clock.

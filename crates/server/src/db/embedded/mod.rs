//! A private PostgreSQL inside the data directory.

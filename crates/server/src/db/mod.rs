//! PostgreSQL: the pools, the migrator, the embedded server.
pub mod embedded;
pub mod migrator;
mod pool;

pub use migrator::{MigrationState, MigratorError};
pub use pool::{ConnectError, Db};

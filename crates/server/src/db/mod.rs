//! PostgreSQL: pools, the tenant transaction, migrations, the embedded server, document numbers, audit and outbox writers.

pub mod embedded;
pub mod external_refs;
pub mod idempotency;
pub mod migrator;
pub mod numbers;
mod pool;
pub mod record;
mod tenant;

pub use migrator::{MigrationState, MigratorError};
pub use pool::{ConnectError, Db};
pub use tenant::{SystemScope, SystemTx, TenantTx};

//! PostgreSQL: pools, the tenant transaction, migrations, the embedded server, document numbers, audit and outbox writers.

mod begin;
pub mod embedded;
pub mod external_refs;
pub mod idempotency;
mod keys;
pub mod migrator;
pub mod numbers;
mod pool;
pub mod record;
mod tenant;

pub use keys::{ACTIVATION, DataKeys, KeyVersion, Purpose, Vault};
pub use migrator::{MigrationState, MigratorError};
pub use pool::{ConnectError, Db, wait_until_up};
pub use tenant::{SystemScope, SystemTx, TenantTx};

//! From names to addresses, once for each request.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use url::Host;

use super::OutboundError;
use super::policy::Target;

/// Addresses tried at most.
const TRIED: usize = 8;

/// Looks names up.
#[derive(Clone)]
pub enum Resolver {
    /// As the machine does.
    System,
    /// Otherwise.
    Given(Arc<Lookup>),
}

/// The addresses of a name and a port.
type Lookup = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Given(_) => "Given",
        })
    }
}

impl Resolver {
    /// Every address of the target, all of them judged: one that lies inside spoils the answer, because nobody means both.
    pub(super) async fn addresses(
        &self,
        target: &Target,
    ) -> Result<Vec<SocketAddr>, OutboundError> {
        let found = match (&target.host, target.ip()) {
            (_, Some(ip)) => vec![SocketAddr::new(ip, target.port)],
            (Host::Domain(name), None) => self.lookup(name, target.port).await?,
            _ => Vec::new(),
        };
        for address in &found {
            target.judge(address.ip())?;
        }
        if found.is_empty() {
            return Err(OutboundError::Unresolved);
        }
        Ok(found.into_iter().take(TRIED).collect())
    }

    async fn lookup(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, OutboundError> {
        let found = match self {
            Self::System => tokio::net::lookup_host((name, port))
                .await
                .map(Iterator::collect),
            Self::Given(lookup) => lookup(name, port),
        };
        found.map_err(|_| OutboundError::Unresolved)
    }
}

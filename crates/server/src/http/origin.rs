//! Where something was asked for: the request, and the address it came from. The audit log keeps both.

use std::net::IpAddr;

use http::Extensions;
use som_domain::ids::RequestId;

use super::finish::CurrentRequest;
use super::middleware::ClientIp;

/// A request and where it came from; neither for jobs, seeds and the command line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin {
    /// The request.
    pub request: Option<RequestId>,
    /// The client's address, proxies seen through.
    pub ip: Option<IpAddr>,
}

impl Origin {
    /// What the outer layers found out of a request.
    pub fn of(extensions: &Extensions) -> Self {
        Self {
            request: extensions.get::<CurrentRequest>().map(|found| found.0),
            ip: extensions.get::<ClientIp>().map(|found| found.0),
        }
    }
}

//! Why nothing came back.

use std::io;

use http::StatusCode;

/// Why a request was not let out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not an address of the web.
    #[error("not an address of the web")]
    Url,
    /// Neither https nor an http origin that the operator named.
    #[error("only https is allowed")]
    NotHttps,
    /// A name or a password in the address.
    #[error("an address may not hold a login")]
    Login,
    /// The operator names the hosts that may be asked, and this is none of them.
    #[error("the host is not on the operator's list")]
    NotListed,
    /// The own network, this machine, or a range without a meaning in the web.
    #[error("the host lies inside the own network")]
    Internal,
}

/// Why nothing came back. The words are for the log and for administrators: they hold nothing of what was sent or received.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// It was not let out.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The name has no address.
    #[error("the host name has no address")]
    Unresolved,
    /// Nobody answers there.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// The other side did not prove who it is.
    #[error("no trusted TLS connection: {0}")]
    Tls(io::Error),
    /// It took too long.
    #[error("no whole answer in time")]
    Timeout,
    /// Head or body are larger than expected.
    #[error("the answer is too large")]
    TooLarge,
    /// It points elsewhere; this is not followed.
    #[error("the answer is a redirect ({0})")]
    Redirect(StatusCode),
    /// Not the HTTP that was expected.
    #[error("not a proper answer: {0}")]
    Protocol(String),
}

impl From<hyper::Error> for OutboundError {
    fn from(error: hyper::Error) -> Self {
        if error.is_parse_too_large() {
            Self::TooLarge
        } else {
            Self::Protocol(error.to_string())
        }
    }
}

//! The accept loop.

use std::net::SocketAddr;

/// The socket's other end, in the extensions of every request.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddr(pub SocketAddr);

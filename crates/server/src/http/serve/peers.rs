//! How many connections each peer has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections per peer; an IPv6 peer is its /64, because one household has that many addresses.
#[derive(Debug, Clone)]
pub(super) struct Peers {
    most: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One counted connection; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    key: IpAddr,
    counts: Option<Arc<Mutex<HashMap<IpAddr, usize>>>>,
}

impl Peers {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            counts: Arc::default(),
        }
    }

    /// Counts a connection; `None` when the peer has enough. A trusted proxy speaks for many and is not counted.
    pub(super) fn enter(&self, ip: IpAddr, exempt: bool) -> Option<Place> {
        let key = network(ip);
        if exempt {
            return Some(Place { key, counts: None });
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place {
            key,
            counts: Some(Arc::clone(&self.counts)),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(counts) = &self.counts else { return };
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let peers = Peers::new(2);
        let ip = "192.0.2.1".parse().unwrap();
        let first = peers.enter(ip, false);
        let second = peers.enter(ip, false);
        assert!(first.is_some() && second.is_some());
        assert!(peers.enter(ip, false).is_none());
        assert!(peers.enter(ip, true).is_some());
        assert!(peers.enter("192.0.2.2".parse().unwrap(), false).is_some());
        drop(first);
        assert!(peers.enter(ip, false).is_some());
    }

    #[test]
    fn a_v6_network_is_one_peer() {
        let peers = Peers::new(1);
        let _kept = peers.enter("2001:db8::1".parse().unwrap(), false);
        assert!(peers.enter("2001:db8::2".parse().unwrap(), false).is_none());
        assert!(
            peers
                .enter("2001:db8:0:1::1".parse().unwrap(), false)
                .is_some()
        );
    }
}

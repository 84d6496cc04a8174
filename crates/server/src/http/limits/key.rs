//! Who is counted.

use std::fmt;
use std::net::IpAddr;

use som_domain::ids::UserId;
use uuid::Uuid;

use crate::security::random;

/// Whom a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// An IPv4 address, or an IPv6 network: see [`Key::client`].
    Client(IpAddr),
    /// An e-mail address by its hash: addresses are not kept in the clear.
    Address(random::Hash),
    /// A signed-in person.
    Person(UserId),
    /// An API key and those that replace it.
    Program(Uuid),
}

impl Key {
    /// What counts as one client: an IPv4 address, or the /64 an IPv6 client can choose addresses from.
    pub fn client(ip: IpAddr) -> Self {
        Self::Client(match ip.to_canonical() {
            IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & (u128::MAX << 64)).into()),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// An e-mail address, whether there is an account or not.
    pub fn address(email: &str) -> Self {
        Self::Address(random::hash(&email.to_lowercase()))
    }
}

/// As stores outside of the process know it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(ip) => write!(f, "ip:{ip}"),
            Self::Address(hash) => {
                f.write_str("email:")?;
                hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Person(user) => write!(f, "user:{}", user.uuid()),
            Self::Program(family) => write!(f, "key:{family}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Key {
        Key::client(text.parse().unwrap())
    }

    #[test]
    fn a_client_cannot_hide_in_its_own_network() {
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("2001:db8::1").to_string(), "ip:2001:db8::");
    }

    #[test]
    fn mapped_addresses_are_ipv4() {
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }

    #[test]
    fn addresses_are_hashed_without_regard_to_case() {
        let key = Key::address("Ada@Example.com");
        assert_eq!(key, Key::address("ada@example.com"));
        assert!(key.to_string().len() == 70 && !key.to_string().contains("ada"));
    }
}

//! Which addresses lie in the open web, which inside, and which are never asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use crate::config::IpNet;

/// Where an address lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// In the web.
    Public,
    /// In the own network or on this machine: only for origins the operator named.
    Internal,
    /// Never: link-local (where clouds tell machines their keys), multicast, nowhere.
    Never,
}

const NEVER: &[&str] = &[
    "0.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "fe80::/10",
    "ff00::/8",
    // metadata of clouds outside of the link-local range
    "100.100.100.200/32",
    "168.63.129.16/32",
    "192.0.0.192/32",
    "fd00:ec2::/32",
    "fd20:ce::254/128",
];

/// What IANA lists as not global; of IPv6 only 2000::/3 is.
const INTERNAL: &[&str] = &[
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
];

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

static NEVER_NETS: LazyLock<Vec<IpNet>> = LazyLock::new(|| nets(NEVER));
static INTERNAL_NETS: LazyLock<Vec<IpNet>> = LazyLock::new(|| nets(INTERNAL));

impl Reach {
    /// Where `ip` lies; an IPv4 address inside of an IPv6 one counts as itself.
    pub(super) fn of(ip: IpAddr) -> Self {
        let ip = match ip.to_canonical() {
            IpAddr::V6(six) => embedded(six).map_or(IpAddr::V6(six), IpAddr::V4),
            four => four,
        };
        let among = |nets: &[IpNet]| nets.iter().any(|net| net.contains(ip));
        if among(&NEVER_NETS) {
            Self::Never
        } else if among(&INTERNAL_NETS) || !global_unicast(ip) {
            Self::Internal
        } else {
            Self::Public
        }
    }
}

fn global_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(_) => true,
        IpAddr::V6(six) => six.segments()[0] >> 13 == 1,
    }
}

/// The IPv4 address that a translator (NAT64) or an old tunnel (`::1.2.3.4`) would really ask.
fn embedded(six: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, high, low] = six.segments();
    let four = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    let nat64 = [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0];
    let compatible = [a, b, c, d, e, f] == [0; 6] && high != 0;
    (nat64 || compatible).then_some(four)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(text: &str) -> Reach {
        Reach::of(text.parse().unwrap())
    }

    #[test]
    fn every_range_of_the_tables_is_read() {
        assert_eq!(NEVER_NETS.len(), NEVER.len());
        assert_eq!(INTERNAL_NETS.len(), INTERNAL.len());
    }

    #[test]
    fn the_web_is_public() {
        for ip in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.255.255",
            "172.32.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert_eq!(reach(ip), Reach::Public, "{ip}");
        }
    }

    #[test]
    fn the_own_network_is_internal_in_every_notation() {
        for ip in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "::1",
            "fc00::1",
            "fd12:3456::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "3fff::1",
            "64:ff9b:1::1",
            "100::1",
            "4000::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "::192.168.0.1",
        ] {
            assert_eq!(reach(ip), Reach::Internal, "{ip}");
        }
    }

    #[test]
    fn metadata_link_local_and_multicast_are_never_asked() {
        for ip in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "::169.254.169.254",
        ] {
            assert_eq!(reach(ip), Reach::Never, "{ip}");
        }
    }
}

//! Who the client is when proxies stand between: only what a trusted proxy says counts.

use std::net::IpAddr;

use http::HeaderMap;

use crate::config::IpNet;

/// The client's address: the peer, unless it is a trusted proxy. Then `X-Forwarded-For` is walked from the right, past
/// trusted proxies, to the first address that is not one; an entry that is no address stops the walk at the last good one.
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(ip));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|value| value.to_str().unwrap_or("?"))
        .collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(ip) = address(entry.trim()) else {
            break;
        };
        client = ip;
        if !is_trusted(ip) {
            break;
        }
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map_or(text, |(inside, _)| inside);
    bare.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|s| s.ip()))
        .map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn ask(peer: &str, lines: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        client_ip(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn without_trust_the_header_is_noise() {
        assert_eq!(ask("192.0.2.9", &["198.51.100.1"], &[]), "192.0.2.9");
        assert_eq!(
            ask("192.0.2.9", &["198.51.100.1"], &["10.0.0.0/8"]),
            "192.0.2.9"
        );
    }

    #[test]
    fn the_walk_goes_from_the_right() {
        let trusted = ["10.0.0.0/8", "2001:db8:f::/48"];
        assert_eq!(ask("10.0.0.1", &[], &trusted), "10.0.0.1");
        assert_eq!(ask("10.0.0.1", &["203.0.113.7"], &trusted), "203.0.113.7");
        assert_eq!(
            ask("10.0.0.1", &["1.1.1.1, 203.0.113.7, 10.2.3.4"], &trusted),
            "203.0.113.7",
            "what the client wrote itself does not count"
        );
        assert_eq!(
            ask("10.0.0.1", &["1.1.1.1", "203.0.113.7"], &trusted),
            "203.0.113.7",
            "lines are one list"
        );
        assert_eq!(
            ask("10.0.0.1", &["1.1.1.1, junk, 10.2.3.4"], &trusted),
            "10.2.3.4",
            "stops at the last good one"
        );
        assert_eq!(ask("10.0.0.1", &["junk"], &trusted), "10.0.0.1");
        assert_eq!(
            ask("::ffff:10.0.0.1", &["[2001:db8::5]:443"], &trusted),
            "2001:db8::5"
        );
        assert_eq!(
            ask("10.0.0.1", &["203.0.113.7:4711, 2001:db8:f::1"], &trusted),
            "203.0.113.7"
        );
    }
}

//! Texts to typed values: durations, sizes, networks, switches.
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use url::Url;

/// A value that can be read from a configuration text; the error says what was expected and never repeats the value.
pub trait FromText: Sized {
    /// Reads the value.
    fn from_text(text: &str) -> Result<Self, String>;
}

macro_rules! from_str {
    ($($t:ty => $expected:literal),* $(,)?) => {$(
        impl FromText for $t {
            fn from_text(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| format!("expected {}", $expected))
            }
        }
    )*};
}

from_str! {
    u32 => "a whole number",
    usize => "a whole number",
    SocketAddr => "an address with port, such as 127.0.0.1:8080",
    String => "text",
    PathBuf => "a path",
    IpNet => "a network such as 10.0.0.0/8",
}

impl FromText for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("expected true or false".into()),
        }
    }
}

impl FromText for Url {
    fn from_text(text: &str) -> Result<Self, String> {
        let url = Self::parse(text)
            .map_err(|_| "expected a URL such as https://orders.example.com".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("expected an http or https URL".into());
        }
        if url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return Err("expected only scheme, host and port".into());
        }
        Ok(url)
    }
}

impl FromText for SecretString {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned().into())
    }
}

impl FromText for Duration {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || "expected a time such as 500ms, 10s, 15m, 12h or 30d".to_owned();
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
        let unit = match text[digits..].trim() {
            "ms" => return Ok(Self::from_millis(number)),
            "s" | "" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(wrong()),
        };
        number
            .checked_mul(unit)
            .map(Self::from_secs)
            .ok_or_else(wrong)
    }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) usize);

impl FromText for Bytes {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || "expected a size such as 65536, 64KiB or 1MiB".to_owned();
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let number: usize = text[..digits].parse().map_err(|_| wrong())?;
        let unit = match text[digits..].trim() {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(wrong()),
        };
        number.checked_mul(unit).map(Self).ok_or_else(wrong)
    }
}

impl<T: FromText> FromText for Vec<T> {
    fn from_text(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(T::from_text)
            .collect()
    }
}

/// Whether a domain in lower case is the one of a rule (`example.com`), or lies below it (`*.example.com`).
pub(crate) fn domain_fits(rule: &str, domain: &str) -> bool {
    match rule.strip_prefix("*.") {
        Some(parent) => domain
            .strip_suffix(parent)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => domain == rule,
    }
}

/// A network in CIDR form; a bare address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpNet {
    address: IpAddr,
    prefix: u8,
}

impl IpNet {
    /// Whether `ip` lies in this network; an IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                u32::from(net) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                u128::from(net) & mask == u128::from(ip) & mask
            }
            _ => false,
        }
    }
}

impl FromStr for IpNet {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.trim().parse().map_err(|_| ())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(most), |p| p.trim().parse::<u8>().map_err(|_| ()))?;
        if prefix > most {
            return Err(());
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes() {
        assert_eq!(Duration::from_text("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(Duration::from_text("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(
            Duration::from_text("30d"),
            Ok(Duration::from_secs(2_592_000))
        );
        assert_eq!(Bytes::from_text("1MiB"), Ok(Bytes(1 << 20)));
        for wrong in [
            "",
            "s",
            "-1s",
            "1 fortnight",
            "99999999999999999999d",
            "18446744073709551615d",
        ] {
            assert!(Duration::from_text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn networks() {
        let nets: Vec<IpNet> = FromText::from_text("10.0.0.0/8, ::1, 0.0.0.0/0").unwrap();
        assert!(nets[0].contains("10.200.3.4".parse().unwrap()));
        assert!(nets[0].contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!nets[0].contains("11.0.0.1".parse().unwrap()));
        assert!(
            nets[1].contains("::1".parse().unwrap()) && !nets[1].contains("::2".parse().unwrap())
        );
        assert!(nets[2].contains("8.8.8.8".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<IpNet>().is_err());
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert!(Url::from_text("https://orders.example.com").is_ok());
        for wrong in [
            "orders.example.com",
            "ftp://x",
            "https://x/path",
            "https://u@x",
            "https://x/?a=1",
        ] {
            assert!(Url::from_text(wrong).is_err(), "{wrong}");
        }
    }
}

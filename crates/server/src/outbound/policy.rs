//! Which addresses may be asked, as the operator said, before any name is looked up.

use std::net::IpAddr;

use url::{Host, Origin, Url};

use super::Refusal;
use super::address::Reach;
use crate::config::{OutboundConfig, domain_fits};

/// What the operator said.
pub(super) struct Policy {
    hosts: Vec<String>,
    internal: Vec<Origin>,
}

/// Where a request goes, once it may.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) host: Host<String>,
    pub(super) port: u16,
    pub(super) tls: bool,
    /// The operator named it: it may lie inside.
    internal: bool,
}

impl Policy {
    pub(super) fn new(config: &OutboundConfig) -> Self {
        Self {
            hosts: config.allowed_hosts.clone(),
            internal: config.internal_origins.iter().map(Url::origin).collect(),
        }
    }

    pub(super) fn target(&self, url: &Url) -> Result<Target, Refusal> {
        let internal = self.internal.contains(&url.origin());
        let tls = match url.scheme() {
            "https" => true,
            "http" if internal => false,
            "http" => return Err(Refusal::NotHttps),
            _ => return Err(Refusal::Url),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Login);
        }
        let host = url.host().ok_or(Refusal::Url)?.to_owned();
        let target = Target {
            host,
            port: url.port_or_known_default().ok_or(Refusal::Url)?,
            tls,
            internal,
        };
        if !internal && !self.lists(&target) {
            return Err(Refusal::NotListed);
        }
        if let Some(ip) = target.ip() {
            target.judge(ip)?;
        }
        Ok(target)
    }

    fn lists(&self, target: &Target) -> bool {
        let name = target.host.to_string();
        let name = name.trim_end_matches('.');
        self.hosts.is_empty() || self.hosts.iter().any(|rule| domain_fits(rule, name))
    }
}

impl Target {
    /// The address, when it was written as one.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(ip) => Some(ip.into()),
            Host::Ipv6(ip) => Some(ip.into()),
            Host::Domain(_) => None,
        }
    }

    /// Whether this address may be asked for it.
    pub(super) fn judge(&self, ip: IpAddr) -> Result<(), Refusal> {
        match Reach::of(ip) {
            Reach::Public => Ok(()),
            Reach::Internal if self.internal => Ok(()),
            Reach::Internal | Reach::Never => Err(Refusal::Internal),
        }
    }

    /// Host and port as the header `Host` has them.
    pub(super) fn authority(&self) -> String {
        match (self.tls, self.port) {
            (true, 443) | (false, 80) => self.host.to_string(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(hosts: &str, internal: &str) -> Policy {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let origins: Vec<String> = list(internal);
        Policy {
            hosts: list(hosts),
            internal: origins
                .iter()
                .map(|text| Url::parse(text).unwrap().origin())
                .collect(),
        }
    }

    fn verdict(policy: &Policy, url: &str) -> Result<(), Refusal> {
        policy.target(&Url::parse(url).unwrap()).map(|_| ())
    }

    #[test]
    fn only_https_to_public_hosts_goes_out() {
        let open = policy("", "");
        assert_eq!(verdict(&open, "https://idp.example.com/x"), Ok(()));
        assert_eq!(verdict(&open, "https://8.8.8.8:8443/"), Ok(()));
        for (url, why) in [
            ("http://idp.example.com/", Refusal::NotHttps),
            ("ftp://idp.example.com/", Refusal::Url),
            ("file:///etc/passwd", Refusal::Url),
            ("https://u@idp.example.com/", Refusal::Login),
            ("https://:p@idp.example.com/", Refusal::Login),
            // every notation of an address is read as browsers read it
            ("https://127.1/", Refusal::Internal),
            ("https://2130706433/", Refusal::Internal),
            ("https://0x7f.0.0.1/", Refusal::Internal),
            ("https://0177.0.0.1/", Refusal::Internal),
            ("https://[::ffff:7f00:1]/", Refusal::Internal),
            ("https://①②⑦.0.0.1/", Refusal::Internal),
            (
                "https://169.254.169.254/latest/meta-data/",
                Refusal::Internal,
            ),
        ] {
            assert_eq!(verdict(&open, url), Err(why), "{url}");
        }
    }

    #[test]
    fn an_internal_origin_is_scheme_host_and_port() {
        let named = policy(
            "",
            "http://localhost:9000 https://10.0.0.5 http://169.254.169.254",
        );
        assert_eq!(verdict(&named, "http://localhost:9000/x"), Ok(()));
        assert_eq!(verdict(&named, "https://10.0.0.5/x"), Ok(()));
        assert_eq!(
            verdict(&named, "http://localhost:9001/"),
            Err(Refusal::NotHttps)
        );
        assert_eq!(verdict(&named, "http://10.0.0.5/"), Err(Refusal::NotHttps));
        assert_eq!(
            verdict(&named, "https://10.0.0.5:8443/"),
            Err(Refusal::Internal)
        );
        // never, whatever was said
        assert_eq!(
            verdict(&named, "http://169.254.169.254/"),
            Err(Refusal::Internal)
        );
    }

    #[test]
    fn a_list_of_hosts_is_final() {
        let listed = policy("idp.example.com *.example.org", "https://10.0.0.5");
        assert_eq!(verdict(&listed, "https://IDP.example.com./"), Ok(()));
        assert_eq!(verdict(&listed, "https://a.b.example.org/"), Ok(()));
        assert_eq!(verdict(&listed, "https://10.0.0.5/"), Ok(()));
        for url in [
            "https://example.org/",
            "https://idp.example.com.evil.example/",
            "https://8.8.8.8/",
        ] {
            assert_eq!(verdict(&listed, url), Err(Refusal::NotListed), "{url}");
        }
    }
}

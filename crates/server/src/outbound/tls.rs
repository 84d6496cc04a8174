//! Whom TLS connections trust: the machine's authorities, and those of a file of the operator's.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Trust, made when it is first needed.
pub(super) struct Tls {
    further: Vec<CertificateDer<'static>>,
    config: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    pub(super) fn new(authorities: Option<&Path>) -> anyhow::Result<Self> {
        let further = authorities.map_or(Ok(Vec::new()), read)?;
        Ok(Self {
            further,
            config: OnceLock::new(),
        })
    }

    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let made = self.make()?;
        Ok(Arc::clone(self.config.get_or_init(|| made)))
    }

    fn make(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let mut roots = RootCertStore::empty();
        let machine = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(machine.certs);
        roots.add_parsable_certificates(self.further.iter().cloned());
        if roots.is_empty() {
            tracing::warn!(
                "no certificate authority is known: install ca-certificates or set outbound.authorities"
            );
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let what = || {
        format!(
            "outbound.authorities: {} holds no certificates",
            path.display()
        )
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .with_context(what)?
        .collect();
    let found = found.with_context(what)?;
    let mut trial = RootCertStore::empty();
    for certificate in &found {
        trial.add(certificate.clone()).with_context(what)?;
    }
    anyhow::ensure!(!found.is_empty(), what());
    Ok(found)
}

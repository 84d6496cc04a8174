//! What production refuses beside missing and weak secrets.
use super::outbound;
use super::source::Values;
use super::value::FromText;
use super::{Config, Fault, Origin};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use url::{Host, Url};

/// The least memory of a password hash with two passes (OWASP).
const PASSWORD_MEMORY_MIN: u32 = 19_456;

/// Faults of a configuration that could be read as a whole.
pub(super) fn production(_config: &Config, values: &Values) -> Vec<Fault> {
    partial(values)
}

/// The same from raw values, so that these faults are told beside those that stopped the reading.
pub(super) fn partial(values: &Values) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(url) = values
        .get("server.public_url")
        .and_then(|(text, _)| Url::from_text(text).ok())
        && url.scheme() != "https"
        && !is_loopback(&url)
    {
        faults.push(Fault::of(
            "server.public_url",
            "must be https in production (put a TLS proxy in front)".into(),
        ));
    }
    for name in ["database.url", "database.owner_url"] {
        let Some((text, _)) = values.get(name).filter(|(text, _)| !text.is_empty()) else {
            continue;
        };
        faults.extend(database_fault(text).map(|message| Fault::of(name, message.into())));
    }
    if values
        .get("limits.enabled")
        .is_some_and(|(text, _)| bool::from_text(text) == Ok(false))
    {
        faults.push(Fault::of(
            "limits.enabled",
            "must not be off in production".into(),
        ));
    }
    if values
        .get("security.password_memory_kib")
        .is_some_and(|(text, _)| u32::from_text(text).is_ok_and(|kib| kib < PASSWORD_MEMORY_MIN))
    {
        faults.push(Fault::of(
            "security.password_memory_kib",
            format!("must be at least {PASSWORD_MEMORY_MIN} in production"),
        ));
    }
    faults.extend(open_mail(values));
    if let Some((text, _)) = values.get("outbound.internal_origins")
        && let Ok(origins) = Vec::<Url>::from_text(text)
    {
        faults.extend(outbound::open_origins(&origins, is_loopback));
    }
    faults.extend(open_files(values));
    faults
}

/// Mail that would cross the network in the clear.
fn open_mail(values: &Values) -> Option<Fault> {
    let text = |name| values.get(name).map_or("", |(text, _)| text);
    let host = text("mail.host");
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    (text("mail.transport") == "smtp" && text("mail.tls") == "none" && !local).then(|| {
        Fault::of(
            "mail.tls",
            "must be starttls or tls unless the mail server is on this machine".into(),
        )
    })
}

/// Secrets in files that others can read.
fn open_files(values: &Values) -> Vec<Fault> {
    let secret = super::keys::all().filter(|k| k.secret);
    let open = secret.filter_map(|key| {
        let (text, origin) = values.get(key.name)?;
        let (Origin::File(path) | Origin::EnvFile(_, path)) = origin else {
            return None;
        };
        let mode = std::fs::metadata(path).ok()?.permissions().mode();
        (!text.is_empty() && mode & 0o007 != 0).then(|| {
            Fault::of(
                key.name,
                format!(
                    "is in {}, which everybody may read: chmod o= it",
                    path.display()
                ),
            )
        })
    });
    open.collect()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Why a database URL must not be used in production: the connection leaves the machine without a verified certificate.
/// The driver's own reading counts, so that no parameter can say one thing here and another there.
fn database_fault(text: &str) -> Option<&'static str> {
    let scheme_fits = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let Some(options) = text
        .parse::<PgConnectOptions>()
        .ok()
        .filter(|_| scheme_fits)
    else {
        return Some("is not a PostgreSQL URL (postgres://user@host/database)");
    };
    let host = options.get_host();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let local = options.get_socket().is_some()
        || host == "localhost"
        || ip.is_ok_and(|ip| ip.is_loopback());
    let verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
    (!local && !verified)
        .then_some("needs sslmode=verify-full in production unless PostgreSQL is on this machine")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_connections_are_verified_or_local() {
        for good in [
            "postgres://u@db.example.com/som?sslmode=verify-full",
            "postgres://u@localhost/som",
            "postgres://u@127.0.0.1:5432/som",
            "postgres://u@[::1]/som",
            "postgres:///som?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/som",
        ] {
            assert_eq!(database_fault(good), None, "{good}");
        }
        for bad in [
            "postgres://u@db.example.com/som",
            "postgres://u@db/som?sslmode=require",
            "postgres://localhost/som?host=db.example.com",
            "mysql://localhost/x",
            "nonsense",
        ] {
            assert!(database_fault(bad).is_some(), "{bad}");
        }
    }
}

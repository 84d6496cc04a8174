//! `som doctor`: finds what is wrong with an installation and says how to fix it.

#![expect(
    clippy::disallowed_methods,
    reason = "looks at servers that may have no schema"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{Connection, Row};

use super::arguments::ConfigFlags;
use super::open::{self, Opened};
use super::{Exit, Outcome, out};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::limits::{self, RedisState};
use crate::http::serve::open_files_limit;
use crate::mail::Mailer;

/// A clock that is further from the database's than this breaks sessions and schedules.
const SKEW_MAX: Duration = Duration::from_secs(5);
/// Less free space than this stops PostgreSQL soon.
const FREE_MIN_MB: u64 = 500;
const FREE_LOW_MB: u64 = 2048;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Good,
    Warning,
    Failure,
}

struct Finding {
    what: &'static str,
    verdict: Verdict,
    text: String,
    fix: Option<&'static str>,
}

fn finding(
    what: &'static str,
    verdict: Verdict,
    text: impl Into<String>,
    fix: Option<&'static str>,
) -> Finding {
    Finding {
        what,
        verdict,
        text: text.into(),
        fix,
    }
}

pub(super) async fn run(flags: &ConfigFlags, as_json: bool) -> Outcome {
    let mut findings = Vec::new();
    match open::configure(flags) {
        Err(failure) => findings.push(finding(
            "config",
            Verdict::Failure,
            failure.to_string(),
            Some("som config check"),
        )),
        Ok((config, telemetry)) => {
            findings.push(finding(
                "config",
                Verdict::Good,
                format!("{:?} mode", config.mode),
                None,
            ));
            findings.push(disk(&config.data_dir));
            findings.push(files(config.server.max_connections));
            findings.push(mail(&config).await);
            findings.extend(redis(&config).await);
            match open::open_configured(config, telemetry).await {
                Ok(opened) => {
                    database(&opened, &mut findings).await;
                    opened.close().await;
                }
                Err(failure) => findings.push(finding(
                    "database",
                    Verdict::Failure,
                    failure.to_string(),
                    Some("check DATABASE_URL and that PostgreSQL runs"),
                )),
            }
        }
    }
    print(&findings, as_json);
    Ok(match findings.iter().map(|f| f.verdict).max() {
        Some(Verdict::Failure) => Exit::Failures,
        Some(Verdict::Warning) => Exit::Warnings,
        _ => Exit::Ok,
    })
}

fn print(findings: &[Finding], as_json: bool) {
    if as_json {
        let rows: Vec<_> = findings
            .iter()
            .map(|f| json!({ "check": f.what, "verdict": format!("{:?}", f.verdict).to_lowercase(), "detail": f.text, "fix": f.fix }))
            .collect();
        out::data(&serde_json::Value::from(rows).to_string());
        return;
    }
    for f in findings {
        let mark = match f.verdict {
            Verdict::Good => "✓",
            Verdict::Warning => "!",
            Verdict::Failure => "✗",
        };
        let fix = f
            .fix
            .map(|fix| format!("   fix: {fix}"))
            .unwrap_or_default();
        out::data(&format!("{mark} {:<11} {}{fix}", f.what, f.text));
    }
}

async fn database(opened: &Opened, findings: &mut Vec<Finding>) {
    match look(opened).await {
        Ok((text, skew, encoding)) => {
            findings.push(finding("database", Verdict::Good, text, None));
            if encoding != "UTF8" {
                findings.push(finding(
                    "encoding",
                    Verdict::Failure,
                    encoding,
                    Some("create the database with encoding UTF8"),
                ));
            }
            let verdict = if skew > SKEW_MAX {
                Verdict::Failure
            } else {
                Verdict::Good
            };
            let fix = (verdict == Verdict::Failure).then_some("run an NTP client on both machines");
            findings.push(finding(
                "clock",
                verdict,
                format!("skew {} ms to the database", skew.as_millis()),
                fix,
            ));
            findings.push(searches(opened).await);
        }
        Err(error) => findings.push(finding(
            "database",
            Verdict::Failure,
            error.to_string(),
            Some("check the login's rights"),
        )),
    }
    match opened.schema().await {
        Ok(schema) if schema.is_current() => {
            findings.push(finding(
                "migrations",
                Verdict::Good,
                format!("{} applied", schema.applied.len()),
                None,
            ));
        }
        Ok(schema) => findings.push(finding(
            "migrations",
            Verdict::Failure,
            format!(
                "{} pending, {} changed",
                schema.pending.len(),
                schema.changed.len()
            ),
            Some("som migrate up"),
        )),
        Err(failure) => findings.push(finding(
            "migrations",
            Verdict::Failure,
            failure.to_string(),
            None,
        )),
    }
}

/// Without the mark every search reads its whole table (adr/0010).
async fn searches(opened: &Opened) -> Finding {
    let marked = async {
        let mut connection = opened.connect().await?;
        sqlx::query_scalar::<_, bool>(
            "select proleakproof from pg_proc where oid = 'pg_catalog.texticlike(text, text)'::regprocedure",
        )
        .fetch_one(&mut connection)
        .await
    };
    match marked.await {
        Ok(true) => finding("searches", Verdict::Good, "use their indexes", None),
        Ok(false) => finding(
            "searches",
            Verdict::Warning,
            "cannot use their indexes under row security: slow with many orders",
            Some("run migrations/bootstrap.sql as a superuser of the database"),
        ),
        Err(error) => finding("searches", Verdict::Warning, error.to_string(), None),
    }
}

async fn look(opened: &Opened) -> Result<(String, Duration, String), sqlx::Error> {
    let mut connection = opened.connect().await?;
    let begun = Instant::now();
    let row = sqlx::query(
        "select current_setting('server_version') as version, clock_timestamp() as now, current_setting('server_encoding') as encoding,
                (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
                current_setting('max_connections') as most",
    )
    .fetch_one(&mut connection)
    .await?;
    let took = begun.elapsed();
    let now: chrono::DateTime<chrono::Utc> = row.try_get("now")?;
    let skew = (Clock::default().now() - now)
        .abs()
        .to_std()
        .unwrap_or_default()
        .saturating_sub(took);
    let (version, most): (String, String) = (row.try_get("version")?, row.try_get("most")?);
    let used: i64 = row.try_get("used")?;
    let text = format!(
        "PostgreSQL {version}, {} ms, {used} of {most} connections",
        took.as_millis()
    );
    let encoding = row.try_get("encoding")?;
    connection.close().await?;
    Ok((text, skew, encoding))
}

async fn mail(config: &Config) -> Finding {
    let fix = Some("check the section mail of the configuration, and the way to the mail server");
    let answer = match Mailer::new(config) {
        Ok(mailer) => mailer.check().await,
        Err(error) => Err(error.to_string()),
    };
    match answer {
        Ok("off") => finding(
            "mail",
            Verdict::Warning,
            "off: no invitations, no forgotten passwords",
            Some("set mail.transport and mail.host"),
        ),
        Ok(text) => finding("mail", Verdict::Good, text, None),
        Err(error) => finding("mail", Verdict::Failure, error, fix),
    }
}

async fn redis(config: &Config) -> Option<Finding> {
    let fix = Some(
        "check limits.redis_url, and that Redis runs; until then every instance grants its share",
    );
    match limits::redis_state(&config.limits).await {
        Ok(RedisState::Unused) => None,
        Ok(RedisState::Answers) => Some(finding(
            "redis",
            Verdict::Good,
            "counts the rate limits",
            None,
        )),
        Ok(RedisState::Fails(why)) => {
            let what = format!("degraded, it does not answer ({why})");
            Some(finding("redis", Verdict::Warning, what, fix))
        }
        Err(error) => Some(finding("redis", Verdict::Failure, error.to_string(), fix)),
    }
}

fn disk(data_dir: &Path) -> Finding {
    let place = data_dir
        .ancestors()
        .find(|p| p.exists())
        .unwrap_or(Path::new("/"));
    let output = std::process::Command::new("df")
        .arg("-Pk")
        .arg(place)
        .output();
    let free_mb = output
        .ok()
        .and_then(|o| String::from_utf8(o.stdout).ok())
        .and_then(|text| {
            let kilobytes: u64 = text
                .lines()
                .nth(1)?
                .split_whitespace()
                .nth(3)?
                .parse()
                .ok()?;
            Some(kilobytes / 1024)
        });
    match free_mb {
        None => finding("disk", Verdict::Warning, "free space is unknown", None),
        Some(mb) if mb < FREE_MIN_MB => finding(
            "disk",
            Verdict::Failure,
            format!("{mb} MB free"),
            Some("free some space"),
        ),
        Some(mb) if mb < FREE_LOW_MB => finding(
            "disk",
            Verdict::Warning,
            format!("{mb} MB free"),
            Some("free some space"),
        ),
        Some(mb) => finding(
            "disk",
            Verdict::Good,
            format!("{} GB free", mb / 1024),
            None,
        ),
    }
}

fn files(connections: usize) -> Finding {
    match open_files_limit() {
        Some(limit) if limit < connections + 128 => finding(
            "files",
            Verdict::Warning,
            format!("{limit} open files allowed, {connections} connections configured"),
            Some("ulimit -n, or SOM_MAX_CONNECTIONS"),
        ),
        Some(limit) => finding(
            "files",
            Verdict::Good,
            format!("{limit} open files allowed"),
            None,
        ),
        None => finding("files", Verdict::Good, "no known limit", None),
    }
}

//! The tables, in Markdown.

use std::fmt::Write as _;

use crate::load::Sample;
use crate::proxy::Counts;
use crate::sign_in::SignIn;

/// A case at a number of connections.
#[derive(Debug, Default)]
pub struct Row {
    /// Connections.
    pub connections: usize,
    /// The server.
    pub som: Sample,
    /// Names and samples of the limits.
    pub limits: Vec<(&'static str, Sample)>,
}

/// A case with what was counted once.
#[derive(Debug, Default)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Round trips and statements of one request.
    pub counts: Counts,
    /// By connections.
    pub rows: Vec<Row>,
}

/// What is measured once.
#[derive(Debug)]
pub struct Facts {
    /// Orders in the database.
    pub orders: i64,
    /// Start of the process until ready, milliseconds.
    pub ready_ms: f64,
    /// Megabytes: after the start, most under load.
    pub memory: (f64, f64),
    /// Megabytes of the binary, stripped.
    pub binary_mb: f64,
    /// Share of the machine's CPU that was used by others, per cent.
    pub strangers: f64,
    /// Load average at the end.
    pub load: String,
}

/// The table of cases.
pub fn cases(sections: &[Section]) -> String {
    let mut text = String::from(
        "| case | conn. | CPU ms: server + PostgreSQL | requests/s | p50 / p99 ms | bytes | round trips, statements | limit: requests/s · CPU ms | ratio |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for section in sections {
        for (place, row) in section.rows.iter().enumerate() {
            let (name, counts) = if place == 0 {
                let Counts {
                    round_trips,
                    statements,
                } = section.counts;
                (
                    section.name,
                    if statements == 0 {
                        "–".to_owned()
                    } else {
                        format!("{round_trips}, {statements}")
                    },
                )
            } else {
                ("", String::new())
            };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {counts} | {} |",
                row.connections,
                som(&row.som),
                limits(row)
            );
        }
    }
    text
}

fn som(sample: &Sample) -> String {
    let cpu = sample.cpu_each();
    format!(
        "{:.3} + {:.3} | {:.0} | {:.1} / {:.1} | {}",
        cpu.server,
        cpu.postgres,
        sample.rate(),
        sample.percentile(50.0),
        sample.percentile(99.0),
        sample.bytes_each()
    )
}

fn limits(row: &Row) -> String {
    if row.limits.is_empty() {
        return "– | –".to_owned();
    }
    let (mut figures, mut ratios) = (Vec::new(), Vec::new());
    for (name, limit) in &row.limits {
        let name = if name.is_empty() {
            String::new()
        } else {
            format!("{name} ")
        };
        figures.push(format!(
            "{name}{:.0} · {:.3}",
            limit.rate(),
            limit.cpu_each().postgres
        ));
        ratios.push(format!(
            "{:.0} %",
            100.0 * row.som.rate() / limit.rate().max(f64::EPSILON)
        ));
    }
    format!("{} | {}", figures.join("<br>"), ratios.join("<br>"))
}

/// The table of what is measured once.
pub fn facts(facts: &Facts, sign_in: Option<&SignIn>) -> String {
    let mut text = String::from("| what | measured |\n|---|---|\n");
    let mut line = |what: &str, value: String| {
        let _ = writeln!(text, "| {what} | {value} |");
    };
    line("orders in the database", facts.orders.to_string());
    line(
        "start to ready, existing database",
        format!("{:.0} ms", facts.ready_ms),
    );
    line(
        "memory of the server: after the start, most under load",
        format!("{:.0} MB, {:.0} MB", facts.memory.0, facts.memory.1),
    );
    line(
        "binary, stripped (profile bench)",
        format!("{:.1} MB", facts.binary_mb),
    );
    if let Some(found) = sign_in {
        let cpu = found.alone.cpu_each();
        line(
            "sign-in, CPU ms: server + PostgreSQL (the hash alone)",
            format!(
                "{:.1} + {:.2} ({:.1})",
                cpu.server, cpu.postgres, found.hash_ms
            ),
        );
        line(
            "200 sign-ins at once: checked, told to come again, time",
            format!(
                "{}, {}, {:.1} s",
                found.served, found.refused, found.seconds
            ),
        );
        let (quiet, busy) = &found.reads;
        line(
            "reading orders, p99: before, meanwhile",
            format!(
                "{:.1} ms, {:.1} ms",
                quiet.percentile(99.0),
                busy.percentile(99.0)
            ),
        );
        let (quiet, busy) = &found.health;
        line(
            "/health, p99: before, meanwhile",
            format!(
                "{:.1} ms, {:.1} ms",
                quiet.percentile(99.0),
                busy.percentile(99.0)
            ),
        );
    }
    line(
        "CPU that others used meanwhile, load average",
        format!("{:.0} %, {}", facts.strangers, facts.load),
    );
    text
}

//! What processes cost, from `/proc`: CPU time of the server and of every process of PostgreSQL, memory.

use std::fs;

use anyhow::{Context as _, Result};

/// Milliseconds of a clock tick: `USER_HZ` is 100 on every Linux of today.
const TICK_MS: f64 = 10.0;

/// The two sides of the work.
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    /// The server under test.
    pub server: u32,
    /// The postmaster; its children count.
    pub postgres: u32,
}

/// CPU milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu {
    /// Of the server.
    pub server: f64,
    /// Of PostgreSQL.
    pub postgres: f64,
}

struct Stat {
    parent: u32,
    own: f64,
    /// Of children that ended and were waited for.
    ended: f64,
}

impl Meter {
    /// CPU used so far.
    pub fn cpu(&self) -> Result<Cpu> {
        let server = stat(self.server).context("the server has ended")?.own;
        let postmaster = stat(self.postgres).context("PostgreSQL has ended")?;
        let mut postgres = postmaster.own + postmaster.ended;
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse().ok()) else {
                continue;
            };
            if let Some(child) = stat(pid).filter(|child| child.parent == self.postgres) {
                postgres += child.own;
            }
        }
        Ok(Cpu { server, postgres })
    }
}

impl Cpu {
    /// What was used since `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server - before.server,
            postgres: self.postgres - before.postgres,
        }
    }
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything: what counts comes after it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: (ticks(11)? + ticks(12)?) * TICK_MS,
        ended: (ticks(13)? + ticks(14)?) * TICK_MS,
    })
}

/// Resident memory in megabytes: now, and the most it ever was.
pub fn memory(pid: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0)
            .with_context(|| format!("no {name} in the status of {pid}"))
    };
    Ok((value("VmRSS:")?, value("VmHWM:")?))
}

/// Busy share of all processors since the last call, in per cent, and the load average: who else was there.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

/// CPU milliseconds that all processes of the machine have used so far.
pub fn machine_cpu() -> Result<f64> {
    let text = fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = line
        .split_whitespace()
        .skip(1)
        .filter_map(|word| word.parse().ok())
        .collect();
    // user, nice, system, idle, iowait, irq, softirq
    let busy: f64 = ticks
        .iter()
        .take(7)
        .enumerate()
        .filter(|(place, _)| ![3, 4].contains(place))
        .map(|(_, ticks)| ticks)
        .sum();
    Ok(busy * TICK_MS)
}

/// CPU milliseconds of this process: the load generator.
pub fn own_cpu() -> f64 {
    stat(std::process::id()).map_or(0.0, |own| own.own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_its_parent_and_its_time() {
        let own = stat(std::process::id()).unwrap();
        assert!(stat(own.parent).is_some());
        assert!(own.own >= 0.0);
        assert!(memory(std::process::id()).unwrap().0 > 0.0);
    }
}

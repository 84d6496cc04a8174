//! Load for a while: so many workers, each asking again as soon as it has its answer.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::process::{Cpu, Meter};

/// Something that can be done again and again.
pub trait Worker: Send + 'static {
    /// Once; returns the bytes of the answer.
    fn once(&mut self) -> impl Future<Output = Result<usize>> + Send;
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// How long.
    pub seconds: f64,
    /// Microseconds of every request, sorted.
    pub latencies: Vec<u32>,
    /// Bytes of answers.
    pub bytes: usize,
    /// CPU of both sides.
    pub cpu: Cpu,
}

impl Sample {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds.max(f64::EPSILON)
    }

    /// A percentile of the latency in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let place = (last as f64 * percent / 100.0).round() as usize;
        self.latencies
            .get(place)
            .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    /// CPU milliseconds of a request.
    pub fn cpu_each(&self) -> Cpu {
        let count = self.latencies.len().max(1) as f64;
        Cpu {
            server: self.cpu.server / count,
            postgres: self.cpu.postgres / count,
        }
    }

    /// Bytes of an answer.
    pub fn bytes_each(&self) -> usize {
        self.bytes / self.latencies.len().max(1)
    }

    /// Adds another round.
    pub fn add(&mut self, other: Self) {
        self.seconds += other.seconds;
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self.bytes += other.bytes;
        self.cpu.server += other.cpu.server;
        self.cpu.postgres += other.cpu.postgres;
    }
}

/// Lets the workers work for `time` and gives them back. A failure of one is the failure of the run.
pub async fn drive<W: Worker>(
    workers: Vec<W>,
    time: Duration,
    meter: Meter,
) -> Result<(Sample, Vec<W>)> {
    let before = meter.cpu()?;
    let begin = Instant::now();
    let tasks: Vec<_> = workers
        .into_iter()
        .map(|mut worker| {
            tokio::spawn(async move {
                let (mut latencies, mut bytes) = (Vec::new(), 0);
                while begin.elapsed() < time {
                    let asked = Instant::now();
                    bytes += worker.once().await?;
                    latencies.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                anyhow::Ok((worker, latencies, bytes))
            })
        })
        .collect();
    let mut sample = Sample::default();
    let mut back = Vec::with_capacity(tasks.len());
    for task in tasks {
        let (worker, latencies, bytes) = task.await.context("a worker crashed")??;
        back.push(worker);
        sample.latencies.extend(latencies);
        sample.bytes += bytes;
    }
    sample.seconds = begin.elapsed().as_secs_f64();
    sample.cpu = meter.cpu()?.since(before);
    sample.latencies.sort_unstable();
    Ok((sample, back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let mut sample = Sample {
            seconds: 1.0,
            latencies: (1..=100).map(|n| n * 1000).collect(),
            ..Sample::default()
        };
        sample.add(Sample {
            seconds: 1.0,
            latencies: vec![200_000],
            ..Sample::default()
        });
        assert!((sample.percentile(50.0) - 51.0).abs() < f64::EPSILON);
        assert!((sample.percentile(100.0) - 200.0).abs() < f64::EPSILON);
        assert!((sample.rate() - 50.5).abs() < f64::EPSILON);
    }
}

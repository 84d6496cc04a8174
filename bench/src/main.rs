//! The bench: the real server under load, beside the same work in plain SQL. See bench/README.md.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks on the terminal"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the bans are for the product; a tool makes its own ids"
)]
#![allow(unreachable_pub, reason = "one crate of modules")]

mod cases;
mod client;
mod load;
mod process;
mod proxy;
mod report;
mod scripts;
mod sign_in;
mod stage;
mod wire;
mod workers;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Parser;

use cases::{Case, Limit};
use client::Client;
use load::{Sample, Worker, drive};
use process::Meter;
use proxy::{Conversation, Proxy};
use report::{Facts, Row, Section};
use scripts::{Pattern, RoundTrips, SingleCall};
use stage::{Server, Stage};
use workers::{Http, Replay, record};

/// The server's: what the hash of a password costs by itself is measured in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Part of the measured time that comes before it and is not counted.
const WARM: f64 = 0.2;

/// Measures the real server and prints Markdown tables.
#[derive(Debug, Parser)]
#[command(name = "som-bench")]
struct Options {
    /// The server's binary.
    #[arg(long)]
    som: PathBuf,
    /// Orders in the database.
    #[arg(long, default_value_t = 10_000)]
    orders: u64,
    /// Rounds; each goes through all cases.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of load per case, number of connections and round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Connections.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    /// Only cases whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Keep the database there and use it again.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// What a run works with.
struct Bench<'a> {
    options: &'a Options,
    stage: &'a Stage,
    server: Server,
    proxied: Server,
    proxy: Proxy,
    meter: Meter,
}

/// A case with what it is compared with.
struct Prepared {
    case: Case,
    recorded: Vec<Conversation>,
    section: Section,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let stage = Stage::open(options.som.canonicalize()?, options.data.clone()).await?;
    // Ctrl-C ends the work and still cleans up.
    let outcome = tokio::select! {
        outcome = run(&options, &stage) => outcome,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    stage.close().await?;
    outcome
}

async fn run(options: &Options, stage: &Stage) -> Result<()> {
    say(&format!("seeding {} orders", options.orders));
    stage.seed(options.orders).await?;
    let (begin, busy) = (Instant::now(), process::machine_cpu()?);
    let bench = Bench::start(options, stage).await?;
    let ours = bench.ours()?;
    let idle = process::memory(bench.server.pid())?.0;
    let mut prepared = bench.prepare().await?;
    for round in 1..=options.rounds {
        bench.round(round, &mut prepared).await?;
    }
    let sign_in = bench.sign_in(&prepared).await?;
    let strangers = process::machine_cpu()? - busy - (bench.ours()? - ours);
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let facts = Facts {
        orders: sqlx::query_scalar("select count(*) from orders")
            .fetch_one(&mut stage.admin().await?)
            .await?,
        ready_ms: bench.server.ready_after.as_secs_f64() * 1000.0,
        memory: (idle, process::memory(bench.server.pid())?.1),
        binary_mb: stage.stripped_size()? as f64 / 1e6,
        strangers: strangers / (begin.elapsed().as_secs_f64() * 10.0 * cores),
        load: process::load_average(),
    };
    let sections: Vec<Section> = prepared.into_iter().map(|p| p.section).collect();
    println!(
        "{}\n{}",
        report::cases(&sections),
        report::facts(&facts, sign_in.as_ref())
    );
    Ok(())
}

impl<'a> Bench<'a> {
    async fn start(options: &'a Options, stage: &'a Stage) -> Result<Self> {
        // The first start after seeding warms the files; the second one is measured.
        drop(stage.serve(None).await?);
        let server = stage.serve(None).await?;
        let proxy = Proxy::start(&stage.folder().join("proxy"), stage.socket())?;
        let proxied = stage.serve(Some(proxy.folder())).await?;
        let meter = stage.meter(&server)?;
        Ok(Self {
            options,
            stage,
            server,
            proxied,
            proxy,
            meter,
        })
    }

    /// CPU of everything that belongs to the bench.
    fn ours(&self) -> Result<f64> {
        let cpu = self.meter.cpu()?;
        Ok(cpu.server + cpu.postgres + process::own_cpu())
    }

    /// Draws the cases from the data and looks at what each says to PostgreSQL.
    async fn prepare(&self) -> Result<Vec<Prepared>> {
        let mut client = signed_in(&self.proxied).await?;
        let mut prepared = Vec::new();
        for case in cases::all(&mut client).await? {
            if !case.name.contains(&self.options.only) {
                continue;
            }
            say(&format!("looking at: {}", case.name));
            let recorded = match case.limit {
                Limit::None => Vec::new(),
                _ => record(&mut client, &self.proxy, &case).await?,
            };
            let counts = recorded
                .first()
                .map(Conversation::counts)
                .unwrap_or_default();
            let rows = self.options.connections.iter().map(|&connections| Row {
                connections,
                ..Row::default()
            });
            let section = Section {
                name: case.name,
                counts,
                rows: rows.collect(),
            };
            prepared.push(Prepared {
                case,
                recorded,
                section,
            });
        }
        Ok(prepared)
    }

    /// Every case at every number of connections, the limit right after the server.
    async fn round(&self, round: usize, prepared: &mut [Prepared]) -> Result<()> {
        let session = signed_in(&self.server).await?.session;
        let number = Arc::new(AtomicU64::new(round as u64 * 10_000_000));
        for Prepared {
            case,
            recorded,
            section,
        } in prepared
        {
            say(&format!("round {round}: {}", case.name));
            for row in &mut section.rows {
                let workers =
                    Http::many(row.connections, &self.server, &session, &case.asks, &number)
                        .await?;
                row.som.add(self.load(workers).await?);
                match case.limit {
                    Limit::Replay if !recorded.is_empty() => {
                        let workers =
                            Replay::many(row.connections, &self.stage.socket(), recorded).await?;
                        add(&mut row.limits, "", self.load(workers).await?);
                    }
                    Limit::Scripts => {
                        let pattern = Pattern::learn(self.stage).await?;
                        let workers =
                            RoundTrips::many(row.connections, self.stage, &pattern).await?;
                        add(&mut row.limits, "round trips", self.load(workers).await?);
                        let workers =
                            SingleCall::many(row.connections, self.stage, &pattern).await?;
                        add(&mut row.limits, "single call", self.load(workers).await?);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    async fn load<W: Worker>(&self, workers: Vec<W>) -> Result<Sample> {
        let (_, workers) = drive(
            workers,
            Duration::from_secs_f64(self.options.seconds * WARM),
            self.meter,
        )
        .await?;
        Ok(drive(
            workers,
            Duration::from_secs_f64(self.options.seconds),
            self.meter,
        )
        .await?
        .0)
    }

    async fn sign_in(&self, prepared: &[Prepared]) -> Result<Option<sign_in::SignIn>> {
        let Some(detail) = prepared
            .first()
            .filter(|_| "sign-in".contains(&self.options.only))
        else {
            return Ok(None);
        };
        say("signing in");
        let session = signed_in(&self.server).await?.session;
        let time = Duration::from_secs_f64(self.options.seconds * 2.0);
        Ok(Some(
            sign_in::measure(&self.server, self.meter, &session, &detail.case, time).await?,
        ))
    }
}

async fn signed_in(server: &Server) -> Result<Client> {
    let mut client = Client::connect(server.address).await?;
    client.sign_in().await?;
    Ok(client)
}

fn add(limits: &mut Vec<(&'static str, Sample)>, name: &'static str, sample: Sample) {
    match limits.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => known.add(sample),
        None => limits.push((name, sample)),
    }
}

fn say(what: &str) {
    eprintln!("{what}");
}

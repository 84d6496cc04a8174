//! Sign-in: what a password costs, and what everybody else feels while two hundred people sign in at once.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use som_server::security::password::PasswordGate;

use crate::cases::{Asks, Case};
use crate::client::{Ask, Client, PASSWORD, Session, sign_in};
use crate::load::{Sample, drive};
use crate::process::{self, Meter};
use crate::stage::Server;
use crate::workers::Http;

/// People who sign in at the same moment.
const QUEUE: usize = 200;
/// Connections of the people who work meanwhile.
const OTHERS: usize = 4;

/// What was found.
#[derive(Debug)]
pub struct SignIn {
    /// One at a time.
    pub alone: Sample,
    /// CPU milliseconds of the hash by itself.
    pub hash_ms: f64,
    /// Of the queue: how many were checked, and how many were asked to come again.
    pub served: usize,
    /// Answered 503 with Retry-After.
    pub refused: usize,
    /// Seconds until the last of them had an answer.
    pub seconds: f64,
    /// Reading orders, before and meanwhile.
    pub reads: (Sample, Sample),
    /// Liveness, before and meanwhile.
    pub health: (Sample, Sample),
}

/// Measures all of it.
pub async fn measure(
    server: &Server,
    meter: Meter,
    session: &Session,
    detail: &Case,
    time: Duration,
) -> Result<SignIn> {
    let anyone = Session::default();
    let asks: Asks = Arc::new(|_| sign_in());
    let (alone, _) = drive(workers(1, server, &anyone, &asks).await?, time, meter).await?;
    let health: Asks = Arc::new(|_| Ask::get("//health"));
    let quiet = others(server, meter, session, detail, &health, time).await?;
    let begin = Instant::now();
    let queue: Vec<_> = (0..QUEUE)
        .map(|person| tokio::spawn(once(server.address, person)))
        .collect();
    let waiting = tokio::spawn(async move {
        let (mut served, mut refused) = (0, 0);
        for task in queue {
            match task.await?? {
                401 => served += 1,
                503 => refused += 1,
                other => anyhow::bail!("a sign-in was answered {other}"),
            }
        }
        anyhow::Ok((served, refused, begin.elapsed().as_secs_f64()))
    });
    let busy = others(server, meter, session, detail, &health, time).await?;
    let (served, refused, seconds) = waiting.await.context("the queue crashed")??;
    Ok(SignIn {
        alone,
        hash_ms: hash_ms().await?,
        served,
        refused,
        seconds,
        reads: (quiet.0, busy.0),
        health: (quiet.1, busy.1),
    })
}

/// A person of their own, for an account lets one attempt through at a time. An unknown address costs what a known one does.
async fn once(address: std::net::SocketAddr, person: usize) -> Result<u16> {
    let mut client = Client::connect(address).await?;
    let email = format!("person-{person}@bench.example");
    let ask = Ask::post(
        "/auth/sign-in",
        &json!({ "email": email, "password": PASSWORD }),
    );
    Ok(client.ask(&ask).await?.status.as_u16())
}

async fn workers(
    count: usize,
    server: &Server,
    session: &Session,
    asks: &Asks,
) -> Result<Vec<Http>> {
    Http::many(count, server, session, asks, &Arc::new(AtomicU64::new(0))).await
}

/// Reads of orders and one who asks for liveness, side by side.
async fn others(
    server: &Server,
    meter: Meter,
    session: &Session,
    detail: &Case,
    health: &Asks,
    time: Duration,
) -> Result<(Sample, Sample)> {
    let reads = workers(OTHERS, server, session, &detail.asks).await?;
    let asks = workers(1, server, session, health).await?;
    let (reads, health) = tokio::try_join!(drive(reads, time, meter), drive(asks, time, meter))?;
    Ok((reads.0, health.0))
}

/// The CPU of a password check with the server's parameters and nothing around it.
async fn hash_ms() -> Result<f64> {
    const TIMES: u32 = 20;
    let gate = PasswordGate::new(19_456)?;
    let hash = gate
        .hash(PASSWORD.to_owned().into())
        .await
        .map_err(|_| anyhow::anyhow!("hashing failed"))?;
    let before = process::own_cpu();
    for _ in 0..TIMES {
        let right = gate
            .verify(PASSWORD.to_owned().into(), Some(hash.clone()))
            .await;
        anyhow::ensure!(
            right.is_ok_and(|right| right),
            "the password was not recognised"
        );
    }
    Ok((process::own_cpu() - before) / f64::from(TIMES))
}

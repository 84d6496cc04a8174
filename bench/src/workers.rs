//! The workers of a load: HTTP requests, and the same statements straight at PostgreSQL.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::cases::{Asks, Case};
use crate::client::{Client, Session};
use crate::load::Worker;
use crate::proxy::{Conversation, Proxy};
use crate::stage::Server;
use crate::wire::{Message, Raw};

/// Conversations recorded of a case.
const RECORDINGS: u64 = 40;
/// Tries for each: the first ones prepare statements.
const TRIES: u64 = 30;
/// After an answer the connection is given back: that is waited for.
const FAREWELL: Duration = Duration::from_millis(4);

/// Asks over HTTP.
pub struct Http {
    client: Client,
    asks: Asks,
    number: Arc<AtomicU64>,
}

impl Http {
    /// So many connections of one session.
    pub async fn many(
        count: usize,
        server: &Server,
        session: &Session,
        asks: &Asks,
        number: &Arc<AtomicU64>,
    ) -> Result<Vec<Self>> {
        let mut workers = Vec::with_capacity(count);
        for _ in 0..count {
            let mut client = Client::connect(server.address).await?;
            client.session = session.clone();
            client.encoding = Some("gzip, deflate, br");
            workers.push(Self {
                client,
                asks: Arc::clone(asks),
                number: Arc::clone(number),
            });
        }
        Ok(workers)
    }
}

impl Worker for Http {
    async fn once(&mut self) -> Result<usize> {
        let ask = (self.asks)(self.number.fetch_add(1, Ordering::Relaxed));
        let answer = self.client.ask(&ask).await?;
        if !answer.status.is_success() {
            bail!(
                "{} {}: {} {}",
                ask.method,
                ask.path,
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
        }
        Ok(answer.body.len())
    }
}

/// A conversation turn by turn: the bytes, and how often PostgreSQL says that it is ready.
type Encoded = Vec<(Vec<u8>, usize)>;

/// Repeats recorded conversations.
pub struct Replay {
    raw: Raw,
    conversations: Arc<Vec<Encoded>>,
    next: usize,
}

impl Replay {
    /// So many connections, each with every statement prepared.
    pub async fn many(count: usize, socket: &Path, recorded: &[Conversation]) -> Result<Vec<Self>> {
        let mut prepare: Vec<&Message> = recorded.iter().flat_map(|c| &c.prepared).collect();
        prepare.sort_by(|a, b| a.body.cmp(&b.body));
        prepare.dedup();
        let mut prelude = Vec::new();
        prepare.iter().for_each(|parse| parse.encode(&mut prelude));
        Message::sync().encode(&mut prelude);
        let conversations: Vec<_> = recorded.iter().map(encoded).collect();
        let conversations = Arc::new(conversations);
        let mut workers = Vec::with_capacity(count);
        for next in 0..count {
            let mut raw = Raw::connect(socket, "som_app", "som").await?;
            raw.exchange(&prelude, 1).await?;
            workers.push(Self {
                raw,
                conversations: Arc::clone(&conversations),
                next,
            });
        }
        Ok(workers)
    }
}

fn encoded(conversation: &Conversation) -> Encoded {
    let turn = |turn: &Vec<Message>| {
        let mut bytes = Vec::new();
        turn.iter().for_each(|message| message.encode(&mut bytes));
        (bytes, turn.iter().filter(|m| m.asks_for_ready()).count())
    };
    conversation.turns.iter().map(turn).collect()
}

impl Worker for Replay {
    async fn once(&mut self) -> Result<usize> {
        let place = self.next % self.conversations.len();
        self.next += 1;
        let conversation = self
            .conversations
            .get(place)
            .context("nothing was recorded")?;
        let mut bytes = 0;
        for (turn, readies) in conversation {
            bytes += self.raw.exchange(turn, *readies).await?;
        }
        Ok(bytes)
    }
}

/// Records what a server says to PostgreSQL for requests of a case, each when everything is prepared.
pub async fn record(client: &mut Client, proxy: &Proxy, case: &Case) -> Result<Vec<Conversation>> {
    let mut recorded = Vec::new();
    let mut number = 1_000_000_000;
    for _ in 0..RECORDINGS {
        for _ in 0..TRIES {
            number += 1;
            proxy.clear();
            let answer = client.ask(&(case.asks)(number)).await?;
            if !answer.status.is_success() {
                bail!(
                    "{}: {} {}",
                    case.name,
                    answer.status,
                    String::from_utf8_lossy(&answer.body)
                );
            }
            tokio::time::sleep(FAREWELL).await;
            if let Some(conversation) = proxy.take() {
                recorded.push(conversation);
                break;
            }
        }
    }
    Ok(recorded)
}

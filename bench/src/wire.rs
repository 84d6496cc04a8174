//! PostgreSQL's wire protocol as far as a bench needs it: messages cut out of a stream, statements renamed, answers waited for.

use std::path::Path;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

/// A message of either side: its kind and everything after the length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `Q`, `P`, `B`, …
    pub kind: u8,
    /// What follows the length.
    pub body: Vec<u8>,
}

impl Message {
    /// As it goes over the wire.
    pub fn encode(&self, to: &mut Vec<u8>) {
        to.push(self.kind);
        let length = u32::try_from(self.body.len() + 4).unwrap_or(u32::MAX);
        to.extend(length.to_be_bytes());
        to.extend(&self.body);
    }

    /// A simple query.
    #[cfg(test)]
    pub fn query(sql: &str) -> Self {
        let mut body = sql.as_bytes().to_vec();
        body.push(0);
        Self { kind: b'Q', body }
    }

    /// `Sync`: the server answers that it is ready.
    pub const fn sync() -> Self {
        Self {
            kind: b'S',
            body: Vec::new(),
        }
    }

    /// The first text of the body, up to its zero.
    pub fn text(&self) -> &str {
        text_at(&self.body, 0)
    }

    /// The prepared statement a `Bind` names: its second text.
    pub fn bound_statement(&self) -> Option<&str> {
        (self.kind == b'B').then(|| text_at(&self.body, self.text().len() + 1))
    }

    /// The same `Bind` for a statement of another name.
    pub fn rebound(&self, name: &str) -> Self {
        let portal = self.text().len() + 1;
        let old = self.bound_statement().unwrap_or_default().len();
        let mut body = self.body.get(..portal).unwrap_or_default().to_vec();
        body.extend(name.as_bytes());
        body.extend(self.body.get(portal + old..).unwrap_or_default());
        Self {
            kind: self.kind,
            body,
        }
    }

    /// The same `Parse` under another name.
    pub fn renamed(&self, name: &str) -> Self {
        let mut body = name.as_bytes().to_vec();
        body.extend(self.body.get(self.text().len()..).unwrap_or_default());
        Self {
            kind: self.kind,
            body,
        }
    }

    /// Whether the server ends its answer to this with `ReadyForQuery`.
    pub const fn asks_for_ready(&self) -> bool {
        matches!(self.kind, b'Q' | b'S')
    }
}

fn text_at(body: &[u8], from: usize) -> &str {
    let rest = body.get(from..).unwrap_or_default();
    let end = rest
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(rest.len());
    rest.get(..end)
        .and_then(|text| std::str::from_utf8(text).ok())
        .unwrap_or_default()
}

/// Cuts messages out of the pieces in which they arrive.
#[derive(Debug, Default)]
pub struct Cutter {
    waiting: Vec<u8>,
}

impl Cutter {
    /// Takes a piece and gives the messages that are whole now.
    pub fn push(&mut self, piece: &[u8]) -> Vec<Message> {
        self.waiting.extend(piece);
        let (mut messages, mut at) = (Vec::new(), 0);
        while let Some((message, next)) = self.message_at(at) {
            messages.push(message);
            at = next;
        }
        self.waiting.drain(..at);
        messages
    }

    fn message_at(&self, at: usize) -> Option<(Message, usize)> {
        let length: [u8; 4] = self.waiting.get(at + 1..at + 5)?.try_into().ok()?;
        let end = at + 1 + usize::try_from(u32::from_be_bytes(length)).ok()?;
        let body = self.waiting.get(at + 5..end)?.to_vec();
        let kind = *self.waiting.get(at)?;
        Some((Message { kind, body }, end))
    }
}

/// A connection that sends bytes as they are and waits for as many `ReadyForQuery` as were asked for.
#[derive(Debug)]
pub struct Raw {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl Raw {
    /// Connects to the socket as `user`, whom the server trusts.
    pub async fn connect(socket: &Path, user: &str, database: &str) -> Result<Self> {
        let mut raw = Self {
            stream: UnixStream::connect(socket).await?,
            buffer: vec![0; 256 * 1024],
        };
        let mut body = 196_608_u32.to_be_bytes().to_vec();
        for text in ["user", user, "database", database] {
            body.extend(text.as_bytes());
            body.push(0);
        }
        body.push(0);
        let mut start = u32::try_from(body.len() + 4)?.to_be_bytes().to_vec();
        start.extend(body);
        raw.exchange(&start, 1).await?;
        Ok(raw)
    }

    /// Sends and waits; returns the bytes of the answer.
    pub async fn exchange(&mut self, bytes: &[u8], readies: usize) -> Result<usize> {
        self.stream.write_all(bytes).await?;
        let (mut missing, mut total, mut cutter) = (readies, 0, Cutter::default());
        while missing > 0 {
            let count = self.stream.read(&mut self.buffer).await?;
            if count == 0 {
                bail!("PostgreSQL closed the connection");
            }
            total += count;
            for message in cutter.push(self.buffer.get(..count).unwrap_or_default()) {
                match message.kind {
                    b'Z' => missing = missing.saturating_sub(1),
                    b'E' => bail!("PostgreSQL: {}", String::from_utf8_lossy(&message.body)),
                    _ => {}
                }
            }
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_wherever_the_stream_breaks() {
        let mut bytes = Vec::new();
        Message::query("begin").encode(&mut bytes);
        Message::sync().encode(&mut bytes);
        let mut cutter = Cutter::default();
        let messages: Vec<Message> = bytes
            .iter()
            .flat_map(|byte| cutter.push(&[*byte]))
            .collect();
        assert_eq!(messages, [Message::query("begin"), Message::sync()]);
    }

    #[test]
    fn statements_change_their_names_and_nothing_else() {
        let bind = Message {
            kind: b'B',
            body: b"portal\0old\0\0\x01rest".to_vec(),
        };
        assert_eq!(bind.bound_statement(), Some("old"));
        let rebound = bind.rebound("newer");
        assert_eq!(rebound.body, b"portal\0newer\0\0\x01rest");
        let parse = Message {
            kind: b'P',
            body: b"old\0select 1\0\0\0".to_vec(),
        };
        assert_eq!(parse.renamed("newer").body, b"newer\0select 1\0\0\0");
    }
}

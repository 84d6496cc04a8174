//! A proxy between a server and PostgreSQL that writes down what is said: it counts round trips and statements, and gives the
//! conversation to be repeated without the server.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

use crate::wire::{Cutter, Message};

/// The code of a question for encryption.
const ASKS_FOR_TLS: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// What was said since the last look, by connection.
#[derive(Debug, Default)]
struct Tape {
    connections: Vec<Spoken>,
}

#[derive(Debug, Default)]
struct Spoken {
    /// Every statement prepared so far, by name.
    prepared: HashMap<String, Message>,
    turns: Vec<Turn>,
    /// Whether the server has spoken since the client's last word.
    answered: bool,
}

/// What the client sends before it waits for an answer.
pub type Turn = Vec<Message>;

/// One request's conversation.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// The statements it needs, under names of their own.
    pub prepared: Vec<Message>,
    /// Its turns.
    pub turns: Vec<Turn>,
}

/// What a conversation costs in counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Times the client waits for an answer before the request is answered.
    pub round_trips: usize,
    /// Statements in them.
    pub statements: usize,
}

/// A running proxy.
#[derive(Debug)]
pub struct Proxy {
    folder: PathBuf,
    tape: Arc<Mutex<Tape>>,
}

impl Proxy {
    /// Listens in `folder` as PostgreSQL would and passes everything on to `socket`.
    pub fn start(folder: &Path, socket: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(".s.PGSQL.5432");
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(path)?;
        let tape = Arc::new(Mutex::new(Tape::default()));
        let own = Arc::clone(&tape);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = UnixStream::connect(&socket).await {
                    pass(client, server, &own);
                }
            }
        });
        Ok(Self {
            folder: folder.to_owned(),
            tape,
        })
    }

    /// Where its socket is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Forgets what was said.
    pub fn clear(&self) {
        for spoken in &mut lock(&self.tape).connections {
            spoken.turns.clear();
            spoken.answered = true;
        }
    }

    /// What was said since then: nothing when something had to be prepared first, or when several connections spoke (a session was
    /// looked up as well).
    pub fn take(&self) -> Option<Conversation> {
        let tape = lock(&self.tape);
        let mut spoke = tape
            .connections
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.turns.is_empty());
        let (Some((number, spoken)), None) = (spoke.next(), spoke.next()) else {
            return None;
        };
        spoken.conversation(number)
    }
}

impl Spoken {
    fn hear(&mut self, message: Message) {
        if message.kind == b'P' {
            self.prepared
                .insert(message.text().to_owned(), message.clone());
        }
        if self.answered || self.turns.is_empty() {
            self.turns.push(Turn::new());
            self.answered = false;
        }
        if let Some(turn) = self.turns.last_mut() {
            turn.push(message);
        }
    }

    fn conversation(&self, number: usize) -> Option<Conversation> {
        let mut conversation = Conversation::default();
        for turn in &self.turns {
            let mut own = Turn::new();
            for message in turn {
                match message.kind {
                    // Named once for a connection: the conversation is repeated without it.
                    b'P' if !message.text().is_empty() => return None,
                    b'B' if message.bound_statement() != Some("") => {
                        let name = message.bound_statement()?;
                        let unique = format!("c{number}_{name}");
                        let parse = self.prepared.get(name)?.renamed(&unique);
                        if !conversation.prepared.contains(&parse) {
                            conversation.prepared.push(parse);
                        }
                        own.push(message.rebound(&unique));
                    }
                    _ => own.push(message.clone()),
                }
            }
            conversation.turns.push(own);
        }
        Some(conversation)
    }
}

impl Conversation {
    /// Round trips and statements of the request itself. Giving the connection back (`ROLLBACK`, and a `Sync` that asks whether it
    /// still lives) happens after the answer and counts as statements only.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for turn in &self.turns {
            counts.statements += turn.iter().map(statements).sum::<usize>();
            counts.round_trips += usize::from(!is_farewell(turn));
        }
        counts
    }
}

fn statements(message: &Message) -> usize {
    match message.kind {
        b'E' => 1,
        b'Q' => message
            .text()
            .split(';')
            .filter(|part| !part.trim().is_empty())
            .count(),
        _ => 0,
    }
}

fn is_farewell(turn: &Turn) -> bool {
    turn.iter()
        .all(|m| m.kind == b'S' || (m.kind == b'Q' && m.text() == "ROLLBACK"))
}

fn pass(client: UnixStream, server: UnixStream, tape: &Arc<Mutex<Tape>>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let number = {
        let mut tape = lock(tape);
        tape.connections.push(Spoken::default());
        tape.connections.len() - 1
    };
    tokio::spawn(listen(from_client, to_server, Arc::clone(tape), number));
    tokio::spawn(answer(from_server, to_client, Arc::clone(tape), number));
}

async fn listen(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    tape: Arc<Mutex<Tape>>,
    number: usize,
) {
    let (mut buffer, mut cutter, mut started) = (vec![0; 64 * 1024], Cutter::default(), false);
    while let Ok(count) = from.read(&mut buffer).await {
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
            break;
        };
        // The first messages of a connection have no kind: perhaps a question for encryption, then the start.
        let messages = if started {
            cutter.push(piece)
        } else {
            started = piece.get(4..8) != Some(&ASKS_FOR_TLS);
            Vec::new()
        };
        if let Some(spoken) = lock(&tape).connections.get_mut(number) {
            messages
                .into_iter()
                .for_each(|message| spoken.hear(message));
        }
        if to.write_all(piece).await.is_err() {
            break;
        }
    }
}

async fn answer(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    tape: Arc<Mutex<Tape>>,
    number: usize,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count) = from.read(&mut buffer).await {
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
            break;
        };
        if let Some(spoken) = lock(&tape).connections.get_mut(number) {
            spoken.answered = true;
        }
        if to.write_all(piece).await.is_err() {
            break;
        }
    }
}

fn lock(tape: &Mutex<Tape>) -> std::sync::MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_an_answer_is_another_round_trip() {
        let mut spoken = Spoken::default();
        spoken.hear(Message::query("begin; set local a = 'b'"));
        spoken.answered = true;
        spoken.hear(Message {
            kind: b'E',
            body: b"\0\0\0\0\0".to_vec(),
        });
        spoken.hear(Message::sync());
        spoken.answered = true;
        spoken.hear(Message::query("ROLLBACK"));
        spoken.hear(Message::sync());
        let counts = spoken.conversation(0).unwrap().counts();
        assert_eq!(
            counts,
            Counts {
                round_trips: 2,
                statements: 4
            }
        );
    }
}

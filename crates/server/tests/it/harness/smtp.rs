//! A small mail server on the loopback: it keeps what it gets, and can refuse, stall or hang up.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How the server treats a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes it.
    Friendly,
    /// 550: never.
    Refuses,
    /// 451: not now.
    Busy,
    /// Accepts the connection and says nothing.
    Silent,
}

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and body, transfer encoding taken off.
    pub text: String,
}

impl Mail {
    /// The token of the link in it.
    #[track_caller]
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("#t=").expect("a link");
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect()
    }

    /// One header's value, encoded words left as they are.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let start = format!("{name}: ");
        self.text
            .lines()
            .find_map(|line| line.strip_prefix(start.as_str()))
            .unwrap_or_else(|| panic!("no {name}: {}", self.text))
            .to_owned()
    }
}

/// The running server.
#[derive(Clone)]
pub struct Smtp {
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    manner: Arc<Mutex<Manner>>,
}

impl Smtp {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let smtp = Self {
            port: listener.local_addr().unwrap().port(),
            mails: Arc::default(),
            manner: Arc::new(Mutex::new(Manner::Friendly)),
        };
        let server = smtp.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        smtp
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Takes out what arrived so far, but the news of new devices: tests sign in from many browsers.
    pub fn take(&self) -> Vec<Mail> {
        let mut all = self.take_all();
        all.retain(|mail| !mail.text.contains("Subject: A sign-in from a new device"));
        all
    }

    /// Takes out everything that arrived so far.
    pub fn take_all(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let manner = *self.manner.lock().unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        if manner == Manner::Silent {
            while lines.next_line().await.ok()?.is_some() {}
            return None;
        }
        write.write_all(b"220 sink\r\n").await.ok()?;
        let mut to = Vec::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next()?.to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                "RCPT" if manner == Manner::Refuses => "550 no such person\r\n",
                "RCPT" if manner == Manner::Busy => "451 come back later\r\n",
                "RCPT" => {
                    to.push(line.split(['<', '>']).nth(1)?.to_owned());
                    "250 ok\r\n"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut raw = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                        raw.push('\n');
                    }
                    let mail = Mail {
                        to: std::mem::take(&mut to),
                        text: decoded(&raw),
                    };
                    self.mails.lock().unwrap().push(mail);
                    "250 kept\r\n"
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.ok()?;
                    return Some(());
                }
                _ => "250 ok\r\n",
            };
            write.write_all(answer.as_bytes()).await.ok()?;
        }
        None
    }
}

/// Quoted-printable off; other encodings stay.
fn decoded(raw: &str) -> String {
    let joined = raw.replace("=\n", "");
    let bytes = joined.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[i], hex(i + 1), hex(i + 2)) {
            (b'=', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap());
                i += 3;
            }
            (byte, ..) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

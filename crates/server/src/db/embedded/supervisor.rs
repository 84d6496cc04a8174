//! Keeps the server running: one thread that starts it, restarts it when it dies, and stops it when asked.
//!
//! The thread lives as long as the server, because the kernel's "parent died" signal is tied to the thread that started the child.

use std::fs::File;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::EmbeddedError;
use super::cluster::Prepared;

/// How often the child is looked after.
const TICK: Duration = Duration::from_millis(50);

/// A start that lasted this long was a good one; the count of failures begins anew.
const GOOD_RUN: Duration = Duration::from_secs(10);

/// Failed starts in a row before giving up. The first few may only mean that an old backend still holds shared memory.
const FAILURES_MAX: u32 = 12;

/// Patience of a fast stop, and then of an immediate one.
const STOP_PATIENCE: Duration = Duration::from_secs(60);
const KILL_PATIENCE: Duration = Duration::from_secs(10);

/// Claims the cluster for this process; `None` when another process supervises it.
pub(super) fn claim(prepared: &Prepared) -> Result<Option<File>, EmbeddedError> {
    let path = prepared.root.join("supervisor.lock");
    let file = File::create(&path).map_err(EmbeddedError::io(format!(
        "cannot write {}",
        path.display()
    )))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(EmbeddedError::io("cannot lock the data directory")(error))
        }
    }
}

/// The supervising thread.
#[derive(Debug)]
pub(super) struct Supervisor {
    orders: mpsc::Sender<()>,
    thread: Option<JoinHandle<()>>,
    pid: Arc<AtomicU32>,
    gave_up: watch::Receiver<Option<String>>,
}

impl Supervisor {
    /// Starts the thread, which starts the server.
    pub(super) fn start(prepared: Prepared, lock: File) -> Result<Self, EmbeddedError> {
        let (orders, inbox) = mpsc::channel();
        let (report, gave_up) = watch::channel(None);
        let pid = Arc::new(AtomicU32::new(0));
        let worker = Worker {
            prepared,
            inbox,
            report,
            pid: Arc::clone(&pid),
            _lock: lock,
        };
        let thread = std::thread::Builder::new()
            .name("postgres".into())
            .spawn(move || worker.run())
            .map_err(EmbeddedError::io("cannot start a thread"))?;
        Ok(Self {
            orders,
            thread: Some(thread),
            pid,
            gave_up,
        })
    }

    /// The postmaster's process id while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Acquire)).filter(|pid| *pid != 0)
    }

    /// Waits until the thread gives up and tells why.
    pub(super) async fn gave_up(&self) -> String {
        let mut changes = self.gave_up.clone();
        match changes.wait_for(Option::is_some).await {
            Ok(message) => message.clone().unwrap_or_default(),
            Err(_) => "its supervisor ended".to_owned(),
        }
    }

    /// Stops the server and waits for it.
    pub(super) fn stop(&mut self) {
        let _ = self.orders.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Worker {
    prepared: Prepared,
    inbox: mpsc::Receiver<()>,
    report: watch::Sender<Option<String>>,
    pid: Arc<AtomicU32>,
    _lock: File,
}

/// Why the watch over a child ended.
enum Ended {
    Asked,
    Died,
}

impl Worker {
    fn run(self) {
        self.prepared.stop_orphan();
        let mut failures = 0;
        loop {
            let begun = Instant::now();
            match self.spawn() {
                Ok(mut child) => {
                    self.pid.store(child.id(), Ordering::Release);
                    let ended = self.watch(&mut child);
                    if matches!(ended, Ended::Asked) {
                        self.end(&mut child);
                    }
                    self.pid.store(0, Ordering::Release);
                    if matches!(ended, Ended::Asked) {
                        return;
                    }
                    failures = if begun.elapsed() > GOOD_RUN {
                        1
                    } else {
                        failures + 1
                    };
                    let last_words = self.prepared.last_words();
                    tracing::warn!(failures, last_words, "PostgreSQL ended; starting it again");
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(failures, %error, "PostgreSQL cannot be started");
                }
            }
            if failures >= FAILURES_MAX {
                let log = self.prepared.log_path();
                let last_words = self.prepared.last_words();
                let _ = self
                    .report
                    .send(Some(format!("{last_words} (log: {})", log.display())));
            }
            let pause = Duration::from_millis(100) * 2u32.pow(failures.min(6).saturating_sub(1));
            if self.asked_within(pause) {
                return;
            }
        }
    }

    fn spawn(&self) -> Result<Child, EmbeddedError> {
        let mut command: Command = self.prepared.server()?;
        command
            .spawn()
            .map_err(EmbeddedError::io("cannot start postgres"))
    }

    fn watch(&self, child: &mut Child) -> Ended {
        loop {
            if self.asked_within(TICK) {
                return Ended::Asked;
            }
            if !matches!(child.try_wait(), Ok(None)) {
                return Ended::Died;
            }
        }
    }

    /// Waits for an order to stop; a vanished owner counts as one.
    fn asked_within(&self, time: Duration) -> bool {
        !matches!(
            self.inbox.recv_timeout(time),
            Err(mpsc::RecvTimeoutError::Timeout)
        )
    }

    fn end(&self, child: &mut Child) {
        for (signal, patience) in [("INT", STOP_PATIENCE), ("QUIT", KILL_PATIENCE)] {
            self.prepared.signal(signal, child.id());
            if ended_within(child, patience) {
                return;
            }
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn ended_within(child: &mut Child, patience: Duration) -> bool {
    let begun = Instant::now();
    let (_keep, never) = mpsc::channel::<()>();
    while begun.elapsed() < patience {
        if !matches!(child.try_wait(), Ok(None)) {
            return true;
        }
        // A pause without sleeping: nothing is ever sent here.
        let _ = never.recv_timeout(Duration::from_millis(20));
    }
    false
}

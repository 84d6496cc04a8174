//! The cluster: initialised once, then started with our settings.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::binaries::{self, Binaries};
use super::place::Place;
use super::process::{self, Runner};
use super::{ADMIN, EmbeddedError, EmbeddedOptions};

/// The log starts anew at a start when it has grown beyond this.
const LOG_BYTES_MAX: u64 = 10 << 20;

/// Everything that is needed to start PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) root: PathBuf,
    pub(super) data: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) notes: Vec<String>,
    runner: Runner,
    binaries: Binaries,
    settings: Vec<String>,
}

/// Finds the place and the binaries and initialises the cluster when it is new.
pub(super) fn prepare(options: &EmbeddedOptions) -> Result<Prepared, EmbeddedError> {
    let place = Place::decide(options)?;
    let data = place.root.join("data");
    let runner = Runner::new(place.account.clone());
    let binaries = binaries::find(options.bin_dir.as_deref(), &runner, &data)?;
    let socket_dir = place.socket_dir(options.socket_dir.as_deref())?;
    let prepared = Prepared {
        data,
        socket_dir,
        notes: place.note.iter().cloned().collect(),
        runner,
        binaries,
        settings: settings(options),
        root: place.root.clone(),
    };
    prepared.init(options.durable)?;
    Ok(prepared)
}

impl Prepared {
    /// Initialises a new cluster beside its place and moves it there when it is whole.
    fn init(&self, durable: bool) -> Result<(), EmbeddedError> {
        if self.data.join("PG_VERSION").exists() {
            return Ok(());
        }
        let lock_path = self.root.join("init.lock");
        let lock = File::create(&lock_path).map_err(EmbeddedError::io(format!(
            "cannot write {}",
            lock_path.display()
        )))?;
        lock.lock()
            .map_err(EmbeddedError::io("cannot lock the data directory"))?;
        if self.data.join("PG_VERSION").exists() {
            return Ok(());
        }
        let fresh = self.root.join("data.new");
        remove_dir(&fresh)?;
        let mut command = self.runner.command(&self.binaries.path("initdb"));
        command
            .arg("-D")
            .arg(&fresh)
            .args(["-U", ADMIN, "-E", "UTF8", "--data-checksums"]);
        command.args(["--auth-local=trust", "--auth-host=reject"]);
        command.arg(if cfg!(target_os = "linux") {
            "--locale=C.UTF-8"
        } else {
            "--locale=C"
        });
        if !durable {
            command.arg("--no-sync");
        }
        if let Err(error) = process::run(command, "initdb") {
            remove_dir(&fresh)?;
            return Err(error);
        }
        std::fs::rename(&fresh, &self.data).map_err(EmbeddedError::io(format!(
            "cannot create {}",
            self.data.display()
        )))
    }

    /// The command that runs the server in the foreground.
    pub(super) fn server(&self) -> Result<Command, EmbeddedError> {
        let mut command = self.runner.bound_command(&self.binaries.path("postgres"));
        command
            .arg("-D")
            .arg(&self.data)
            .arg("-k")
            .arg(&self.socket_dir);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let log = self.log()?;
        let errors = log
            .try_clone()
            .map_err(EmbeddedError::io("cannot open the log"))?;
        command.stdout(Stdio::from(log)).stderr(Stdio::from(errors));
        Ok(command)
    }

    /// Ends a server without a supervisor (its parent was killed where the kernel cannot pass that on).
    pub(super) fn stop_orphan(&self) {
        if !self.data.join("postmaster.pid").exists() {
            return;
        }
        let mut command = self.runner.command(&self.binaries.path("pg_ctl"));
        command
            .args(["stop", "-m", "fast", "-w", "-t", "60", "-D"])
            .arg(&self.data);
        // It fails when the file is stale: PostgreSQL itself sorts that out.
        let _ = process::run(command, "pg_ctl stop");
    }

    /// Sends a signal (`INT`: fast stop, `QUIT`: at once).
    pub(super) fn signal(&self, signal: &str, pid: u32) {
        let mut command = self.runner.command(&self.binaries.path("pg_ctl"));
        command.args(["kill", signal, &pid.to_string()]);
        let _ = process::run(command, "pg_ctl kill");
    }

    /// The end of the log, for messages.
    pub(super) fn last_words(&self) -> String {
        let text = std::fs::read(self.log_path()).unwrap_or_default();
        let start = text.len().saturating_sub(4096);
        process::tail(&String::from_utf8_lossy(&text[start..]), 4)
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.root.join("server.log")
    }

    fn log(&self) -> Result<File, EmbeddedError> {
        let path = self.log_path();
        let large = std::fs::metadata(&path).is_ok_and(|m| m.len() > LOG_BYTES_MAX);
        if large {
            let _ = std::fs::rename(&path, self.root.join("server.log.1"));
        }
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(EmbeddedError::io(format!(
                "cannot write {}",
                path.display()
            )))
    }
}

fn remove_dir(dir: &Path) -> Result<(), EmbeddedError> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(EmbeddedError::io(format!(
            "cannot remove {}",
            dir.display()
        ))(e)),
        _ => Ok(()),
    }
}

fn settings(options: &EmbeddedOptions) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={}", options.max_connections),
        // Data is mostly in memory: an index page costs hardly more than the next page of a scan.
        "random_page_cost=1.1".to_owned(),
        format!("shared_buffers={}MB", shared_buffers_mb()),
        "max_wal_size=4GB".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        "log_min_messages=warning".to_owned(),
        // Statements hold personal data; errors reach the log of the server itself.
        "log_min_error_statement=panic".to_owned(),
    ];
    if !options.durable {
        settings.extend(
            [
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
            ]
            .map(str::to_owned),
        );
    }
    settings
}

/// A quarter of the memory this process may use, between 64 MB and 1 GB.
fn shared_buffers_mb() -> u64 {
    let machine = std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
            let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kilobytes / 1024)
        });
    let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| text.trim().parse::<u64>().ok())
        .map(|bytes| bytes >> 20);
    let available = machine.into_iter().chain(container).min().unwrap_or(1024);
    (available / 4).clamp(64, 1024)
}

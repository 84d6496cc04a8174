//! The real program in a process of its own, on a test's database.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{TestApp, cluster};

/// The real server on a test's database.
pub struct Server {
    child: Child,
    /// `http://` and where it listens.
    pub address: String,
}

impl Server {
    /// Started and ready; what it logs is thrown away.
    pub async fn start(app: &TestApp, data: &Path) -> Self {
        Self::logging(app, data, &[], Stdio::null()).await
    }

    /// The same with more settings.
    pub async fn start_with(app: &TestApp, data: &Path, more: &[(&str, &str)]) -> Self {
        Self::logging(app, data, more, Stdio::null()).await
    }

    /// The same with its log in a file, and with more settings.
    pub async fn into_file(app: &TestApp, data: &Path, more: &[(&str, &str)], log: &Path) -> Self {
        Self::logging(app, data, more, File::create(log).unwrap().into()).await
    }

    async fn logging(app: &TestApp, data: &Path, more: &[(&str, &str)], log: Stdio) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_som"))
            .args(["serve", "--listen", &listen, "--data-dir"])
            .arg(data)
            .env_clear()
            .envs(cluster::environment(&app.database).await)
            .envs(more.iter().copied())
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self {
            child,
            address: format!("http://{listen}"),
        };
        let end = Instant::now() + Duration::from_secs(60);
        while server.get("/readiness", "").await != Some(200) {
            assert!(Instant::now() < end, "not ready within a minute");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    /// The status, when it answers.
    pub async fn get(&self, path: &str, key: &str) -> Option<u16> {
        let url = format!("{}{path}", self.address);
        let call = reqwest::Client::new().get(url).bearer_auth(key);
        call.send().await.ok().map(|a| a.status().as_u16())
    }

    /// Has it read its configuration.
    pub fn hurry(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-HUP", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// As with `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

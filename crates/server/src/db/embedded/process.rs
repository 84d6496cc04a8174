//! Starts programs without privileges, bound to the life of this process where the system can do that.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Account, EmbeddedError};

/// How programs are started.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    /// Whom they run as; `None`: as this process.
    pub(super) account: Option<Account>,
    /// util-linux's `setpriv`, which can set the signal that the kernel sends when the parent dies.
    setpriv: Option<PathBuf>,
}

impl Runner {
    pub(super) fn new(account: Option<Account>) -> Self {
        let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"]
            .iter()
            .map(PathBuf::from);
        Self {
            account,
            setpriv: setpriv.into_iter().find(|p| p.exists()),
        }
    }

    /// A short-lived program.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        cleaned(command)
    }

    /// A program that must not outlive this process: the kernel interrupts it when the starting thread ends.
    /// Elsewhere than on Linux the next start finds and stops an orphan.
    pub(super) fn bound_command(&self, program: &Path) -> Command {
        let Some(setpriv) = &self.setpriv else {
            return self.command(program);
        };
        let mut command = Command::new(setpriv);
        command.args(["--pdeathsig", "INT", "--no-new-privs"]);
        if let Some(account) = &self.account {
            command.args(["--reuid", &account.uid.to_string()]);
            command.args(["--regid", &account.gid.to_string(), "--clear-groups"]);
        }
        command.arg("--").arg(program);
        cleaned(command)
    }
}

/// Nothing of our environment reaches PostgreSQL; Ctrl-C on the terminal reaches us only.
fn cleaned(mut command: Command) -> Command {
    command
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .process_group(0)
        .stdin(std::process::Stdio::null());
    command
}

/// Runs a program to its end.
pub(super) fn run(mut command: Command, name: &str) -> Result<Output, EmbeddedError> {
    let output = command
        .output()
        .map_err(EmbeddedError::io(format!("cannot start {name}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    if text.trim().is_empty() {
        text = String::from_utf8_lossy(&output.stdout).into_owned();
    }
    Err(EmbeddedError::Program {
        program: name.to_owned(),
        output: tail(&text, 6),
    })
}

/// The last lines of a text.
pub(super) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    all[all.len().saturating_sub(lines)..].join(" | ")
}

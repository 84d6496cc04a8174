//! Flags of `som keys`.

use clap::{Args, Subcommand};

/// `keys …`
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeysCommand {
    /// Print a person's API keys; everybody's when they manage members.
    List {
        #[command(flatten)]
        whose: WhoseKeys,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make an API key and print it once, to stdout.
    Create(CreateKey),
    /// Replace an API key by a new one and print that once, to stdout; or change a key of the server, which is never printed and stops nothing:
    /// `session`, `csrf`, `cursor` and `encryption` in the configuration's files, `data` and `index` (personal data of an organization) in the database.
    Rotate {
        /// The API key's id, or session, csrf, cursor, encryption, data, index.
        #[arg(value_name = "ID|KEY")]
        what: String,
        /// Hours for which the old API key works beside the new one, 0 to 168.
        #[arg(long, value_name = "N", default_value_t = 24)]
        overlap_hours: u16,
        #[command(flatten)]
        whose: WhoseKeys,
    },
    /// Print how the server's keys stand: how old, what is under way, what may go. Exit code 0 also when something is under way.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove the key before the last change from the configuration's files, once nothing needs it.
    Retire {
        /// session, csrf, cursor or encryption.
        key: String,
        /// Also when access tokens, letters that wait, sessions or cursors are still of it: they end. Never the encryption key.
        #[arg(long)]
        now: bool,
    },
    /// Revoke an API key.
    Revoke {
        /// The key's id.
        id: String,
        #[command(flatten)]
        whose: WhoseKeys,
    },
}

/// Flags of `keys create`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CreateKey {
    /// What it is for.
    #[arg(long)]
    pub(in crate::cli) name: String,
    /// Permissions it may use, comma-separated.
    #[arg(long, value_delimiter = ',', required = true)]
    pub(in crate::cli) scopes: Vec<String>,
    /// Days until it ends, 1 to 365.
    #[arg(long, value_name = "N", default_value_t = 90)]
    pub(in crate::cli) days: u16,
    /// Addresses and networks it may be used from, comma-separated; without it all.
    #[arg(long, value_delimiter = ',', value_name = "CIDR")]
    pub(in crate::cli) networks: Vec<String>,
    /// Let it see less than its owner: `own` or `team`.
    #[arg(long, value_name = "SCOPE", value_parser = ["own", "team"])]
    pub(in crate::cli) row_scope: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) whose: WhoseKeys,
}

/// Whose keys.
#[derive(Debug, Args)]
pub(in crate::cli) struct WhoseKeys {
    /// The member; an owner without it.
    #[arg(long = "as", value_name = "EMAIL")]
    pub(in crate::cli) member: Option<String>,
    /// Name of the organization; needed when there are several and nobody is named.
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) organization: Option<String>,
}

//! The commands and their flags.

mod keys;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::{Exit, Failure};

pub(super) use keys::{CreateKey, KeysCommand, WhoseKeys};

const EXAMPLES: &str = "Start here:
  som serve --demo                     Try it on this machine, with demo data
  som config init > som.toml           Write a complete configuration file
  som doctor                           Check configuration, database, disk, clock";

/// Sales orders from quote to delivery, in one binary.
#[derive(Debug, Parser)]
#[command(name = "som", version, before_help = EXAMPLES, disable_help_subcommand = true, propagate_version = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) config: ConfigFlags,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that every command takes. Each of them is also a variable and a key of the file: see `som reference config`.
#[derive(Debug, Default, Args)]
pub(super) struct ConfigFlags {
    /// Configuration file [env: SOM_CONFIG] [default: /etc/som/som.toml].
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// `production` or `development` [env: SOM_MODE] [default: production].
    #[arg(long, global = true, value_name = "MODE")]
    pub(super) mode: Option<String>,
    /// Directory of the embedded database [env: SOM_DATA_DIR].
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<String>,
    /// File that holds the database URL [env: SOM_DATABASE_URL_FILE].
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) database_url_file: Option<PathBuf>,
    /// Log level or filter [env: SOM_LOG] [default: info].
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(super) log: Option<String>,
    /// More flags, by key name; filled by commands.
    #[arg(skip)]
    pub(super) more: BTreeMap<String, String>,
}

impl ConfigFlags {
    /// The values by key name.
    pub(super) fn values(&self) -> Result<BTreeMap<String, String>, Failure> {
        let mut values = self.more.clone();
        let mut set = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                values.insert(name.to_owned(), value);
            }
        };
        set("mode", self.mode.clone());
        set("data_dir", self.data_dir.clone());
        set("log.level", self.log.clone());
        if let Some(path) = &self.database_url_file {
            let text = std::fs::read_to_string(path).map_err(|e| {
                Failure::new(
                    Exit::Configuration,
                    format!("cannot read {}: {e}", path.display()),
                )
            })?;
            set("database.url", Some(text.trim().to_owned()));
        }
        Ok(values)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the server: API, web app, background jobs.
    #[command(before_help = "Examples:
  som serve --demo
  som serve --database-url-file /run/secrets/db
  SOM_LISTEN=127.0.0.1:8081 som serve")]
    Serve(ServeOptions),
    /// Run background jobs only.
    Worker,
    /// Inspect or apply database migrations.
    Migrate {
        #[command(subcommand)]
        command: MigrateCommand,
    },
    /// Write, explain or judge the configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Create administrators, let people back in; works while the server runs and while it does not.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// List, make, replace and revoke API keys; change the keys of the server and see how they stand.
    #[command(before_help = "Examples:
  som keys create --as ada@example.com --name 'Web shop' --scopes orders.read,orders.write > shop.key
  som keys rotate key_01K9ZC5T3GE8V9M4R2X7Q6P0AB --as ada@example.com > shop.key
  som keys rotate session
  som keys rotate data
  som keys status")]
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Import customers, products, prices or orders from CSV or XLSX; tries only, unless --commit is given. Exit code 9 with rejected rows.
    #[command(before_help = "Examples:
  som import customers customers.xlsx
  som import orders sales.csv --map superstore
  som import orders sales.csv --map mapping.toml --commit --partial")]
    Import(ImportOptions),
    /// Prove that the audit log is what was written, or look into it.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Make data to try things with.
    #[command(before_help = "Examples:
  som seed demo
  som seed scale --orders 100000")]
    Seed {
        #[command(subcommand)]
        command: SeedCommand,
    },
    /// Find problems of this installation and say how to fix them.
    Doctor {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Print a page of the reference.
    Reference {
        /// Which page.
        page: Page,
    },
    /// Print the completion script of a shell.
    #[command(before_help = "Example:
  som completions bash > /etc/bash_completion.d/som")]
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Explain a command, or a topic: exit-codes.
    Help {
        /// A command, or `exit-codes`.
        topic: Vec<String>,
    },
}

/// Flags of `serve`.
#[derive(Debug, Default, Args)]
pub(super) struct ServeOptions {
    /// Development mode with demo data in an empty database; prints the address and the sign-in.
    #[arg(long)]
    pub(super) demo: bool,
    /// Orders that --demo adds in the background to the new demo organization, so that lists have a realistic size.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(super) demo_orders: u64,
    /// Address and port [env: SOM_LISTEN] [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<String>,
    /// The address people type [env: SOM_PUBLIC_URL].
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
}

/// Flags of `import`.
#[derive(Debug, Args)]
pub(super) struct ImportOptions {
    /// What the file holds.
    pub(super) entity: ImportEntity,
    /// CSV or XLSX with a header line.
    pub(super) file: PathBuf,
    /// Mapping file (TOML or JSON), or the name of a shipped one: superstore. Without it the columns are called like the fields of the API.
    #[arg(long, value_name = "FILE")]
    pub(super) map: Option<PathBuf>,
    /// Keep what was imported; without it the file is only tried.
    #[arg(long)]
    pub(super) commit: bool,
    /// Keep valid objects although others fail; without it all or nothing.
    #[arg(long)]
    pub(super) partial: bool,
    /// Write rows with errors there [default: the file's name with `.failed.csv`].
    #[arg(long, value_name = "FILE")]
    pub(super) failed: Option<PathBuf>,
    /// Name of the organization; needed when there are several.
    #[arg(long, value_name = "NAME")]
    pub(super) organization: Option<String>,
    /// With the rights of this member; an owner's without it.
    #[arg(long = "as", value_name = "EMAIL")]
    pub(super) member: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// What can be imported.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ImportEntity {
    /// Customers.
    Customers,
    /// Products.
    Products,
    /// Prices of price lists.
    Prices,
    /// Orders with their lines.
    Orders,
}

/// `migrate …`
#[derive(Debug, Subcommand)]
pub(super) enum MigrateCommand {
    /// Show what is applied and what is pending. Exit code 5 when something is pending.
    Status,
    /// Apply what is pending.
    Up,
    /// Print the SQL of what is pending.
    Plan,
}

/// `config …`
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Write a commented file with every key and fresh secrets.
    #[command(before_help = "Examples:
  som config init > som.toml
  som config init --to /etc/som/som.toml")]
    Init {
        /// Write there (mode 0600) instead of to stdout; an existing file is kept.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Print the configuration in force, secrets hidden.
    Show {
        /// Also print where each value came from.
        #[arg(long)]
        origin: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what is wrong with the configuration, one line per fault. Exit code 3 when something is.
    Check,
}

/// `seed …`
#[derive(Debug, Subcommand)]
pub(super) enum SeedCommand {
    /// Fill an empty organization: customers, products, prices, members of every role and orders in every state. Prints the sign-ins; an
    /// organization that holds data is refused.
    Demo {
        /// Name of the organization; made when there is none yet, needed when there are several.
        #[arg(long, value_name = "NAME")]
        organization: Option<String>,
    },
    /// Add many orders, with customers and products for them, straight in the database.
    Scale {
        /// How many orders.
        #[arg(long, value_name = "N")]
        orders: u64,
        /// Name of the organization; needed when there are several.
        #[arg(long, value_name = "NAME")]
        organization: Option<String>,
    },
}

/// `audit …`
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check every entry against the chain of hashes and the signed checkpoints. Names the first entry that is broken or missing, and how many
    /// are not sealed yet. Exit code 10 when something is broken.
    #[command(before_help = "Examples:
  som audit verify
  som audit verify --checkpoints /mnt/worm/som-checkpoints.jsonl")]
    Verify {
        /// Checkpoints kept outside of the database, one JSON object a line [default: audit.checkpoints_file].
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
        /// As JSON, one line an organization.
        #[arg(long)]
        json: bool,
    },
    /// Print entries, the newest first.
    #[command(before_help = "Examples:
  som audit search --entity order --action confirmed --since 2026-11-01
  som audit search --id ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB --json")]
    Search(SearchAudit),
}

/// Flags of `audit search`.
#[derive(Debug, Args)]
pub(super) struct SearchAudit {
    /// Kind of object: order, customer, member, …
    #[arg(long)]
    pub(super) entity: Option<String>,
    /// The object's id.
    #[arg(long, value_name = "ID")]
    pub(super) id: Option<String>,
    /// Name of who did it.
    #[arg(long, value_name = "NAME")]
    pub(super) actor: Option<String>,
    /// What happened: created, updated, confirmed, …
    #[arg(long)]
    pub(super) action: Option<String>,
    /// From this date or instant on.
    #[arg(long, value_name = "WHEN")]
    pub(super) since: Option<String>,
    /// Before this date or instant.
    #[arg(long, value_name = "WHEN")]
    pub(super) until: Option<String>,
    /// Entries at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) limit: u32,
    /// Name of the organization; needed when there are several.
    #[arg(long, value_name = "NAME")]
    pub(super) organization: Option<String>,
    /// As JSON, one line an entry.
    #[arg(long)]
    pub(super) json: bool,
}

/// `admin …`
#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Create an owner of an organization. The password comes from a file or stdin; without one it is made and printed once.
    #[command(before_help = "Examples:
  som admin create --email ada@example.com --name Ada --password-file /run/secrets/ada
  pass show som | som admin create --email ada@example.com --name Ada --password-stdin")]
    Create(CreateAdmin),
    /// Print a fresh link for the first run.
    Link,
    /// Remove every second factor of an account whose owner lost them all, and end its sessions. The person hears of it by mail.
    #[command(before_help = "Example:
  som admin reset-mfa ada@example.com")]
    ResetMfa {
        /// The e-mail address of the account.
        email: String,
    },
}

/// Flags of `admin create`.
#[derive(Debug, Args)]
pub(super) struct CreateAdmin {
    /// The e-mail address to sign in with.
    #[arg(long)]
    pub(super) email: String,
    /// The person's name.
    #[arg(long)]
    pub(super) name: String,
    /// Name of the organization; made when there is none yet, needed when there are several.
    #[arg(long)]
    pub(super) organization: Option<String>,
    /// File that holds the password.
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    pub(super) password_file: Option<PathBuf>,
    /// Read the password from stdin.
    #[arg(long)]
    pub(super) password_stdin: bool,
}

/// Pages of `reference`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Page {
    /// Every command, as Markdown.
    Cli,
    /// Every key of the configuration, as Markdown.
    Config,
    /// `.env.example`.
    Env,
    /// Roles, permissions and what each request needs, as Markdown.
    Permissions,
}

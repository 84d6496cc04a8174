//! The command line: data to stdout, words to stderr, one documented exit code per kind of failure.

mod admin;
mod arguments;
mod audit;
mod config;
mod doctor;
mod exit;
mod first_run;
mod import;
mod keys;
mod migrate;
mod open;
mod out;
mod permissions;
mod reference;
mod secret_file;
mod seed;
mod serve;
mod server_keys;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command, ConfigFlags};
pub use exit::{Exit, Failure};

/// What every command returns.
type Outcome = Result<Exit, Failure>;

/// Parses the arguments, runs the command, and turns its outcome into an exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            out::word(&format!("som: cannot start: {error}"));
            return Exit::Unexpected.into();
        }
    };
    let outcome = runtime.block_on(Box::pin(run(arguments)));
    // Threads that wait on something outside must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            out::word(&failure.to_string());
            failure.exit.into()
        }
    }
}

async fn run(arguments: Arguments) -> Outcome {
    let flags = arguments.config;
    match arguments.command {
        Command::Serve(options) => Box::pin(serve::serve(&flags, options)).await,
        Command::Worker => Box::pin(serve::worker(&flags)).await,
        Command::Migrate { command } => Box::pin(migrate::run(&flags, command)).await,
        Command::Config { command } => config::run(&flags, command),
        Command::Admin { command } => Box::pin(admin::run(&flags, command)).await,
        Command::Keys { command } => Box::pin(keys::run(&flags, command)).await,
        Command::Import(options) => Box::pin(import::run(&flags, options)).await,
        Command::Audit { command } => Box::pin(audit::run(&flags, command)).await,
        Command::Seed { command } => Box::pin(seed::run(&flags, command)).await,
        Command::Doctor { json } => Box::pin(doctor::run(&flags, json)).await,
        Command::Openapi => reference::openapi(),
        Command::Reference { page } => reference::page(page),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "som",
                &mut std::io::stdout(),
            );
            Ok(Exit::Ok)
        }
        Command::Help { topic } => reference::help(&topic),
    }
}

/// The inputs of configuration: the process's environment and these flags.
///
/// # Errors
/// When the file of `--database-url-file` cannot be read.
fn inputs(flags: &ConfigFlags) -> Result<crate::config::Inputs, Failure> {
    let mut inputs = crate::config::Inputs::of_process();
    inputs.file.clone_from(&flags.config);
    inputs.flags = flags.values()?;
    Ok(inputs)
}

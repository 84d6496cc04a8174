//! `som config`: write, explain, judge.

use serde_json::json;

use super::arguments::{ConfigCommand, ConfigFlags};
use super::{Exit, Failure, Outcome, inputs, out};
use crate::config::{Config, PREVIOUS, Values, random_text, render, write_private};

pub(super) fn run(flags: &ConfigFlags, command: ConfigCommand) -> Outcome {
    match command {
        ConfigCommand::Init { to } => init(to.as_deref()),
        ConfigCommand::Show { origin, json } => show(flags, origin, json),
        ConfigCommand::Check => check(flags),
    }
}

fn init(to: Option<&std::path::Path>) -> Outcome {
    let fail = |e: getrandom::Error| Failure::new(Exit::Unexpected, format!("no randomness: {e}"));
    // asked before, so that the template cannot end half way
    random_text().map_err(fail)?;
    let text = render::file_template(|key| {
        key.name
            .starts_with("secrets.")
            .then_some(key)
            .filter(|key| !key.name.ends_with(PREVIOUS))
            .and_then(|_| random_text().ok())
    });
    let Some(path) = to else {
        out::data(text.trim_end());
        return Ok(Exit::Ok);
    };
    if path.exists() {
        return Err(Failure::new(
            Exit::Conflict,
            format!("{} is there already and was kept", path.display()),
        )
        .next("choose another file, or move that one away"));
    }
    write_private(path, &text).map_err(|e| {
        Failure::new(
            Exit::Unexpected,
            format!("cannot write {}: {e}", path.display()),
        )
    })?;
    out::word(&format!(
        "Wrote {} (only its owner may read it).",
        path.display()
    ));
    out::word(&format!(
        "Next: set server.public_url in it, then  som config check --config {}",
        path.display()
    ));
    Ok(Exit::Ok)
}

fn show(flags: &ConfigFlags, origin: bool, as_json: bool) -> Outcome {
    let mut faults = Vec::new();
    let (values, _) = Values::collect(&inputs(flags)?, &mut faults);
    if as_json {
        let rows = render::rows(&values).into_iter();
        let object: serde_json::Map<_, _> = rows
            .map(|(name, value, from)| {
                (
                    name.to_owned(),
                    json!({ "value": value, "origin": from.to_string() }),
                )
            })
            .collect();
        out::data(&serde_json::Value::from(object).to_string());
    } else {
        out::data(render::show(&values, origin).trim_end());
    }
    for fault in faults {
        out::word(&format!("config: {fault}"));
    }
    Ok(Exit::Ok)
}

fn check(flags: &ConfigFlags) -> Outcome {
    let loaded = Config::load(&inputs(flags)?)?;
    for warning in &loaded.values.warnings {
        out::word(&format!("warning: {warning}"));
    }
    out::word("The configuration is complete.");
    Ok(Exit::Ok)
}

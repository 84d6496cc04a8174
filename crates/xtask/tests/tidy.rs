//! The rules of the house hold for the whole repository.

use xtask::{tidy, workspace};

#[test]
fn the_repository_is_tidy() -> anyhow::Result<()> {
    let findings = tidy::run(&workspace::root())?;
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        lines.is_empty(),
        "{} finding(s):\n{}",
        lines.len(),
        lines.join("\n")
    );
    Ok(())
}

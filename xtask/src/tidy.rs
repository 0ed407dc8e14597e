//! `cargo xtask tidy`: the rules of the house that no compiler checks. Every breach is listed, each with its
//! place, before the task fails.

mod inferred;
mod packages;
mod source;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{home, process, say};

/// Writes what is made from the sources.
pub(crate) fn write() -> Result<()> {
    inferred::write(&tracked_files()?)
}

/// Checks everything.
pub(crate) fn run() -> Result<()> {
    let files = tracked_files()?;
    let mut breaches: Vec<String> = files.iter().flat_map(source::breaches).collect();
    breaches.extend(packages::breaches(&files)?);
    breaches.extend(inferred::breaches(&files));
    say::note(&format!("{} files; {} guesses marked INFERRED", files.len(), source::guesses(&files)));
    match breaches[..] {
        [] => Ok(()),
        _ => bail!("{} breaches of the house's rules:\n  {}", breaches.len(), breaches.join("\n  ")),
    }
}

/// A text file of the repository.
struct File {
    /// Relative to the workspace, with `/`.
    path: String,
    text: String,
}

/// What git tracks, or would: files that are new count too, ignored ones do not.
fn tracked_files() -> Result<Vec<File>> {
    let words = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = process::capture(Command::new("git").args(words).current_dir(home::workspace()))
        .context("git, which knows what belongs to the tree")?;
    let read = |path: &str| {
        let text = fs::read_to_string(home::workspace().join(path)).ok()?;
        Some(File { path: path.to_owned(), text })
    };
    Ok(listed.lines().filter_map(read).collect())
}

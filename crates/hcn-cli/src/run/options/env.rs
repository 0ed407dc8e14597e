//! The flags that say what is in a container's environment.

use std::fmt::Display;
use std::path::Path;

use super::Files;
use crate::Failure;
use crate::args::RunArgs;

/// The environment that was asked for.
pub(super) struct Env {
    /// `NAME=VALUE`; a bare `NAME` removes what stands before it.
    pub(super) entries: Vec<String>,
    /// What to say about entries that do something else than people may think.
    pub(super) notes: Vec<String>,
}

/// The file's lines, then the flags: later ones win. As with ctr there is one file, and an empty name is none.
pub(super) fn read(args: &RunArgs, files: &mut Files) -> Result<Env, Failure> {
    let file = args.path("env-file").filter(|file| !file.as_os_str().is_empty());
    let of_file = file.map(|file| lines(file, files)).transpose()?.unwrap_or_default();
    let mut notes = file.map(|file| notes_on_lines(file, &of_file)).unwrap_or_default();
    notes.extend(args.texts("env").filter_map(|entry| note_on_bare(&format!("--env {entry}"), entry)));
    let entries = of_file.into_iter().chain(args.texts("env").map(str::to_owned)).collect();
    Ok(Env { entries, notes })
}

fn lines(file: &Path, files: &mut Files) -> Result<Vec<String>, Failure> {
    let wrong =
        |why: &dyn Display| Failure::run(format!("cannot read --env-file `{}`: {why}", file.display()));
    let held = files.read(file).map_err(|why| wrong(&format_args!("{why}; correct the path")))?;
    let text = String::from_utf8(held).map_err(|_| wrong(&"it is not UTF-8; save it as UTF-8"))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Files of other programs have comments: one is told of for all.
fn notes_on_lines(file: &Path, lines: &[String]) -> Vec<String> {
    let place = |index: usize| format!("line {} of --env-file `{}`", index + 1, file.display());
    let is_comment = |line: &String| line.trim_start().starts_with('#');
    let comment = lines.iter().position(is_comment).map(|index| {
        format!("{} is no comment but a variable, as with ctr; take such lines out", place(index))
    });
    let others = lines.iter().enumerate().filter(|(_, line)| !is_comment(line));
    let bare =
        others.filter_map(|(index, line)| note_on_bare(&format!("`{line}` in {}", place(index)), line));
    comment.into_iter().chain(bare).collect()
}

/// Docker's users expect the caller's value.
fn note_on_bare(what: &str, entry: &str) -> Option<String> {
    let bare = !entry.is_empty() && !entry.contains('=');
    bare.then(|| format!("{what} has no value, so it only takes back an earlier one; write {entry}=VALUE"))
}

//! `hcn gc`: what dead runs left is removed, or with `--dry-run` told.

use std::fmt::Write as _;

use crate::args::{Format, Global, Places};
use crate::env::Environment;
use crate::exit::Exit;
use crate::os::Os;
use crate::run::gc::{Outcome, Reclaimed, gc};
use crate::settings::Settings;
use crate::{Failure, output, runtime};

/// What a killed `hcn run` left is what its journal names: task, container, snapshot, lease, network attachment,
/// namespace, streams. Nothing else is touched, and nothing of a run that lives.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    after_help = "The next `hcn run` does the same by itself, for the containerd that it uses.\n0: nothing is left; 1: something \
                        is, for the reasons given."
)]
pub struct GcArgs {
    /// Tell what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: Format,
}

/// Does it, and answers the exit code.
///
/// # Errors
/// Nothing could be looked at, or the answer could not be printed.
pub fn run(args: &GcArgs, global: &Global, environment: &Environment) -> Result<u32, Failure> {
    let settings = Settings::new(global, &Places::default(), environment, Os::HOST).map_err(general)?;
    let (reclaimed, drafts) = runtime::new(Exit::Failure)?.block_on(gc(&settings, args.dry_run))?;
    let text = match args.output {
        Format::Table => table(&reclaimed, args.dry_run),
        Format::Json => json(&reclaimed)?,
    };
    output::data(text).map_err(|why| general(format!("cannot print what was removed: {why}")))?;
    reclaimed.iter().flat_map(|one| &one.failures).for_each(output::error);
    drafts.iter().for_each(output::error);
    let left = !drafts.is_empty() || reclaimed.iter().any(|one| one.result == Outcome::Left);
    Ok(if left { Exit::Failure } else { Exit::Success }.code())
}

fn general(why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failure, why)
}

fn json(reclaimed: &[Reclaimed]) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(reclaimed);
    text.map(|text| text + "\n").map_err(|why| general(format!("cannot print what was removed: {why}")))
}

/// A line a run; before anything is removed also a line for each of its parts. Nothing where there is nothing.
fn table(reclaimed: &[Reclaimed], parts: bool) -> String {
    let mut text = String::new();
    if !reclaimed.is_empty() {
        row(&mut text, ["RUN", "RESULT", "CONTAINER"]);
    }
    for one in reclaimed {
        let container = one.container.as_deref().unwrap_or("-");
        row(&mut text, [&one.run, result(one.result), container]);
        for part in one.parts.iter().filter(|_| parts) {
            row(&mut text, ["", part.what, &part.name]);
        }
    }
    text
}

fn row(text: &mut String, [run, what, name]: [&str; 3]) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{run:<16} {what:<10} {name}");
}

fn result(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Removed => "removed",
        Outcome::Found => "found",
        Outcome::Left => "left",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::gc::Part;

    fn reclaimed(result: Outcome) -> Reclaimed {
        Reclaimed {
            run: "0123456789abcdef".into(),
            result,
            container: Some("t1".into()),
            containerd_namespace: Some("default".into()),
            parts: vec![Part { what: "lease", name: "hcn-0123456789abcdef".into() }],
            failures: Vec::new(),
        }
    }

    #[test]
    fn a_run_is_a_line_and_its_parts_are_shown_before_they_go() {
        assert_eq!(table(&[], true), "");
        insta::assert_snapshot!(table(&[reclaimed(Outcome::Removed), reclaimed(Outcome::Left)], false), @"
        RUN              RESULT     CONTAINER
        0123456789abcdef removed    t1
        0123456789abcdef left       t1
        ");
        insta::assert_snapshot!(table(&[reclaimed(Outcome::Found)], true), @"
        RUN              RESULT     CONTAINER
        0123456789abcdef found      t1
                         lease      hcn-0123456789abcdef
        ");
    }

    #[test]
    fn json_is_a_list_whatever_was_found() {
        assert_eq!(json(&[]).unwrap(), "[]\n");
        insta::assert_snapshot!(json(&[reclaimed(Outcome::Removed)]).unwrap(), @r#"
        [
          {
            "run": "0123456789abcdef",
            "result": "removed",
            "container": "t1",
            "containerd_namespace": "default",
            "parts": [
              {
                "what": "lease",
                "name": "hcn-0123456789abcdef"
              }
            ],
            "failures": []
          }
        ]
        "#);
    }
}

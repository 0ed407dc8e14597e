//! `hcn ps`: the runs that there are.

use std::time::Duration;

use crate::args::{Format, Global, Places};
use crate::env::{self, Environment};
use crate::exit::Exit;
use crate::os::Os;
use crate::run::known::{self, Runs};
use crate::run::look::{Looker, Seen};
use crate::settings::Settings;
use crate::{Failure, output};

/// Runs of every containerd namespace, unless one is named; in the foreground and detached.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PsArgs {
    /// How to print it
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: Format,
    /// Print the containers' ids alone, one a line
    #[arg(short, long)]
    pub quiet: bool,
}

/// Lists them.
///
/// # Errors
/// The journals cannot be read, or the list not printed.
pub async fn run(args: &PsArgs, global: &Global, environment: &Environment) -> Result<u32, Failure> {
    let settings = settings(global, environment)?;
    let namespace = namespace(global, environment);
    let Runs { mut runs, unreadable } = known::all(&settings.state)?;
    runs.retain(|known| namespace.as_ref().is_none_or(|name| *name == known.plan.containerd_namespace));
    let mut looker = Looker::new(settings.connect_timeout);
    let mut seen = Vec::new();
    for known in &runs {
        seen.extend(looker.look(known).await?);
    }
    let text = match (args.quiet, args.output) {
        (true, _) => seen.iter().map(|run| format!("{}\n", run.id)).collect(),
        (false, Format::Table) => table(&seen),
        (false, Format::Json) => json(&seen)?,
    };
    output::data(text).map_err(unprinted)?;
    unreadable.iter().for_each(output::error);
    looker.failures.iter().for_each(output::error);
    Ok(Exit::Success.code())
}

fn unprinted(why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failure, format!("cannot print the runs: {why}"))
}

/// Where the journals are, for a command beside `run`.
pub(super) fn settings(global: &Global, environment: &Environment) -> Result<Settings, Failure> {
    let made = Settings::new(global, &Places::default(), environment, Os::HOST);
    made.map_err(|failure| Failure { exit: Exit::Failure, ..failure })
}

/// The containerd namespace, if one was named.
pub(super) fn namespace(global: &Global, environment: &Environment) -> Option<String> {
    global.containerd_namespace.clone().or_else(|| environment.text(env::CONTAINERD_NAMESPACE))
}

fn json(seen: &[Seen]) -> Result<String, Failure> {
    serde_json::to_string_pretty(seen).map(|text| text + "\n").map_err(unprinted)
}

fn table(seen: &[Seen]) -> String {
    let heads = ["ID", "IMAGE", "PID", "STATUS", "ADDRESSES", "AGE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(heads).chain(seen.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(seen: &Seen) -> [String; 6] {
    let none = || "-".to_owned();
    let addresses = match &seen.addresses[..] {
        [] => none(),
        all => all.join(","),
    };
    [
        seen.id.clone(),
        seen.image.clone().unwrap_or_else(none),
        seen.pid.map_or_else(none, |pid| pid.to_string()),
        seen.status.to_owned(),
        addresses,
        age(seen.age),
    ]
}

/// In the largest unit of which there is a whole one.
fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ ..60 => format!("{seconds}s"),
        seconds @ 60..3600 => format!("{}m", seconds / 60),
        seconds @ 3600..86400 => format!("{}h", seconds / 3600),
        seconds => format!("{}d", seconds / 86400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(id: &str, pid: Option<u32>, age: u64) -> Seen {
        Seen {
            id: id.into(),
            image: pid.map(|_| "docker.io/library/busybox:latest".into()),
            pid,
            status: if pid.is_some() { "running" } else { "dead" },
            addresses: pid.map(|_| "10.88.0.5/24".into()).into_iter().collect(),
            since: "2026-11-24T20:00:00Z".into(),
            run: "0123456789abcdef".into(),
            containerd_namespace: "default".into(),
            address: "/c.sock".into(),
            detached: true,
            log: None,
            age: Duration::from_secs(age),
        }
    }

    #[test]
    fn a_run_is_a_line() {
        insta::assert_snapshot!(table(&[seen("web", Some(4711), 7200), seen("longer-id", None, 59)]), @r"
        ID         IMAGE                             PID   STATUS   ADDRESSES     AGE
        web        docker.io/library/busybox:latest  4711  running  10.88.0.5/24  2h
        longer-id  -                                 -     dead     -             59s
        ");
        insta::assert_snapshot!(table(&[]), @"ID  IMAGE  PID  STATUS  ADDRESSES  AGE");
    }

    #[test]
    fn json_is_a_list_with_every_member() {
        insta::assert_snapshot!(json(&[seen("web", Some(1), 0)]).unwrap(), @r#"
        [
          {
            "id": "web",
            "image": "docker.io/library/busybox:latest",
            "pid": 1,
            "status": "running",
            "addresses": [
              "10.88.0.5/24"
            ],
            "since": "2026-11-24T20:00:00Z",
            "run": "0123456789abcdef",
            "containerd_namespace": "default",
            "address": "/c.sock",
            "detached": true,
            "log": null
          }
        ]
        "#);
    }

    #[test]
    fn an_age_is_in_its_largest_unit() {
        let all =
            [0, 59, 60, 3599, 3600, 86_399, 86_400, 900_000].map(|seconds| age(Duration::from_secs(seconds)));
        assert_eq!(all, ["0s", "59s", "1m", "59m", "1h", "23h", "1d", "10d"]);
    }
}

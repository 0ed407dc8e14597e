//! A comparison for people: both volumes side by side, and what is known of what differs.

use super::{Answer, indented};
use crate::doctor::check::Status;
use crate::doctor::compare::{Bearing, Comparison, Row, Verdict};

/// The check that tries lock files on a mount.
const PROBE: &str = "mount.locks";

/// The table, then what it means; what fails is the checks' to tell.
pub(super) fn text(compared: &Comparison, answers: &[Answer]) -> String {
    let Comparison { source, with, .. } = compared;
    let mut text = format!("compared      {source} with {with}, on a volume that works\n");
    text.push_str(&table(compared));
    text.push_str(&indented(&conclusion(compared, answers), "  "));
    text
}

fn table(compared: &Comparison) -> String {
    let heads = (&compared.source, &compared.with);
    let width = |head: &str, cell: fn(&Row) -> &str| {
        let cells = compared.facts.iter().map(|row| cell(row).chars().count());
        cells.chain([head.chars().count()]).max().unwrap_or_default()
    };
    let (fact, left) = (width("fact", |row| row.id), width(heads.0, |row| &row.source));
    let mut text = format!("    {:fact$}  {:left$}  {}\n", "fact", heads.0, heads.1);
    for row in &compared.facts {
        let line = format!("  {} {:fact$}  {:left$}  {}", mark(row.verdict), row.id, row.source, row.with);
        text.push_str(&format!("{}\n", line.trim_end()));
    }
    text
}

fn mark(verdict: Verdict) -> char {
    match verdict {
        Verdict::Same => ' ',
        Verdict::Differs => '*',
        Verdict::NotCompared => '?',
    }
}

/// Line by line, from what is known to what is not.
fn conclusion(compared: &Comparison, answers: &[Answer]) -> String {
    let judged = compared.that(|bearing| matches!(bearing, Bearing::Check { .. }));
    let innocent = compared.that(|bearing| matches!(bearing, Bearing::NotTheCause { .. }));
    let mut lines = failing(answers);
    match judged.as_slice() {
        [] => lines.push("no difference is known to be a cause".to_owned()),
        rows => lines.extend(rows.iter().map(|row| format!("{} differs, and {}", row.id, by_whom(row)))),
    }
    lines.extend(named(&innocent, "differ, and are known not to be the cause"));
    lines.extend(reasons(&innocent));
    lines.extend(named(
        &compared.that(|bearing| bearing == Bearing::Expected),
        "differ, as on any two volumes",
    ));
    lines.extend(named(
        &compared.that(|bearing| bearing == Bearing::Unknown),
        "differ, and it is not known whether that matters",
    ));
    let unknown: Vec<_> = compared.facts.iter().filter(|row| row.verdict == Verdict::NotCompared).collect();
    lines.extend(named(&unknown, "could not be compared"));
    lines.join("\n")
}

/// What does not work on the mount, by the lock probe: the first finding that fails.
fn failing(answers: &[Answer]) -> Vec<String> {
    let probes = answers.iter().filter(|answer| answer.about.id == PROBE);
    let first = |answer: &Answer| {
        let finding = answer.findings.iter().find(|finding| finding.status == Status::Failure)?;
        let line = finding.seen.lines().next().unwrap_or_default();
        Some(format!("what fails, by {}: {line}", answer.about.id))
    };
    probes.filter_map(first).collect()
}

fn by_whom(row: &Row) -> String {
    match row.bearing {
        Some(Bearing::Check { check }) => format!("{check} says that it matters"),
        _ => String::new(),
    }
}

fn named(rows: &[&Row], what: &str) -> Option<String> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    (!ids.is_empty()).then(|| format!("{what}: {}", ids.join(", ")))
}

/// Each reason once.
fn reasons(rows: &[&Row]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        if let Some(Bearing::NotTheCause { why }) = row.bearing {
            let line = format!("  {why}");
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

//! The only place that prints: the plan, the table and the verdict on stdout, problems on stderr.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use hcn_verify::{CaseReport, Cleaned, Report, RunState, Verdict};

/// Prints text. A reader that went away has what it wanted.
pub(crate) fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Says something on stderr, on one line whatever names it holds.
pub(crate) fn report(message: &str) {
    let _ = writeln!(io::stderr(), "hcn-verify: {}", one_line(message));
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What a run would do.
pub(crate) fn plan(with_disruptive: bool, report: &Path) -> String {
    let mut text = format!(
        "hcn-verify makes, changes and removes namespaces, networks and endpoints of its own through the Host Network\n\
         Service. Their ids are in {} before each call, their names begin with hcn-verify-.\n\
         Where the host has a NAT network none is made: endpoints go on that one, and are removed again.\n\
         Where containerd answers, one container is run by the hcn beside this program.\n\nIt asks:\n",
        report.display()
    );
    let disruptive: Vec<_> = hcn_verify::disruptive_cases().collect();
    for case in hcn_verify::cases().filter(|case| disruptive.iter().all(|(other, _)| other.id != case.id)) {
        let _ = writeln!(text, "  {:<44} {}", case.id, case.asks);
    }
    text.push_str(if with_disruptive {
        "\nand, being told to:\n"
    } else {
        "\nand only with --disruptive:\n"
    });
    for (case, _) in disruptive.iter().filter(|(_, by_hand)| by_hand.is_none()) {
        let _ = writeln!(text, "  {:<44} {}", case.id, case.asks);
    }
    text.push_str("\nNever by itself:\n");
    for (case, by_hand) in disruptive.iter().filter_map(|(case, by_hand)| Some((case, (*by_hand)?))) {
        let _ = writeln!(text, "  {:<44} {} ({by_hand})", case.id, case.asks);
    }
    text
}

/// What a cleaning would do.
pub(crate) fn cleaning(report: &Path) -> String {
    format!(
        "hcn-verify --clean removes the namespaces, networks and endpoints that {} tells an earlier run left,\n\
         and every one whose name begins with hcn-verify-.\n",
        report.display()
    )
}

/// What a cleaning did.
pub(crate) fn cleaned(cleaned: &Cleaned) -> String {
    let mut text = String::new();
    for (kind, id) in &cleaned.removed {
        let _ = writeln!(text, "removed  {} {id}", kind.noun());
    }
    for (kind, id, error) in &cleaned.left {
        let _ = writeln!(text, "left     {} {id}: {}", kind.noun(), one_line(&error.to_string()));
    }
    for error in &cleaned.unseen {
        let _ = writeln!(text, "unseen   {}", one_line(&error.to_string()));
    }
    let is = if cleaned.is_complete() { "nothing is left" } else { "something is left" };
    text + is + "\n"
}

/// What differs from what was expected, and the verdict.
pub(crate) fn table(report: &Report, file: &Path) -> String {
    let mut text = String::new();
    for verdict in [Verdict::Skipped, Verdict::Finding, Verdict::Failure] {
        for case in report.cases.iter().filter(|case| case.verdict == Some(verdict)) {
            let _ = writeln!(text, "{:<11}  {:<40} {}", verdict.word(), case.id, one_line(&why(case)));
        }
    }
    text + &verdict(report, file)
}

fn why(case: &CaseReport) -> String {
    match (&case.seen, &case.reason) {
        (_, Some(reason)) => reason.clone(),
        (Some(seen), None) => format!("{seen} (expected {})", case.expects.join(", or ")),
        (None, None) => String::new(),
    }
}

fn verdict(report: &Report, file: &Path) -> String {
    let count = report.summary;
    let version =
        report.host.hns_version.map_or("of unknown version".to_owned(), |version| version.to_string());
    let stopped = match report.state {
        RunState::Finished => "",
        RunState::Running | RunState::Interrupted => "stopped before its end: ",
    };
    format!(
        "{stopped}{}: {} as expected, {} findings, {} failures, {} skipped; HNS {version} on {}; the report is {}\n",
        if count.failure == 0 { "no failure" } else { "FAILED" },
        count.as_expected,
        count.finding,
        count.failure,
        count.skipped,
        one_line(&report.host.os),
        file.display()
    )
}

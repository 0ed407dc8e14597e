//! What was found, for people and for programs.

mod comparison;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::check::{About, Check, Finding, Fix, Status};
use super::compare::Comparison;
use crate::args::Format;
use crate::exit::Exit;

/// The version of the JSON report: raised when a field changes its meaning or goes.
pub(crate) const VERSION: u32 = 1;

/// What all checks found.
#[derive(Debug)]
pub(crate) struct Report {
    /// In the order of the checks.
    pub(crate) answers: Vec<Answer>,
    /// The mounts' volumes beside one that works, where one was named.
    pub(crate) comparisons: Vec<Comparison>,
}

/// What one check found.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) about: About,
    pub(crate) findings: Vec<Finding>,
}

impl Answer {
    /// The worst of its findings.
    pub(crate) fn status(&self) -> Status {
        self.findings.iter().map(|finding| finding.status).max().unwrap_or(Status::Skipped)
    }
}

impl Report {
    /// 1 with a failure, else 0.
    pub(crate) fn exit(&self) -> Exit {
        let failed = self.answers.iter().any(|answer| answer.status() == Status::Failure);
        if failed { Exit::Failure } else { Exit::Success }
    }

    /// For programs: one object.
    pub(crate) fn json(&self) -> Value {
        let check = |answer: &Answer| {
            json!({
                "id": answer.about.id,
                "title": answer.about.title,
                "status": answer.status(),
                "why": answer.about.why,
                "page": answer.about.page(),
                "findings": answer.findings,
            })
        };
        let checks: Vec<_> = self.answers.iter().map(check).collect();
        let mut report = json!({ "version": VERSION, "checks": checks, "failures": self.count(Status::Failure), "warnings": self.count(Status::Warning) });
        if !self.comparisons.is_empty() {
            report["comparisons"] = json!(self.comparisons);
        }
        report
    }

    /// For people: what is wrong with its reason and fix, what is well in one line.
    pub(crate) fn text(&self) -> String {
        let mut text: String = alike(&self.answers).map(together).collect();
        text.extend(self.comparisons.iter().map(|one| comparison::text(one, &self.answers)));
        let (failures, warnings) = (self.count(Status::Failure), self.count(Status::Warning));
        // A String takes everything.
        let _ = writeln!(text, "{} checks: {failures} failed, {warnings} with warnings", self.answers.len());
        text
    }

    fn count(&self, status: Status) -> usize {
        self.answers.iter().filter(|answer| answer.status() == status).count()
    }
}

/// What there is to be asked.
pub(crate) fn list(checks: &[&dyn Check], format: Format) -> String {
    let about = checks.iter().map(|check| check.about());
    match format {
        Format::Table => about
            .map(|about| format!("{:<28} {:<15} {}\n", about.id, about.systems.name(), about.title))
            .collect(),
        Format::Json => format!("{:#}\n", about.map(|about| described(&about)).collect::<Value>()),
    }
}

/// What one check is about.
pub(crate) fn explain(check: &dyn Check, format: Format) -> String {
    let about = check.about();
    match format {
        Format::Table => format!(
            "{}: {}\nwhy it matters: {}\nsystems: {}\nmore: {}\n",
            about.id,
            about.title,
            about.why,
            about.systems.name(),
            about.page()
        ),
        Format::Json => format!("{:#}\n", described(&about)),
    }
}

fn described(about: &About) -> Value {
    json!({ "id": about.id, "title": about.title, "why": about.why, "systems": about.systems.name(), "page": about.page() })
}

/// Neighbours that were not asked, for one and the same reason, stand together.
fn alike(answers: &[Answer]) -> impl Iterator<Item = &[Answer]> {
    answers.chunk_by(|one, next| is_unasked(one) && one.findings == next.findings)
}

fn is_unasked(answer: &Answer) -> bool {
    matches!(answer.status(), Status::Skipped | Status::NotAvailable) && answer.findings.len() == 1
}

fn together(answers: &[Answer]) -> String {
    match answers {
        [first @ .., last] => first.iter().map(heading).chain([section(last)]).collect(),
        [] => String::new(),
    }
}

fn heading(answer: &Answer) -> String {
    format!("{:<13} {:<28} {}\n", answer.status().word(), answer.about.id, answer.about.title)
}

fn section(answer: &Answer) -> String {
    let mut text = heading(answer);
    for finding in &answer.findings {
        let mark =
            if answer.findings.len() > 1 { format!("{}: ", finding.status.word()) } else { String::new() };
        text.push_str(&indented(&format!("{mark}{}", finding.seen), "  "));
        if let Some(fix) = &finding.fix {
            text.push_str(&shown(fix));
        }
    }
    if answer.status() >= Status::Warning {
        text.push_str(&indented(&format!("why it matters: {}", answer.about.why), "  "));
        text.push_str(&indented(&format!("more: {}", answer.about.page()), "  "));
    }
    text
}

fn shown(fix: &Fix) -> String {
    match fix {
        Fix::Command(command) => format!("  fix:\n{}", indented(command, "    ")),
        Fix::Advice(advice) => indented(&format!("fix: {advice}"), "  "),
        Fix::Unknown => "  no known fix\n".to_owned(),
    }
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::Systems;

    fn report(findings: Vec<Finding>) -> Report {
        Report { answers: vec![answer("volume.space", findings)], comparisons: Vec::new() }
    }

    fn answer(id: &'static str, findings: Vec<Finding>) -> Answer {
        let about = About {
            id,
            title: "room on the volume",
            why: "a full volume refuses every write",
            fix: "makes room",
            systems: Systems::Both,
        };
        Answer { about, findings }
    }

    #[test]
    fn neighbours_that_were_not_asked_for_one_reason_say_it_once() {
        let none = || vec![Finding::skipped("no mount was named")];
        let answers = vec![
            answer("mount.a", none()),
            answer("mount.b", none()),
            answer("mount.c", vec![Finding::ok("all is well")]),
            answer("mount.d", none()),
        ];
        insta::assert_snapshot!(Report { answers, comparisons: Vec::new() }.text(), @r"
        skipped       mount.a                      room on the volume
        skipped       mount.b                      room on the volume
          no mount was named
        ok            mount.c                      room on the volume
          all is well
        skipped       mount.d                      room on the volume
          no mount was named
        4 checks: 0 failed, 0 with warnings
        ");
    }

    #[test]
    fn what_is_well_takes_few_lines_and_exits_0() {
        let found = report(vec![Finding::ok("/ has 3 GiB left")]);
        assert_eq!(found.exit(), Exit::Success);
        insta::assert_snapshot!(found.text(), @r"
        ok            volume.space                 room on the volume
          / has 3 GiB left
        1 checks: 0 failed, 0 with warnings
        ");
    }

    #[test]
    fn a_failure_has_its_reason_and_its_fix_and_exits_1() {
        let found = report(vec![
            Finding::ok("/ has 3 GiB left"),
            Finding::failure("/var is full", Fix::command("hcn gc\ndf -h /var")),
        ]);
        assert_eq!(found.exit(), Exit::Failure);
        insta::assert_snapshot!(found.text(), @r"
        failure       volume.space                 room on the volume
          ok: / has 3 GiB left
          failure: /var is full
          fix:
            hcn gc
            df -h /var
          why it matters: a full volume refuses every write
          more: docs/doctor.md#volumespace
        1 checks: 1 failed, 0 with warnings
        ");
    }

    #[test]
    fn a_program_gets_every_finding_with_its_status() {
        let found = report(vec![Finding::warning("/var is nearly full", Fix::Unknown)]);
        insta::assert_snapshot!(found.json(), @r#"{"checks":[{"findings":[{"fix":{"kind":"unknown"},"seen":"/var is nearly full","status":"warning"}],"id":"volume.space","page":"docs/doctor.md#volumespace","status":"warning","title":"room on the volume","why":"a full volume refuses every write"}],"failures":0,"version":1,"warnings":1}"#);
    }
}

//! Is there anything wrong with what the config.json says?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::spec::{Kind, MOST, Problem};

pub(super) struct Spec;

impl Check for Spec {
    fn about(&self) -> About {
        About {
            id: "config.spec",
            title: "the config.json is one that a container can be made of",
            why: "containerd and the shim refuse a wrong one late, in words that name neither the file nor the place, \
                  or read it otherwise than it was meant",
            fix: "says what to write, place by place",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let config = match facts.subject.config() {
            Err(finding) => return vec![finding],
            Ok(config) => config,
        };
        let name = config.file.display().to_string();
        let mut found: Vec<_> = config.problems.iter().map(|problem| judged(&name, problem)).collect();
        if found.len() == MOST {
            found.push(Finding::skipped(format!("{name}: there may be more; correct these first")));
        }
        if config.os != facts.os {
            found.push(Finding::failure(
                format!("{name} is for {}, and this is {}", config.os, facts.os),
                Fix::advice(format!("run it on {}", config.os)),
            ));
        }
        match found.is_empty() {
            true => vec![Finding::ok(format!("nothing is wrong with what {name} says"))],
            false => found,
        }
    }
}

/// What is missing may still be put there, by `hcn run --snapshot` for instance.
fn judged(name: &str, problem: &Problem) -> Finding {
    let seen = match problem.path.as_str() {
        "" => format!("{name}: {}", problem.why),
        path => format!("{name}: `{path}` {}", problem.why),
    };
    let fix = Fix::advice(&problem.fix);
    match problem.kind {
        Kind::Missing => Finding::warning(seen, fix),
        Kind::Syntax | Kind::Shape | Kind::Rule => Finding::failure(seen, fix),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::subject::{Config, Subject};
    use crate::os::Os;
    use crate::spec::template;

    fn told(text: &str) -> String {
        let config = Some(Config::parse(Path::new("config.json"), text, Os::Linux));
        Recorded { subject: Subject { config, ..Subject::default() }, ..Recorded::healthy() }.tell(&Spec)
    }

    #[test]
    fn a_whole_spec_is_well() {
        let whole = template(Os::Linux).replace(r#""args":[]"#, r#""args":["true"]"#);
        insta::assert_snapshot!(told(&whole), @"ok: nothing is wrong with what config.json says");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_what_to_write() {
        insta::assert_snapshot!(told(r#"{"ociVersion":"1.1.0","linux":{},"root":{"path":"/r"},"process":{"cwd":"x","args":"true"}}"#), @r#"
        failure: config.json: `process.args` is "true", not an array
          Advice("write an array there")
        failure: config.json: `process.cwd` is "x", which is not absolute
          Advice("write the whole path, from /")
        "#);
        insta::assert_snapshot!(told("{"), @r#"
        failure: config.json: line 1, column 1: EOF while parsing an object
          Advice("correct it there")
        "#);
    }

    #[test]
    fn one_of_another_system_is_refused() {
        assert!(told(r#"{"windows":{}}"#).contains("config.json is for Windows, and this is Linux"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_as_well() {
        let config = Some(Config::read(Path::new("/nowhere/config.json"), Os::Linux));
        let host = Recorded { subject: Subject { config, ..Subject::default() }, ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Spec), @r#"
        failure: /nowhere/config.json: it cannot be read: No such file or directory (os error 2)
          Advice("correct the path")
        "#);
    }

    #[test]
    fn without_one_it_is_skipped() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Spec), @"skipped: no config.json was named; name one with --config");
    }
}

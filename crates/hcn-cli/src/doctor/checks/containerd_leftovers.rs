//! Did killed runs leave something?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::shell;

pub(super) struct Leftovers;

impl Check for Leftovers {
    fn about(&self) -> About {
        About {
            id: "containerd.leftovers",
            title: "no run has left anything behind",
            why: "a run that was killed leaves containers, snapshots, networks and addresses, which are then missing",
            fix: "removes them",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let runs = match facts.runs.all() {
            Err(absent) => return vec![absent.into()],
            Ok(runs) => runs,
        };
        let (living, dead): (Vec<_>, Vec<_>) = runs.into_iter().partition(|run| run.lives);
        if dead.is_empty() {
            return vec![Finding::ok(format!("{} live, and none has left anything", living.len()))];
        }
        let named = dead.iter().map(|run| format!("{} of `{}/{}`", run.name, run.namespace, run.container));
        let named: Vec<_> = named.collect();
        vec![Finding::warning(
            format!("ended without being undone: {}", named.join(", ")),
            Fix::command(shell::hcn(facts, "gc")),
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::facts::runs::Run;

    fn run(name: &str, lives: bool) -> Run {
        Run { name: name.into(), container: "web".into(), namespace: "default".into(), lives }
    }

    #[test]
    fn a_living_run_is_no_leftover() {
        let host = Recorded { runs: Ok(vec![run("a1", true)]), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Leftovers), @"ok: 1 live, and none has left anything");
    }

    #[test]
    fn a_dead_one_is_named_and_removed_by_gc() {
        let host = Recorded { runs: Ok(vec![run("a1", true), run("b2", false)]), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Leftovers), @r#"
        warning: ended without being undone: b2 of `default/web`
          Command("hcn gc")
        "#);
    }

    #[test]
    fn journals_that_cannot_be_read_are_skipped() {
        let host = Recorded { runs: Err(Absent::Denied("permission denied".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Leftovers), @"skipped: permission denied");
    }
}

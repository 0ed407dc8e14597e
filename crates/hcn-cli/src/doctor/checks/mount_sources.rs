//! Are the folders and files there that a container is to see?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::shell;
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct Sources;

impl Check for Sources {
    fn about(&self) -> About {
        About {
            id: "mount.sources",
            title: "the sources of the bind mounts are there",
            why: "neither containerd nor the runtime makes one that is missing: the task cannot be created, and what is \
                  said then names neither the mount nor the fix",
            fix: "makes the folder",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        match facts.subject.binds() {
            Err(finding) => vec![finding],
            Ok(binds) => binds.iter().map(|bind| judged(facts, bind)).collect(),
        }
    }
}

fn judged(facts: &Facts<'_>, bind: &Bind) -> Finding {
    let Bind { asked_by, source, destination, .. } = bind;
    let told = format!("{asked_by}: {}", source.display());
    match facts.host.finds(source) {
        Err(absent) => Finding::skipped(absent.why()),
        Ok(true) => Finding::ok(format!("{told} is there, for {destination}")),
        Ok(false) => Finding::failure(
            format!("{told}, which is to be seen at {destination}, is not there"),
            made(facts.os, bind),
        ),
    }
}

fn made(os: Os, bind: &Bind) -> Fix {
    let folder = shell::path(os, &bind.source);
    Fix::command(match os {
        Os::Linux => format!("mkdir -p -- {folder}"),
        Os::Windows => format!("New-Item -ItemType Directory -Force -Path {folder}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::subject::Subject;

    fn told(missing: &[&'static str]) -> String {
        let mounts = ["/data", "/a b"].map(|source| format!("type=bind,src={source},dst=/d,options=rbind"));
        let subject = Subject::new(None, &mounts, None, Os::Linux).unwrap();
        Recorded { subject, missing: missing.to_vec(), ..Recorded::healthy() }.tell(&Sources)
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn each_source_is_looked_for() {
        insta::assert_snapshot!(told(&[]), @r"
        ok: --mount: /data is there, for /d
        ok: --mount: /a b is there, for /d
        ");
        insta::assert_snapshot!(told(&["/a b"]), @r#"
        ok: --mount: /data is there, for /d
        failure: --mount: /a b, which is to be seen at /d, is not there
          Command("mkdir -p -- '/a b'")
        "#);
    }

    #[test]
    fn without_a_mount_it_is_skipped() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Sources), @"skipped: no bind mount was named; name one with --mount or --config");
    }
}

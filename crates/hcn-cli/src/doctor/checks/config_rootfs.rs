//! Is the root file system there that the config.json names?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::os::Os;
use crate::spec::Step::Member;

pub(super) struct Rootfs;

impl Check for Rootfs {
    fn about(&self) -> About {
        About {
            id: "config.rootfs",
            title: "the root file system of the config.json is there",
            why: "runc starts a container from that folder; what it says of a missing one names a path in a bundle that \
                  nobody made",
            fix: "says where to unpack it, or how to do without",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let (config, document) = match facts.subject.document_for(Os::Linux) {
            Err(finding) => return vec![finding],
            Ok(found) => found,
        };
        let file = config.file.display();
        let root = document.text_at(&[Member("root"), Member("path")]).ok().flatten();
        let Some(root) = root.filter(|root| !root.is_empty()) else {
            return vec![Finding::skipped(format!("{file} names no root.path"))];
        };
        let folder = config.folder.join(root);
        vec![match facts.host.finds(&folder) {
            Err(absent) => absent.into(),
            Ok(true) => Finding::ok(format!("{} is there", folder.display())),
            Ok(false) => Finding::failure(
                format!("{file}: the folder {} that root.path names is not there", folder.display()),
                Fix::advice(
                    "unpack the root file system there, or run on a snapshot: `hcn run --snapshot KEY`",
                ),
            ),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::subject::{Config, Subject};

    fn told(spec: &str, missing: &[&'static str]) -> String {
        let config = Some(Config::parse("/bundle/config.json".as_ref(), spec, Os::Linux));
        let subject = Subject { config, ..Subject::default() };
        Recorded { subject, missing: missing.to_vec(), ..Recorded::healthy() }.tell(&Rootfs)
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_relative_path_starts_from_the_file() {
        let spec = r#"{"root":{"path":"rootfs"}}"#;
        insta::assert_snapshot!(told(spec, &[]), @"ok: /bundle/rootfs is there");
        insta::assert_snapshot!(told(spec, &["/bundle/rootfs"]), @r#"
        failure: /bundle/config.json: the folder /bundle/rootfs that root.path names is not there
          Advice("unpack the root file system there, or run on a snapshot: `hcn run --snapshot KEY`")
        "#);
    }

    #[test]
    fn without_a_file_or_a_path_or_with_one_of_windows_it_is_skipped() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Rootfs), @"skipped: no config.json was named; name one with --config");
        insta::assert_snapshot!(told(r#"{"linux":{}}"#, &[]), @"skipped: /bundle/config.json names no root.path");
        insta::assert_snapshot!(told(r#"{"windows":{}}"#, &[]), @"skipped: /bundle/config.json is for Windows");
    }
}

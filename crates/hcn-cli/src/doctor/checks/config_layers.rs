//! Are the layers there that the config.json lists, in their order, with a writable folder?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::os::Os;
use crate::run::layers;

pub(super) struct Layers;

impl Check for Layers {
    fn about(&self) -> About {
        About {
            id: "config.layers",
            title: "the layer folders of the config.json are there, in their order, the writable one last",
            why: "the compute service mounts them as they are listed, and says of a missing or misplaced one neither \
                  which it is nor what to do",
            fix: "says which folder is wrong, and which command lists the right ones",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let (config, document) = match facts.subject.document_for(Os::Windows) {
            Err(finding) => return vec![finding],
            Ok(found) => found,
        };
        let file = config.file.display();
        let folders = match layers::folders(document) {
            Err(why) => return vec![Finding::skipped(format!("{file}: {why}"))],
            Ok(folders) => folders,
        };
        // What does not answer may be there.
        let is_there = |path: &std::path::Path| facts.host.finds(path).unwrap_or(true);
        vec![match layers::fault(&folders, &is_there) {
            None => Finding::ok(format!("{file} lists {} layers, the writable one last", folders.len())),
            Some(fault) => Finding::failure(format!("{file}: {}", fault.why), Fix::advice(fault.fix)),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::subject::{Config, Subject};

    fn told(spec: &str, missing: &[&'static str]) -> String {
        let config = Some(Config::parse("config.json".as_ref(), spec, Os::Windows));
        let subject = Subject { config, ..Subject::default() };
        Recorded { os: Os::Windows, subject, missing: missing.to_vec(), ..Recorded::healthy() }.tell(&Layers)
    }

    const SPEC: &str = r#"{"windows":{"layerFolders":["/top","/base","/scratch"]}}"#;

    #[test]
    fn layers_in_their_order_are_well() {
        insta::assert_snapshot!(told(SPEC, &[]), @"ok: config.json lists 3 layers, the writable one last");
    }

    #[test]
    fn a_missing_folder_or_a_missing_disk_is_named() {
        insta::assert_snapshot!(told(SPEC, &["/base"]), @r#"
        failure: config.json: the folder /base that windows.layerFolders[1] names is not there
          Advice("correct it, or have the snapshotter prepare it again")
        "#);
        assert!(
            told("{\"windows\":{}}", &[]).starts_with("failure: config.json: it has no windows.layerFolders")
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_writable_folder_in_the_wrong_place_is_named() {
        insta::assert_snapshot!(told(SPEC, &["/scratch/sandbox.vhdx", "/base/sandbox.vhdx"]), @r#"
        failure: config.json: windows.layerFolders is in the wrong order: /top is the writable folder
          Advice("put it last, behind the base layer")
        "#);
    }

    #[test]
    fn without_a_file_or_with_one_of_linux_it_is_skipped() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Layers), @"skipped: no config.json was named; name one with --config");
        insta::assert_snapshot!(told(r#"{"linux":{}}"#, &[]), @"skipped: config.json is for Linux");
    }
}

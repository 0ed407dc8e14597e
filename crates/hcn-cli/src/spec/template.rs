//! A whole runtime spec where nobody has one: the default of `hcn run`, without what belongs to one run.

use serde_json::{Value, json};

use super::process::PATH;
use super::{linux, windows};
use crate::os::Os;

/// The text of a default spec. Its namespaces are the container's own, its files have still to be named: on Linux they
/// are expected in `rootfs` beside it.
pub fn template(os: Os) -> String {
    let spec = match os {
        Os::Linux => linux(),
        Os::Windows => windows(),
    };
    format!("{spec:#}\n")
}

fn linux() -> Value {
    let mut spec = linux::default("", Some(""));
    spec["process"]["args"] = json!(["sh"]);
    spec["process"]["env"] = json!([PATH]);
    spec["mounts"] = json!(linux::mounts(&[], &[]));
    without(&mut spec["linux"], "cgroupsPath");
    for namespace in spec["linux"]["namespaces"].as_array_mut().into_iter().flatten() {
        without(namespace, "path");
    }
    spec
}

fn windows() -> Value {
    let mut spec = windows::default("");
    spec["process"]["args"] = json!(["cmd"]);
    without(&mut spec["windows"]["network"], "networkNamespace");
    spec
}

fn without(object: &mut Value, key: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Kind, check};

    #[test]
    fn nothing_is_wrong_with_a_default_and_windows_lacks_its_layers() {
        assert_eq!(check(&template(Os::Linux), Os::Linux), []);
        let found = check(&template(Os::Windows), Os::Windows);
        assert_eq!(
            found.iter().map(|p| (p.kind, p.path.as_str())).collect::<Vec<_>>(),
            [(Kind::Missing, "windows.layerFolders")]
        );
    }
}

//! The mounts of a snapshot, as `ctr snapshot prepare --mounts` prints them, and what they make of a spec: the layer
//! folders of a Windows container, the root folder of a Linux one.

use serde::Deserialize;

/// Where a container's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    /// `windows.layerFolders`: the read-only folders, top-most first, the writable one last.
    Layers(Vec<String>),
    /// `root.path`, and whether it may only be read.
    Folder(String, bool),
}

/// A mount as Go prints containerd's struct, which has no names of its own for JSON: later releases may spell them small.
#[derive(Debug, Deserialize)]
struct Mount {
    #[serde(rename = "Type", alias = "type")]
    kind: String,
    #[serde(rename = "Source", alias = "source")]
    source: String,
    #[serde(rename = "Target", alias = "target", default)]
    target: Option<String>,
    #[serde(rename = "Options", alias = "options", default)]
    options: Option<Vec<String>>,
}

impl Mount {
    fn options(&self) -> impl Iterator<Item = &str> {
        self.options.iter().flatten().map(String::as_str)
    }

    fn is_read_only(&self) -> bool {
        self.options().any(|option| option == "ro")
    }
}

/// What prints the mounts.
const PRINTS: &str = "give it what `ctr snapshot prepare --mounts KEY PARENT` prints";

/// Read them.
///
/// # Errors
/// *why; fix*, to follow the name of the file.
pub fn files(text: &str) -> Result<Files, String> {
    let mounts: Vec<Mount> =
        serde_json::from_str(text).map_err(|why| format!("it is no list of mounts: {why}; {PRINTS}"))?;
    let [mount] = &mounts[..] else {
        return Err(format!("it has {} mounts, and a container's files are one; {PRINTS}", mounts.len()));
    };
    if mount.target.as_deref().is_some_and(|target| !target.is_empty()) {
        return Err(format!("its mount has a target, which no snapshot of a container has; {PRINTS}"));
    }
    match mount.kind.as_str() {
        "windows-layer" => layers(mount),
        "bind" => Ok(Files::Folder(mount.source.clone(), mount.is_read_only())),
        "overlay" => Err(overlay(mount)),
        "CimFS" | "BlockCIM" => Err(format!(
            "its mount is of type {}, which windows.layerFolders cannot say; use the snapshotter `windows`, or run the \
             image with hcn run",
            mount.kind
        )),
        other => Err(format!(
            "its mount is of type `{other}`, which no spec can say; use the snapshotter `windows`, on Linux `native`, \
             or run the image with hcn run"
        )),
    }
}

/// hcsshim's order in `parentLayerPaths` is the one that `layerFolders` has.
fn layers(mount: &Mount) -> Result<Files, String> {
    if mount.is_read_only() {
        return Err(format!("it is a view, which has no writable folder; {PRINTS}"));
    }
    let parents = mount.options().find_map(|option| option.strip_prefix("parentLayerPaths="));
    let parents: Vec<String> = serde_json::from_str(parents.unwrap_or("[]"))
        .map_err(|why| format!("its parentLayerPaths are no list of folders: {why}; {PRINTS}"))?;
    if parents.is_empty() {
        return Err("its snapshot has no parent; prepare it on the chain id of an unpacked image".to_owned());
    }
    Ok(Files::Layers(parents.into_iter().chain([mount.source.clone()]).collect()))
}

/// A spec names a folder, and an overlay is none before somebody mounts it.
fn overlay(mount: &Mount) -> String {
    let options = mount.options().collect::<Vec<_>>().join(",");
    format!(
        "it is an overlay, which no spec can say; mount it with `mount -t overlay overlay -o '{options}' FOLDER` and name \
         that folder with --rootfs, or run the image with hcn run"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A snapshot of three layers: two read-only ones and the scratch.
    const WINDOWS: &str = r#"[
    {
        "Type": "windows-layer",
        "Source": "C:\\ProgramData\\containerd\\root\\io.containerd.snapshotter.v1.windows\\snapshots\\3",
        "Target": "",
        "Options": [
            "rw",
            "parentLayerPaths=[\"C:\\\\snapshots\\\\2\",\"C:\\\\snapshots\\\\1\"]"
        ]
    }
]"#;

    #[test]
    fn layers_are_the_parents_in_their_order_and_then_the_scratch() {
        let scratch = r"C:\ProgramData\containerd\root\io.containerd.snapshotter.v1.windows\snapshots\3";
        let expected = [r"C:\snapshots\2", r"C:\snapshots\1", scratch].map(str::to_owned);
        assert_eq!(files(WINDOWS), Ok(Files::Layers(expected.to_vec())));
        let small = WINDOWS.replace("Type", "type").replace("Source", "source").replace("Options", "options");
        assert_eq!(files(&small), files(WINDOWS));
    }

    #[test]
    fn a_bind_of_linux_is_a_root_folder() {
        let text = r#"[{"Type":"bind","Source":"/s/1/fs","Target":"","Options":["ro","rbind"]}]"#;
        assert_eq!(files(text), Ok(Files::Folder("/s/1/fs".into(), true)));
        assert_eq!(files(&text.replace("ro", "rw")), Ok(Files::Folder("/s/1/fs".into(), false)));
    }

    #[test]
    fn what_a_spec_cannot_say_is_refused_with_the_way_out() {
        let overlay =
            r#"[{"Type":"overlay","Source":"overlay","Options":["workdir=/w","upperdir=/u","lowerdir=/l"]}]"#;
        let refusals = [
            files("mount -t bind /a /b").unwrap_err(),
            files("[]").unwrap_err(),
            files(overlay).unwrap_err(),
            files(&WINDOWS.replace("\"rw\"", "\"ro\"")).unwrap_err(),
            files(r#"[{"Type":"windows-layer","Source":"C:\\s","Options":["rw"]}]"#).unwrap_err(),
            files(r#"[{"Type":"windows-layer","Source":"C:\\s","Options":["parentLayerPaths=x"]}]"#)
                .unwrap_err(),
            files(r#"[{"Type":"CimFS","Source":"C:\\s","Options":null}]"#).unwrap_err(),
            files(r#"[{"Type":"erofs","Source":"/s"}]"#).unwrap_err(),
            files(r#"[{"Type":"bind","Source":"/s","Target":"sub"}]"#).unwrap_err(),
        ];
        insta::assert_snapshot!(refusals.join("\n"), @"
        it is no list of mounts: expected value at line 1 column 1; give it what `ctr snapshot prepare --mounts KEY PARENT` prints
        it has 0 mounts, and a container's files are one; give it what `ctr snapshot prepare --mounts KEY PARENT` prints
        it is an overlay, which no spec can say; mount it with `mount -t overlay overlay -o 'workdir=/w,upperdir=/u,lowerdir=/l' FOLDER` and name that folder with --rootfs, or run the image with hcn run
        it is a view, which has no writable folder; give it what `ctr snapshot prepare --mounts KEY PARENT` prints
        its snapshot has no parent; prepare it on the chain id of an unpacked image
        its parentLayerPaths are no list of folders: expected value at line 1 column 1; give it what `ctr snapshot prepare --mounts KEY PARENT` prints
        its mount is of type CimFS, which windows.layerFolders cannot say; use the snapshotter `windows`, or run the image with hcn run
        its mount is of type `erofs`, which no spec can say; use the snapshotter `windows`, on Linux `native`, or run the image with hcn run
        its mount has a target, which no snapshot of a container has; give it what `ctr snapshot prepare --mounts KEY PARENT` prints
        ");
    }
}

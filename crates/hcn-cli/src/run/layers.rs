//! Are the layers of a Windows container there, and in their order? The shim's own words for it come late, out of HCS,
//! and name neither the folder nor the fix.

use std::path::Path;

use super::workload::Config;
use crate::Failure;
use crate::spec::Step::{Element, Member};
use crate::spec::{Document, Unfit};

/// What a snapshotter puts into the writable folder of a container: its disk.
const SCRATCH_DISK: &str = "sandbox.vhdx";

/// Check `windows.layerFolders`: the read-only folders, top-most first, and the writable one last.
///
/// # Errors
/// The first thing that is wrong. What cannot be looked at is left to the shim.
pub(super) fn check(config: &Config) -> Result<(), Failure> {
    let wrong = |why| Failure::run(format!("cannot use {}: {why}", config.source.display()));
    let folders = folders(&config.spec).map_err(|why| wrong(why.to_string()))?;
    // What cannot be looked at may be there.
    let is_there = |path: &Path| path.try_exists().unwrap_or(true);
    match fault(&folders, &is_there) {
        None => Ok(()),
        Some(Fault { why, fix }) => Err(wrong(format!("{why}; {fix}"))),
    }
}

/// What is wrong with the folders of a container's layers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What it is.
    pub(crate) why: String,
    /// What to do.
    pub(crate) fix: &'static str,
}

/// The first thing that is wrong with these folders, asked of whoever knows what is there.
pub(crate) fn fault(folders: &[String], is_there: &dyn Fn(&Path) -> bool) -> Option<Fault> {
    match folders {
        [] => Some(wrong("it has no windows.layerFolders", WHICH)),
        [one] => Some(wrong(format!("windows.layerFolders has one entry, {one}"), WHICH)),
        [.., last] => absent(folders, is_there).or_else(|| misplaced(folders, last, is_there)),
    }
}

const WHICH: &str =
    "list the read-only folders there, top-most first, then the writable one, from `ctr snapshot mounts`";

/// The folders that a spec lists.
///
/// # Errors
/// Something on the way is of another kind.
pub(crate) fn folders(spec: &Document) -> Result<Vec<String>, Unfit> {
    let list = [Member("windows"), Member("layerFolders")];
    let entry = |at| spec.text_at(&[list[0], list[1], Element(at)]);
    (0..spec.length(&list)?).map(|at| entry(at).map(Option::unwrap_or_default)).collect()
}

fn absent(folders: &[String], is_there: &dyn Fn(&Path) -> bool) -> Option<Fault> {
    let (at, folder) = folders.iter().enumerate().find(|(_, folder)| !is_there(Path::new(folder)))?;
    let why = format!("the folder {folder} that windows.layerFolders[{at}] names is not there");
    Some(wrong(why, "correct it, or have the snapshotter prepare it again"))
}

/// Of the order only this can be told: which folder is the writable one.
fn misplaced(folders: &[String], last: &str, is_there: &dyn Fn(&Path) -> bool) -> Option<Fault> {
    let is_scratch = |folder: &str| is_there(&Path::new(folder).join(SCRATCH_DISK));
    if is_scratch(last) {
        return None;
    }
    Some(match folders.iter().find(|folder| is_scratch(folder)) {
        Some(scratch) => wrong(
            format!("windows.layerFolders is in the wrong order: {scratch} is the writable folder"),
            "put it last, behind the base layer",
        ),
        None => wrong(
            format!("the last folder of windows.layerFolders, {last}, holds no {SCRATCH_DISK}"),
            "end the list with the writable folder that `ctr snapshot prepare` made",
        ),
    })
}

fn wrong(why: impl Into<String>, fix: &'static str) -> Fault {
    Fault { why: why.into(), fix }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::os::Os;

    /// Folders `top`, `base` and, with a disk, `scratch`.
    fn layers() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for layer in ["top", "base", "scratch"] {
            std::fs::create_dir(folder.path().join(layer)).unwrap();
        }
        std::fs::write(folder.path().join("scratch").join(SCRATCH_DISK), "").unwrap();
        folder
    }

    fn checked(folder: &TempDir, layers: &[&str]) -> Result<(), String> {
        let folders: Vec<_> = layers.iter().map(|layer| folder.path().join(layer)).collect();
        let spec = serde_json::json!({ "windows": { "layerFolders": folders } }).to_string();
        let config =
            Config::parse("config.json".as_ref(), "/bundle".into(), spec.into_bytes(), Os::Windows).unwrap();
        check(&config).map_err(|why| why.to_string().replace(folder.path().to_str().unwrap(), r"C:\layers"))
    }

    #[test]
    fn layers_in_their_order_are_fine() {
        let folder = layers();
        assert_eq!(checked(&folder, &["top", "base", "scratch"]), Ok(()));
        assert_eq!(checked(&folder, &["base", "scratch"]), Ok(()));
    }

    #[test]
    fn what_is_wrong_with_layers_is_named_with_the_fix() {
        let folder = layers();
        let lists: [&[&str]; 5] =
            [&[], &["scratch"], &["top", "gone", "scratch"], &["scratch", "top", "base"], &["top", "base"]];
        let refusals = lists.map(|list| checked(&folder, list).unwrap_err().replace('/', r"\"));
        insta::assert_snapshot!(refusals.join("\n"), @r"
        cannot use config.json: it has no windows.layerFolders; list the read-only folders there, top-most first, then the writable one, from `ctr snapshot mounts`
        cannot use config.json: windows.layerFolders has one entry, C:\layers\scratch; list the read-only folders there, top-most first, then the writable one, from `ctr snapshot mounts`
        cannot use config.json: the folder C:\layers\gone that windows.layerFolders[1] names is not there; correct it, or have the snapshotter prepare it again
        cannot use config.json: windows.layerFolders is in the wrong order: C:\layers\scratch is the writable folder; put it last, behind the base layer
        cannot use config.json: the last folder of windows.layerFolders, C:\layers\base, holds no sandbox.vhdx; end the list with the writable folder that `ctr snapshot prepare` made
        ");
    }
}

//! Are the layers of a Windows container there, and in their order? The shim's own words for it come late, out of HCS,
//! and name neither the folder nor the fix.

use std::path::Path;

use super::workload::Config;
use crate::Failure;
use crate::spec::Step::{Element, Member};

/// What a snapshotter puts into the writable folder of a container: its disk.
const SCRATCH_DISK: &str = "sandbox.vhdx";

/// Check `windows.layerFolders`: the read-only folders, top-most first, and the writable one last.
///
/// # Errors
/// The first thing that is wrong. What cannot be looked at is left to the shim.
pub(super) fn check(config: &Config) -> Result<(), Failure> {
    let folders = folders(config)?;
    match &folders[..] {
        [] => Err(wrong(config, "it has no windows.layerFolders", WHICH)),
        [one] => Err(wrong(config, format_args!("windows.layerFolders has one entry, {one}"), WHICH)),
        [.., last] => {
            folders.iter().enumerate().try_for_each(|folder| check_presence(config, folder))?;
            check_scratch(config, &folders, last)
        }
    }
}

const WHICH: &str =
    "list the read-only folders there, top-most first, then the writable one, from `ctr snapshot mounts`";

fn folders(config: &Config) -> Result<Vec<String>, Failure> {
    let list = [Member("windows"), Member("layerFolders")];
    let failed = |why| Failure::run(format!("cannot use {}: {why}", config.source.display()));
    let length = config.spec.length(&list).map_err(failed)?;
    let entry = |at| config.spec.text_at(&[list[0], list[1], Element(at)]);
    (0..length).map(|at| entry(at).map(Option::unwrap_or_default).map_err(failed)).collect()
}

fn check_presence(config: &Config, (at, folder): (usize, &String)) -> Result<(), Failure> {
    if is_there(Path::new(folder)) {
        return Ok(());
    }
    let why = format!("the folder {folder} that windows.layerFolders[{at}] names is not there");
    Err(wrong(config, why, "correct it, or have the snapshotter prepare it again"))
}

/// Of the order only this can be told: which folder is the writable one.
fn check_scratch(config: &Config, folders: &[String], last: &str) -> Result<(), Failure> {
    let is_scratch = |folder: &str| is_there(&Path::new(folder).join(SCRATCH_DISK));
    if is_scratch(last) {
        return Ok(());
    }
    Err(match folders.iter().find(|folder| is_scratch(folder)) {
        Some(scratch) => wrong(
            config,
            format_args!("windows.layerFolders is in the wrong order: {scratch} is the writable folder"),
            "put it last, behind the base layer",
        ),
        None => wrong(
            config,
            format_args!("the last folder of windows.layerFolders, {last}, holds no {SCRATCH_DISK}"),
            "end the list with the writable folder that `ctr snapshot prepare` made",
        ),
    })
}

fn wrong(config: &Config, why: impl std::fmt::Display, fix: &str) -> Failure {
    Failure::run(format!("cannot use {}: {why}; {fix}", config.source.display()))
}

/// What cannot be looked at may be there.
fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
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

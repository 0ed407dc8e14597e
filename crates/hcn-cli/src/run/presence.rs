//! Are the folders and files there that a container is to see? Asked before anything is made, because the runtime's
//! own words for it come late and name no fix.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use super::layers;
use super::workload::Workload;
use crate::Failure;
use crate::os::Os;
use crate::spec::{Mount, Step::Member};
use crate::sys;

/// Check the root file system or layers of a config.json and what an image's container mounts.
///
/// # Errors
/// The first one that is not there. What cannot be looked at is left to the runtime.
pub(super) fn check(workload: &Workload, os: Os) -> Result<(), Failure> {
    match (workload, os) {
        (Workload::Config(config), Os::Linux) => {
            let root = config.spec.text_at(&[Member("root"), Member("path")]).ok().flatten();
            let root = root.filter(|root| !root.is_empty()).map(|root| config.folder.join(root));
            root.map_or(Ok(()), |root| check_root(&root, &workload.source()))
        }
        (Workload::Config(config), Os::Windows) => layers::check(config),
        (Workload::Image(_, wanted), _) => wanted.mounts.iter().try_for_each(check_source),
        (Workload::Rootfs(folder, wanted), _) => {
            check_folder(folder)?;
            wanted.mounts.iter().try_for_each(check_source)
        }
    }
}

fn check_folder(folder: &Path) -> Result<(), Failure> {
    match folder.is_dir() {
        true => Ok(()),
        false => Err(Failure::run(format!(
            "cannot run on the folder `{}`: it is not there; unpack a root file system there, or correct the path",
            folder.display()
        ))),
    }
}

/// Hold the network namespace of this name, which a run does not make itself, for as long as something in it is made or
/// unmade: between two runs that look for an interface and then make it, one would take away the other's.
///
/// # Errors
/// Another run holds it.
pub(super) fn hold_namespace(name: &str) -> Result<Option<File>, Failure> {
    sys::hold_network_namespace(name.as_ref()).map_err(|error| match error.kind() {
        ErrorKind::WouldBlock => Failure::run(format!(
            "cannot use the network namespace `{name}`: another run of hcn is in it; wait until that has ended, or let \
             the run make one with --new-namespace"
        )),
        _ => Failure::run(format!("cannot use the network namespace `{name}`: {error}")),
    })
}

fn check_root(root: &Path, source: &str) -> Result<(), Failure> {
    if is_there(root) {
        return Ok(());
    }
    Err(Failure::run(format!(
        "cannot use {source}: the folder {} that root.path names is not there; unpack the root file system there",
        root.display()
    )))
}

fn check_source(mount: &Mount) -> Result<(), Failure> {
    let bind = mount.kind.is_none() || mount.kind.as_deref() == Some("bind");
    match mount.source.as_deref().filter(|source| bind && !is_pipe(source) && !is_there(source.as_ref())) {
        None => Ok(()),
        Some(source) => Err(Failure::run(format!(
            "cannot mount `{source}` at `{}`: it is not there; make it first, or correct the path",
            mount.destination
        ))),
    }
}

/// Pipes of Windows are no files, and need not be there yet.
fn is_pipe(source: &str) -> bool {
    source.starts_with(r"\\.\pipe\")
}

/// What cannot be looked at may be there.
fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::options::Wanted;
    use crate::run::workload::Config;

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_root_that_is_not_there_is_named() {
        let spec = br#"{"root":{"path":"nosuch"}}"#.to_vec();
        let config = Config::parse("config.json".as_ref(), "/bundle".into(), spec, Os::Linux).unwrap();
        insta::assert_snapshot!(check(&Workload::Config(config), Os::Linux).unwrap_err(), @"cannot use config.json: the folder /bundle/nosuch that root.path names is not there; unpack the root file system there");
    }

    #[test]
    fn a_source_that_is_not_there_is_named_and_a_pipe_is_not_looked_for() {
        let mounts = |source: &str| {
            let mount = Mount { source: Some(source.into()), destination: "/x".into(), ..Mount::default() };
            let wanted = Wanted { mounts: vec![mount], ..Wanted::default() };
            check(&Workload::Image(Box::default(), Box::new(wanted)), Os::HOST)
        };
        insta::assert_snapshot!(mounts("/nosuch").unwrap_err(), @"cannot mount `/nosuch` at `/x`: it is not there; make it first, or correct the path");
        assert_eq!(mounts(r"\\.\pipe\docker_engine"), Ok(()));
    }
}

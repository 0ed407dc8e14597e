//! Runs that build: on a snapshot that somebody prepared, and committed under a name when the command succeeds.

use hcn_containerd::{Client, ErrorKind, SnapshotKind};

use crate::Failure;
use crate::settings::Settings;

/// What a run that builds stands on, and what becomes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// The prepared snapshot that is the root file system, and stays; absent where the run makes its own.
    pub snapshot: Option<String>,
    /// The name that it is committed under once the command has ended with 0.
    pub commit: Option<String>,
}

impl Build {
    /// Is there anything to it?
    pub(super) fn is_asked(&self) -> bool {
        *self != Self::default()
    }
}

/// Are the snapshots as they must be? Asked before anything is made.
pub(super) async fn check(client: &Client, settings: &Settings, build: &Build) -> Result<(), Failure> {
    let snapshotter = &settings.snapshotter;
    if let Some(key) = &build.snapshot {
        let wrong =
            |why: String| Failure::run(format!("cannot run on snapshot `{key}` of {snapshotter}: {why}"));
        match client.snapshots(snapshotter).stat(key).await {
            Ok(found) if found.kind() == SnapshotKind::Active => {}
            Ok(_) => {
                return Err(wrong(format!(
                    "nothing can be written to it; prepare one on top of it with {}",
                    ctr(settings, &format!("prepare NEW {key}"))
                )));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(wrong(format!(
                    "there is none; prepare it with {}",
                    ctr(settings, &format!("prepare {key} PARENT"))
                )));
            }
            Err(error) => return Err(Failure::run(error)),
        }
    }
    match &build.commit {
        Some(name) => check_name(client, settings, name).await,
        None => Ok(()),
    }
}

async fn check_name(client: &Client, settings: &Settings, name: &str) -> Result<(), Failure> {
    match client.snapshots(&settings.snapshotter).stat(name).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::run(error)),
        Ok(_) => Err(Failure::run(format!(
            "cannot commit as `{name}`: {} has a snapshot of this name; choose another, or remove it with {}",
            settings.snapshotter,
            ctr(settings, &format!("rm {name}"))
        ))),
    }
}

fn ctr(settings: &Settings, words: &str) -> String {
    let Settings { address, containerd_namespace, snapshotter, .. } = settings;
    format!("`ctr -a {address} -n {containerd_namespace} snapshots --snapshotter {snapshotter} {words}`")
}

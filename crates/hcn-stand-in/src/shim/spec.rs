//! The runtime spec as the shim reads it, and what it refuses.

use std::path::Path;

use hcn_containerd::{Any, CreateTaskRequest, Mount};
use serde::Deserialize;
use tonic::Status;

use super::streams::FILE;
use super::words::split;
use crate::wire;

/// What of the type's name counts.
const TYPE: &str = "opencontainers/runtime-spec/1/Spec";

/// What the shim looks at.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    /// The GUID of the network namespace.
    pub(crate) namespace: Option<String>,
    /// The command, in words.
    pub(super) command: Vec<String>,
    document: Document,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    oci_version: String,
    #[serde(default)]
    process: Process,
    #[serde(default)]
    mounts: Vec<BindMount>,
    windows: Option<Windows>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Process {
    args: Vec<String>,
    command_line: String,
    terminal: bool,
}

#[derive(Debug, Clone, Deserialize)]
struct BindMount {
    destination: String,
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    source: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Windows {
    layer_folders: Vec<String>,
    network: Option<Network>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Network {
    network_namespace: String,
}

impl Spec {
    /// Reads the spec of a container's record: JSON text of the right type.
    pub(crate) fn read(any: Option<&Any>) -> Result<Self, String> {
        let any = any.ok_or("the record has no spec")?;
        if !any.type_url.ends_with(TYPE) {
            return Err(format!("the spec's type is {:?}", any.type_url));
        }
        let document: Document = serde_json::from_slice(&any.value)
            .map_err(|why| format!("the spec is no JSON of a spec: {why}"))?;
        if !document.oci_version.starts_with("1.") {
            return Err(format!("the spec's version is {:?}", document.oci_version));
        }
        let network = document.windows.clone().and_then(|windows| windows.network).unwrap_or_default();
        let namespace = Some(network.network_namespace).filter(|name| !name.is_empty());
        // The command line wins.
        let command = match document.process.command_line.as_str() {
            "" => document.process.args.clone(),
            line => split(line),
        };
        Ok(Self { namespace, command, document })
    }

    /// What keeps a task from being created.
    pub(super) fn check(&self, asked: &CreateTaskRequest) -> Result<(), Status> {
        let refused =
            |why: String| Err(Status::unknown(format!("failed to create shim task: {why}: unknown")));
        let Some(windows) = &self.document.windows else {
            return refused("invalid OCI spec - Windows is empty".into());
        };
        if self.document.process.terminal != asked.terminal {
            return refused("terminal in the spec and in the request differ".into());
        }
        if asked.terminal && !asked.stderr.is_empty() {
            return Err(Status::failed_precondition(
                "if using terminal, stderr must be empty: failed precondition",
            ));
        }
        let streams = [&asked.stdin, &asked.stdout, &asked.stderr];
        let goes = |name: &str| name.is_empty() || name.starts_with(wire::ADDRESS) || name.starts_with(FILE);
        if let Some(name) = streams.iter().find(|name| !goes(name)) {
            return refused(format!("{name:?} is no pipe"));
        }
        self.check_mounts().and_then(|()| layers(&windows.layer_folders, &asked.rootfs)).or_else(refused)
    }

    fn check_mounts(&self) -> Result<(), String> {
        for BindMount { destination, r#type, source } in &self.document.mounts {
            match (r#type.as_str(), Path::new(source).exists()) {
                ("", true) => {}
                ("", false) => {
                    return Err(format!("CreateFile {source}: The system cannot find the file specified."));
                }
                (other, _) => {
                    return Err(format!(
                        "invalid OCI spec - Type '{other}' not supported (mount of {destination})"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Layers come from the spec or from one mount, never from both.
fn layers(folders: &[String], rootfs: &[Mount]) -> Result<(), String> {
    match (folders, rootfs) {
        ([], []) => Err("no root file system: neither layerFolders nor a mount".into()),
        ([_, ..], [_, ..]) => Err("both layerFolders and a mount were given".into()),
        ([_], []) => Err("layerFolders must have at least two entries".into()),
        ([layers @ .., scratch], []) => check_folders(scratch, layers),
        ([], [mount]) => of_mount(mount),
        ([], mounts) => Err(format!("expected a single rootfs mount, got {}", mounts.len())),
    }
}

fn of_mount(mount: &Mount) -> Result<(), String> {
    if mount.r#type != "windows-layer" || !mount.target.is_empty() {
        return Err(format!("mount of type {:?} at {:?}", mount.r#type, mount.target));
    }
    let parents = mount.options.iter().find_map(|option| option.strip_prefix("parentLayerPaths="));
    let parents = parents.ok_or("the mount names no parentLayerPaths")?;
    let layers: Vec<String> =
        serde_json::from_str(parents).map_err(|why| format!("parentLayerPaths: {why}"))?;
    check_folders(&mount.source, &layers)
}

/// The scratch folder is one that the snapshotter made; the layers are there.
fn check_folders(scratch: &str, layers: &[String]) -> Result<(), String> {
    if !Path::new(scratch).join("sandbox.vhdx").is_file() {
        return Err(format!(
            "CreateFile {scratch}\\sandbox.vhdx: The system cannot find the file specified."
        ));
    }
    match layers.iter().find(|layer| !Path::new(layer).is_dir()) {
        Some(layer) => {
            Err(format!("hcsshim::ActivateLayer {layer}: The system cannot find the path specified."))
        }
        None => Ok(()),
    }
}

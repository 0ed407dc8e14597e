//! The plan of one run: every identity chosen, nothing made yet.
//!
//! It is written whole into the run's folder before the first effect, so that a journal is there whole or nothing
//! was made; undo needs nothing else. `hcn run --dry-run -o json` prints it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::names::Resolver;
use crate::daemon_address::in_one_spelling;
use crate::os::Os;

/// The label that says which run made a container, a snapshot or a lease: only the run it names deletes it.
pub const RUN_LABEL: &str = "io.github.hcn-rs.hcn/run";

/// The name of what is one run's alone: its lease, its snapshot, its endpoint.
pub(crate) fn own_name(run: &str) -> String {
    format!("hcn-{run}")
}

/// The id of a container that nobody gave one.
pub(super) fn id_of_run(run: &str) -> String {
    format!("hcn-{}", &run[..8])
}

/// What one run will make, and in which order.
///
/// `first` comes first. Then both `lanes` at once, each to its end; then `then`; then the task is started. Undo walks
/// the same steps backwards: `then`, both lanes (each backwards), `first`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// The format of this document: [`Plan::VERSION`].
    pub version: u32,
    /// Names this run: 16 hex digits, in the labels and paths of all it makes.
    pub run: String,
    /// The boot it belongs to: after another boot, namespaces and mounts are gone by themselves.
    pub boot: String,
    /// The daemon's socket or pipe, in the one way that it is written: also where the journal has another.
    #[serde(deserialize_with = "one_address")]
    pub address: String,
    /// The containerd namespace (a tenant, not a network namespace).
    pub containerd_namespace: String,
    /// The container's id.
    pub container: String,
    /// The network namespace that the spec names: a path on Linux, a GUID on Windows; absent without a network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_namespace: Option<String>,
    /// Does a keeper do the run? Then nobody takes the output of its terminal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detached: bool,
    /// Where containerd's shim takes the output, in place of streams of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The lease that something was pulled under; the files by which the container finds others; the namespace, where the
    /// run makes one.
    pub first: Vec<Step>,
    /// Lane 0: the network. Lane 1: lease, snapshot, container and, on Linux, stdio and task.
    pub lanes: [Vec<Step>; 2],
    /// On Windows: stdio and task, which need the network.
    pub then: Vec<Step>,
}

fn one_address<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|address| in_one_spelling(&address, Os::HOST))
}

impl Plan {
    /// The format that this program writes.
    pub const VERSION: u32 = 1;

    /// Every step, in an order in which they could be made one after the other.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.first.iter().chain(self.lanes.iter().flatten()).chain(&self.then)
    }

    /// The snapshot that somebody prepared for the run, if it is on one.
    pub(super) fn prepared_snapshot(&self) -> Option<&SnapshotKey> {
        if self.steps().any(|step| matches!(step, Step::Snapshot { .. })) {
            return None;
        }
        self.record()?.snapshot.as_ref()
    }

    /// The container's record, if the run makes one.
    pub(super) fn record(&self) -> Option<&Container> {
        self.steps()
            .find_map(|step| if let Step::Container(container) = step { Some(container) } else { None })
    }

    /// Where the standard streams pass, if they pass through us.
    pub fn stdio(&self) -> Option<&Stdio> {
        self.steps().find_map(|step| if let Step::Stdio(stdio) = step { Some(stdio) } else { None })
    }

    /// How many steps were made before this plan was: what a pull came under.
    pub(super) fn held(&self) -> usize {
        self.first.iter().take_while(|step| matches!(step, Step::Lease { pulled: true, .. })).count()
    }

    /// Where runc keeps what it knows, where it was told.
    pub(super) fn runc_root(&self) -> Option<&Path> {
        self.runc()?.root.as_deref().map(Path::new)
    }

    /// The container's cgroup, where it is named as a path and by the container's id, so that it is nobody else's.
    pub(super) fn own_cgroup(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Spec {
            linux: Linux,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Linux {
            cgroups_path: String,
        }
        let by_systemd = self.runc().is_some_and(|runc| runc.systemd_cgroup);
        let spec: Spec = serde_json::from_str(self.record()?.spec.get()).ok()?;
        let path = spec.linux.cgroups_path;
        let is_own = path.starts_with('/') && path.rsplit('/').next() == Some(&self.container);
        (is_own && !by_systemd).then_some(path)
    }

    fn runc(&self) -> Option<&Runc> {
        match self.record()?.options.as_ref()? {
            RuntimeOptions::Runc(runc) => Some(runc),
            RuntimeOptions::Generic { .. } => None,
        }
    }

    /// Has the container a terminal?
    pub fn terminal(&self) -> bool {
        self.steps().any(|step| matches!(step, Step::Task { terminal: true, .. }))
    }

    /// Is its terminal this command's own?
    pub fn takes_our_terminal(&self) -> bool {
        self.terminal() && self.stdio().is_some() && !self.detached
    }

    /// Which of [`Plan::steps`] this one, a part of this very plan, is.
    pub(super) fn position(&self, step: &Step) -> usize {
        self.steps().position(|one| std::ptr::eq(one, step)).unwrap_or(usize::MAX)
    }

    /// Does the run make the network namespace that its container is in?
    pub(super) fn makes_its_namespace(&self) -> bool {
        self.first.iter().any(|step| matches!(step, Step::LinuxNamespace { .. } | Step::HcnNamespace { .. }))
    }
}

/// One undoable part of a run. Making it twice, or unmaking what is absent, is no error of the run.
///
/// Written as an object with one member, the step's name: serde's inner tags would lose the bytes of a [`RawValue`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A Linux network namespace, mounted at `path`, with `lo` up.
    LinuxNamespace {
        /// Where it is mounted.
        path: PathBuf,
    },
    /// An HCN namespace.
    HcnNamespace {
        /// Its GUID, chosen here.
        id: hcn::NamespaceId,
    },
    /// The hosts file and resolv.conf of the container (Linux).
    Names(Names),
    /// A CNI attachment.
    Cni(Cni),
    /// An endpoint made directly through HCN, and added to the namespace.
    Endpoint(Endpoint),
    /// A containerd lease that holds the snapshot until the container does.
    Lease {
        /// Its id.
        id: String,
        /// Was it made for a pull? Then what it alone holds is collected when it is unmade, for it may be half a layer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pulled: bool,
    },
    /// A writable snapshot.
    Snapshot {
        /// The snapshotter.
        snapshotter: String,
        /// Its key.
        key: String,
        /// The chain id of the image's top layer; empty for an image without layers.
        parent: String,
        /// The lease it is made under.
        lease: String,
        /// Labels beyond the one that names this run.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        labels: BTreeMap<String, String>,
    },
    /// The container record.
    Container(Container),
    /// The commit of the root file system: nothing when it is made; when it is unmade, after a command that succeeded.
    Commit {
        /// The snapshot.
        #[serde(flatten)]
        of: SnapshotKey,
        /// The name that it gets.
        name: String,
    },
    /// FIFOs (Linux) or named pipes (Windows).
    Stdio(Stdio),
    /// The task: created here, started by the run once everything is there.
    Task {
        /// The snapshot whose mounts are its root file system; absent when the spec has its own.
        #[serde(skip_serializing_if = "Option::is_none")]
        rootfs: Option<SnapshotKey>,
        /// Does it have a terminal?
        terminal: bool,
    },
}

impl Step {
    /// Does unmaking this one take the other? Then that stays while this could not be unmade, for another try: without
    /// the container's record nobody may touch a task, and without the namespace `bridge` leaves its rules.
    pub(super) fn stands_on(&self, other: &Self) -> bool {
        match self {
            Self::Task { .. } => matches!(
                other,
                Self::Container(_) | Self::Snapshot { .. } | Self::Lease { .. } | Self::Stdio(_)
            ),
            Self::Cni(_) | Self::Endpoint(_) => {
                matches!(other, Self::LinuxNamespace { .. } | Self::HcnNamespace { .. })
            }
            _ => false,
        }
    }
}

/// A snapshot of a snapshotter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotKey {
    /// The snapshotter.
    pub snapshotter: String,
    /// Its key.
    pub key: String,
}

/// What one CNI attachment needs, for ADD as for DEL.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cni {
    /// CNI_CONTAINERID: contains the run's id, so that no other run's attachment is ever taken for it.
    pub container_id: String,
    /// CNI_IFNAME.
    pub ifname: String,
    /// CNI_NETNS: a path or a GUID.
    pub netns: String,
    /// What tells the namespace from another one that is at its path later; absent for one that only this run can name,
    /// and in plans of old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// The file the configuration came from, for messages.
    pub source: PathBuf,
    /// The configuration list as it was when the run was planned: DEL uses this, not today's.
    pub conflist: Box<RawValue>,
    /// Name servers that were asked for, for plugins with the capability `dns`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<IpAddr>,
    /// CNI_PATH.
    pub path: Vec<PathBuf>,
    /// libcni's cache folder.
    pub cache: PathBuf,
}

/// The files by which a container finds others. They are made before its network, and filled once that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The folder that holds them: in the run's own.
    pub folder: PathBuf,
    /// What the hosts file calls the container.
    pub hostname: String,
    /// Is there a hosts file?
    pub hosts: bool,
    /// Is there a resolv.conf?
    pub resolv: bool,
    /// Further lines of the hosts file: name and address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_hosts: Vec<(String, IpAddr)>,
    /// The name servers that were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<IpAddr>,
    /// How the host finds others, for what the attachment does not say.
    pub host: Resolver,
}

impl Names {
    /// Where the hosts file is.
    pub fn hosts_file(&self) -> PathBuf {
        self.folder.join("hosts")
    }

    /// Where the resolv.conf is.
    pub fn resolv_file(&self) -> PathBuf {
        self.folder.join("resolv.conf")
    }
}

/// An endpoint of a NAT network of HCN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id, chosen here.
    pub id: hcn::EndpointId,
    /// Its name: contains the run's id.
    pub name: String,
    /// The network that it is on.
    pub network: NatNetwork,
    /// The namespace that it is added to.
    pub namespace: hcn::NamespaceId,
    /// Its name servers; none leaves them to the service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<String>,
}

/// A NAT network, which no run removes or changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NatNetwork {
    /// One that was there when the run was planned.
    Existing {
        /// Its id.
        id: hcn::NetworkId,
        /// Its name.
        name: String,
    },
    /// There was none: it is made, unless somebody else is quicker. It stays.
    ToBeMade {
        /// The id that it is made under.
        id: hcn::NetworkId,
        /// Its name.
        name: String,
    },
}

impl NatNetwork {
    /// Its name.
    pub fn name(&self) -> &str {
        let (Self::Existing { name, .. } | Self::ToBeMade { name, .. }) = self;
        name
    }
}

/// The container record as it is sent to Containers/Create.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Container {
    /// Its labels; among them the one that names this run.
    pub labels: BTreeMap<String, String>,
    /// The image's name; absent without an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The runtime: `io.containerd.runc.v2`, `io.containerd.runhcs.v1`.
    pub runtime: String,
    /// What the runtime is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<RuntimeOptions>,
    /// The user that `process.user` of the spec becomes, once it can be looked up (Linux).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// The snapshot that the record holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotKey>,
    /// The runtime spec, complete: every value the user wrote keeps its bytes.
    pub spec: Box<RawValue>,
}

/// What a runtime is told about every container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuntimeOptions {
    /// runc.
    Runc(Runc),
    /// Any that reads a file.
    Generic {
        /// The file.
        config_path: String,
    },
}

/// What runc is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runc {
    /// The program instead of `runc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// Its state folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Does systemd make the cgroup?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub systemd_cgroup: bool,
    /// Is `pivot_root` not to be used?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_pivot: bool,
}

/// A user as it was written, to be looked up in the container's own files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `NAME` or `UID`, and behind a colon `GROUP` or `GID`.
    pub name: String,
    /// Is it the image's own, which nobody asked for? Then it has the groups that name it even where it names one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_image: bool,
    /// The root file system; absent where it is the snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rootfs: Option<PathBuf>,
}

/// Where the container's standard streams pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stdio {
    /// The folder made for them (Linux); absent for named pipes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// Standard input; absent when it is not passed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<PathBuf>,
    /// Standard output.
    pub stdout: PathBuf,
    /// Standard error; absent with a terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr: Option<PathBuf>,
}

//! What the container of an image, or of a folder, is to be.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use clap::ValueEnum;

use super::env::{self, Env};
use super::{Files, limits, names, rights};
use crate::Failure;
use crate::args::{PullPolicy, RunArgs};
use crate::image::Platform;
use crate::os::Os;
use crate::pull::PullOptions;
use crate::spec::{self, Device, Limits, Mount, Rights};
use crate::sys;

/// What a container is to be, beyond what its image says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The image's name, exactly as containerd has it; or the folder.
    pub image: String,
    /// The command; the image's own if empty.
    pub command: Vec<String>,
    /// Does the image's entrypoint stay in front of it?
    pub keep_entrypoint: bool,
    /// `NAME=VALUE`; a bare `NAME` removes what stands before it.
    pub env: Vec<String>,
    /// What is to be said about it.
    pub env_notes: Vec<String>,
    /// The working folder.
    pub cwd: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Mounts beyond the default ones.
    pub mounts: Vec<Mount>,
    /// Devices of the host.
    pub devices: Vec<Device>,
    /// The host name.
    pub hostname: Option<String>,
    /// Annotations of the spec.
    pub annotations: BTreeMap<String, String>,
    /// Lines of the hosts file: name and address.
    pub hosts: Vec<(String, IpAddr)>,
    /// Is the root file system read-only?
    pub read_only: bool,
    /// How mounts of the root file system spread.
    pub rootfs_propagation: Option<String>,
    /// What it may use.
    pub limits: Limits,
    /// The path of its cgroup; empty for none.
    pub cgroup: Option<String>,
    /// The class of Intel RDT.
    pub rdt_class: Option<String>,
    /// What it may do.
    pub rights: Rights,
    /// Namespaces that it joins.
    pub joins: Vec<Join>,
    /// Does it have the host's network?
    pub host_network: bool,
    /// Isolated by Hyper-V?
    pub isolated: bool,
    /// The image's platform, where it is not to be this host's.
    pub platform: Option<Platform>,
    /// When it is pulled, and how.
    pub pull: PullOptions,
}

/// A Linux namespace that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Its type, as runtime-spec writes it.
    pub kind: String,
    /// Where it is.
    pub path: String,
}

/// The types of namespaces that Linux has and runtime-spec names.
const KINDS: [&str; 7] = ["pid", "network", "uts", "mount", "user", "ipc", "cgroup"];

impl Wanted {
    /// Read the flags and operands that say it.
    pub(super) fn new(args: &RunArgs, files: &mut Files, os: Os) -> Result<Self, Failure> {
        let text = |name| args.text(name).map(str::to_owned);
        let Env { entries, notes } = env::read(args, files)?;
        let wanted = Self {
            image: args.operands.first().cloned().unwrap_or_default(),
            command: args.operands.iter().skip(2).cloned().collect(),
            keep_entrypoint: args.is_set("keep-entrypoint"),
            env: entries,
            env_notes: notes,
            cwd: text("cwd").filter(|folder| !folder.is_empty()),
            user: user(args, os)?,
            mounts: mounts(args, os)?,
            devices: devices(args, os)?,
            hostname: text("hostname").filter(|name| !name.is_empty()),
            annotations: annotations(args)?,
            hosts: names::hosts(args)?,
            read_only: args.is_set("read-only"),
            rootfs_propagation: text("rootfs-propagation").filter(|mode| !mode.is_empty()),
            limits: limits::read(args, os)?,
            cgroup: text("cgroup"),
            rdt_class: text("rdt-class").filter(|class| !class.is_empty()),
            rights: rights::read(args, files)?,
            joins: args.texts("with-ns").map(join).collect::<Result<_, _>>()?,
            host_network: args.is_set("net-host"),
            isolated: args.is_set("isolated"),
            platform: args.text("platform").map(|text| platform(text, os)).transpose()?,
            pull: pull(args)?,
        };
        wanted.check()?;
        Ok(wanted)
    }

    fn check(&self) -> Result<(), Failure> {
        if self.host_network && self.network_namespace().is_some() {
            return Err(Failure::run(
                "--with-ns network has no effect with --net-host: the container has the host's network; leave one of \
                 them out",
            ));
        }
        if self.keep_entrypoint && self.command.is_empty() {
            return Err(Failure::run(
                "--keep-entrypoint has no effect without a command; write one behind the id, or leave it out",
            ));
        }
        Ok(())
    }

    /// The network namespace that it joins.
    pub fn network_namespace(&self) -> Option<&str> {
        self.joins.iter().rfind(|join| join.kind == "network").map(|join| join.path.as_str())
    }
}

/// What Windows' users are called is for its images to say.
fn user(args: &RunArgs, os: Os) -> Result<Option<String>, Failure> {
    let Some(user) = args.text("user").filter(|user| !user.is_empty()) else { return Ok(None) };
    if os == Os::Linux {
        spec::check_user(user)?;
    }
    Ok(Some(user.to_owned()))
}

fn platform(text: &str, os: Os) -> Result<Platform, Failure> {
    Platform::parse(text, os).map_err(|why| Failure::run(format!("cannot use --platform `{text}`: {why}")))
}

fn pull(args: &RunArgs) -> Result<PullOptions, Failure> {
    let policy = |text: &str| {
        PullPolicy::from_str(text, false).map_err(|_| {
            Failure::run(format!(
                "cannot use --pull `{text}`: there is no such time; choose missing, always or never"
            ))
        })
    };
    Ok(PullOptions {
        policy: args.text("pull").map(policy).transpose()?.unwrap_or_default(),
        hosts_dir: args.path("hosts-dir").map(hosts_dir).transpose()?,
        plain_http: args.is_set("plain-http"),
    })
}

/// The daemon reads it, from where it stands itself.
fn hosts_dir(folder: &Path) -> Result<String, Failure> {
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::run(format!("cannot use --hosts-dir `{}`: {why}; write a whole path", folder.display()))
    };
    let whole = std::path::absolute(folder).map_err(|why| wrong(&why))?;
    whole.into_os_string().into_string().map_err(|_| wrong(&"its name is no UTF-8"))
}

/// In the order in which they were typed: a later one lies over an earlier one.
fn mounts(args: &RunArgs, os: Os) -> Result<Vec<Mount>, Failure> {
    let read = |(flag, text)| match flag {
        "volume" => Mount::from_volume(text, os),
        _ => Mount::from_csv(text, os),
    };
    args.texts_of(&["mount", "volume"]).map(read).collect()
}

fn devices(args: &RunArgs, os: Os) -> Result<Vec<Device>, Failure> {
    let mut devices = Vec::new();
    for text in args.texts("device") {
        match os {
            Os::Windows => devices.push(Device::from_windows(text)?),
            Os::Linux => devices.extend(nodes(text)?),
        }
    }
    Ok(devices)
}

fn nodes(path: &str) -> Result<impl Iterator<Item = Device>, Failure> {
    let wrong = |why| {
        Failure::run(format!("cannot use --device `{path}`: {why}; name a device node, or a folder of them"))
    };
    Ok(sys::device_nodes(Path::new(path)).map_err(wrong)?.into_iter().map(Device::Node))
}

fn annotations(args: &RunArgs) -> Result<BTreeMap<String, String>, Failure> {
    let read = |text: &str| match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(Failure::run(format!("cannot use --annotation `{text}`: it is not KEY=VALUE; write it so"))),
    };
    args.texts("annotation").map(read).collect()
}

fn join(text: &str) -> Result<Join, Failure> {
    let wrong = |why: &str| {
        Failure::run(format!("cannot use --with-ns `{text}`: {why}; write it as in network:/run/netns/NAME"))
    };
    let (kind, path) = text.split_once(':').ok_or_else(|| wrong("it is not TYPE:PATH"))?;
    if !KINDS.contains(&kind) {
        return Err(wrong(&format!("`{kind}` is none of {}", KINDS.join(", "))));
    }
    if !path.starts_with('/') {
        return Err(wrong("its path is not absolute"));
    }
    Ok(Join { kind: kind.to_owned(), path: path.to_owned() })
}

//! Facts as a test wrote them down: those of a healthy Linux host, of which a test changes what it is about.

pub(crate) mod volume;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use hcn::{Endpoint, Guid, Namespace, Network, ServiceVersion};
use hcn_cni::Conflist;
use hcn_lockprobe::{Outcome, Report, Row};

use super::cni::{Attached, Binary, Cni, Configuration, Reservation};
use super::containerd::{Container, Containerd, Image, Plugin};
use super::hns::Hns;
use super::host::{Chain, Host, Space};
use super::locks::Locks;
use super::runs::{Run, Runs};
use super::volume::Place;
use super::{Absent, Fact, Facts};
use crate::doctor::check::{Check, Finding};
use crate::doctor::subject::{Bind, Subject};
use crate::os::Os;
use crate::sys::{Route, Service};

/// The front of a program for Linux on x86_64.
pub(crate) const ELF: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0";

/// The network of the healthy host.
pub(crate) const LAB: &str = r#"{"cniVersion":"1.0.0","name":"lab","plugins":[
    {"type":"bridge","isGateway":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.88.0.0/24"}]]}}]}"#;

/// A service as it should be.
pub(crate) const RUNNING: Service = Service { is_running: true, is_disabled: false };

/// What was recorded.
pub(crate) struct Recorded {
    pub(crate) os: Os,
    pub(crate) build: Option<u32>,
    pub(crate) subject: Subject,
    pub(crate) version: Fact<String>,
    pub(crate) rights: Fact<String>,
    pub(crate) others: Vec<String>,
    pub(crate) plugins: Fact<Vec<Plugin>>,
    pub(crate) search_path: Fact<Vec<PathBuf>>,
    pub(crate) image: Fact<Option<Image>>,
    pub(crate) containers: Fact<Vec<Container>>,
    pub(crate) configurations: Fact<Vec<Configuration>>,
    pub(crate) other_files: Vec<PathBuf>,
    pub(crate) elsewhere: Vec<PathBuf>,
    pub(crate) binaries: HashMap<&'static str, Binary>,
    pub(crate) reservations: Fact<Vec<Reservation>>,
    pub(crate) texts: HashMap<&'static str, &'static str>,
    pub(crate) missing: Vec<&'static str>,
    pub(crate) silent: Vec<&'static str>,
    pub(crate) spaces: HashMap<&'static str, Space>,
    pub(crate) programs: Vec<&'static str>,
    pub(crate) permission: Fact<()>,
    pub(crate) mode: Fact<u32>,
    pub(crate) chains: Fact<Vec<Chain>>,
    pub(crate) plugin_folders: Vec<PathBuf>,
    pub(crate) plugins_elsewhere: HashMap<&'static str, &'static str>,
    pub(crate) locks: Fact<Report>,
    pub(crate) locks_inside: Option<Fact<Report>>,
    pub(crate) runs: Fact<Vec<Run>>,
    pub(crate) guids: Fact<HashSet<Guid>>,
    pub(crate) attachments: Fact<Vec<Attached>>,
    pub(crate) services: HashMap<&'static str, Service>,
    pub(crate) missing_functions: Fact<Vec<String>>,
    pub(crate) excluded_ports: Fact<String>,
    pub(crate) interface_indices: Fact<Vec<u8>>,
    pub(crate) routes: Fact<Vec<Route>>,
    pub(crate) hns_version: Fact<ServiceVersion>,
    pub(crate) networks: Fact<Vec<Network>>,
    pub(crate) endpoints: Fact<Vec<Endpoint>>,
    pub(crate) namespaces: Fact<Vec<Namespace>>,
    pub(crate) places: Vec<(PathBuf, Rc<Place>)>,
}

impl Recorded {
    /// A host on which everything is as it should be.
    pub(crate) fn healthy() -> Self {
        let binary = |name: &str| Binary {
            file: Path::new("/opt/cni/bin").join(name),
            front: ELF.to_vec(),
            is_executable: true,
        };
        let room = Space { free: 50 << 30, total: 100 << 30 };
        Self {
            os: Os::Linux,
            build: None,
            subject: Subject::default(),
            version: Ok("1.6.20~ds1".into()),
            rights: Ok("user 0, group 0, mode 0660".into()),
            others: Vec::new(),
            plugins: Ok(vec![
                plugin("io.containerd.content.v1", "content"),
                plugin("io.containerd.runtime.v2", "task"),
                plugin("io.containerd.snapshotter.v1", "native"),
                plugin("io.containerd.snapshotter.v1", "overlayfs"),
                plugin("io.containerd.transfer.v1", "local"),
            ]),
            search_path: Ok(vec!["/usr/bin".into()]),
            image: Ok(None),
            containers: Ok(Vec::new()),
            configurations: Ok(vec![configuration("10-lab.conflist", LAB)]),
            other_files: Vec::new(),
            elsewhere: Vec::new(),
            binaries: ["bridge", "host-local"].map(|name| (name, binary(name))).into(),
            reservations: Ok(Vec::new()),
            texts: [
                ("/proc/filesystems", "nodev\toverlay\n\text4\n"),
                ("/proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n"),
                ("/proc/sys/net/ipv4/ip_forward", "1\n"),
                ("/proc/sys/net/bridge/bridge-nf-call-iptables", "1\n"),
                ("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n"),
            ]
            .into(),
            missing: Vec::new(),
            silent: Vec::new(),
            spaces: [("/var/lib/containerd", room), ("/run/containerd", room)].into(),
            programs: vec!["apt-get", "containerd", "containerd-shim-runc-v2", "iptables", "runc", "sudo"],
            permission: Ok(()),
            mode: Ok(0o660),
            chains: Ok(Vec::new()),
            plugin_folders: vec!["/opt/cni/bin".into()],
            plugins_elsewhere: HashMap::new(),
            locks: Ok(probed("/data", &[])),
            locks_inside: None,
            runs: Ok(Vec::new()),
            guids: Ok(HashSet::new()),
            attachments: Ok(Vec::new()),
            services: ["hns", "vmcompute", "vmms"].map(|name| (name, RUNNING)).into(),
            missing_functions: Ok(Vec::new()),
            excluded_ports: Ok("Start Port    End Port\n----------    --------\n".into()),
            interface_indices: Ok(vec![1]),
            routes: Ok(Vec::new()),
            hns_version: Ok(ServiceVersion::SERVER_2019),
            networks: Ok(Vec::new()),
            endpoints: Ok(Vec::new()),
            namespaces: Ok(Vec::new()),
            places: Vec::new(),
        }
    }

    /// All of it.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            os: self.os,
            subject: &self.subject,
            flags: "",
            containerd: self,
            cni: self,
            hns: self,
            host: self,
            locks: self,
            runs: self,
            volume: self,
        }
    }

    /// What a check finds here: each finding's status, what was seen, and the fix.
    pub(crate) fn tell(&self, check: &dyn Check) -> String {
        let told = |finding: &Finding| {
            let fix = finding.fix.as_ref().map(|fix| format!("\n  {fix:?}")).unwrap_or_default();
            format!("{}: {}{fix}\n", finding.status.word(), finding.seen)
        };
        check.examine(&self.facts()).iter().map(told).collect()
    }
}

/// A part of the daemon that works, with a folder below its root.
pub(crate) fn plugin(kind: &str, id: &str) -> Plugin {
    let root = Path::new("/var/lib/containerd").join(format!("{kind}.{id}"));
    Plugin { kind: kind.into(), id: id.into(), failure: None, root: Some(root) }
}

/// A configuration file of the healthy host's folder.
pub(crate) fn configuration(name: &str, text: &str) -> Configuration {
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str(text).expect("it is JSON");
    let list = Conflist::from_raw(&raw).map_err(|error| error.to_string());
    Configuration { file: Path::new("/etc/cni/net.d").join(name), text: text.to_owned(), list }
}

/// A reservation in the folder of the healthy host's network.
pub(crate) fn reservation(address: &str, holder: Option<&str>, minutes: u64) -> Reservation {
    Reservation {
        file: Path::new("/var/lib/cni/networks/lab").join(address),
        holder: holder.map(str::to_owned),
        age: Duration::from_secs(minutes * 60),
    }
}

impl Containerd for Recorded {
    fn address(&self) -> &str {
        "/run/containerd/containerd.sock"
    }

    fn namespace(&self) -> &str {
        "default"
    }

    fn snapshotter(&self) -> &str {
        "overlayfs"
    }

    fn version(&self) -> Fact<String> {
        self.version.clone()
    }

    fn rights(&self) -> Fact<String> {
        self.rights.clone()
    }

    fn others(&self) -> Vec<String> {
        self.others.clone()
    }

    fn plugins(&self) -> Fact<Vec<Plugin>> {
        self.plugins.clone()
    }

    fn process(&self) -> Fact<u64> {
        Ok(77)
    }

    fn search_path(&self) -> Fact<Vec<PathBuf>> {
        self.search_path.clone()
    }

    fn image(&self, _: &str) -> Fact<Option<Image>> {
        self.image.clone()
    }

    fn containers(&self) -> Fact<Vec<Container>> {
        self.containers.clone()
    }
}

impl Cni for Recorded {
    fn folder(&self) -> &Path {
        Path::new("/etc/cni/net.d")
    }

    fn plugin_folders(&self) -> &[PathBuf] {
        &self.plugin_folders
    }

    fn configurations(&self) -> Fact<Vec<Configuration>> {
        self.configurations.clone()
    }

    fn other_files(&self) -> Vec<PathBuf> {
        self.other_files.clone()
    }

    fn elsewhere(&self) -> Vec<PathBuf> {
        self.elsewhere.clone()
    }

    fn plugin(&self, kind: &str) -> Option<Binary> {
        self.binaries.get(kind).cloned()
    }

    fn attachments(&self) -> Fact<Vec<Attached>> {
        self.attachments.clone()
    }

    fn plugin_elsewhere(&self, kind: &str) -> Option<PathBuf> {
        self.plugins_elsewhere.get(kind).map(PathBuf::from)
    }

    fn reservations(&self, _: &Path) -> Fact<Vec<Reservation>> {
        self.reservations.clone()
    }
}

impl Host for Recorded {
    fn architecture(&self) -> &'static str {
        "x86_64"
    }

    fn build(&self) -> Option<u32> {
        self.build
    }

    fn text(&self, path: &str) -> Fact<String> {
        let absent = || Absent::NotHere(format!("{path}: there is no such file"));
        self.texts.get(path).map(ToString::to_string).ok_or_else(absent)
    }

    fn is_there(&self, path: &str) -> bool {
        !self.missing.contains(&path)
    }

    fn finds(&self, path: &Path) -> Fact<bool> {
        match path.to_str() {
            Some(path) if self.silent.contains(&path) => {
                Err(Absent::Silent(format!("{path} does not answer")))
            }
            path => Ok(!path.is_some_and(|path| self.missing.contains(&path))),
        }
    }

    fn is_network_namespace(&self, path: &str) -> Fact<bool> {
        Ok(!self.missing.contains(&path))
    }

    fn space(&self, path: &Path) -> Fact<Space> {
        let absent = || Absent::NotHere(format!("{}: there is no such folder", path.display()));
        path.to_str().and_then(|path| self.spaces.get(path)).copied().ok_or_else(absent)
    }

    fn service(&self, name: &str) -> Fact<Service> {
        let absent = || Absent::NotHere(format!("the service {name}: there is no such service"));
        self.services.get(name).copied().ok_or_else(absent)
    }

    fn missing_functions(&self, _: &str, _: &[String]) -> Fact<Vec<String>> {
        self.missing_functions.clone()
    }

    fn excluded_ports(&self, _: &str) -> Fact<String> {
        self.excluded_ports.clone()
    }

    fn interface_indices(&self) -> Fact<Vec<u8>> {
        self.interface_indices.clone()
    }

    fn routes(&self) -> Fact<Vec<Route>> {
        self.routes.clone()
    }

    fn program(&self, name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        self.programs.contains(&name).then(|| folders[0].join(name))
    }

    fn path(&self) -> Vec<PathBuf> {
        vec!["/usr/bin".into()]
    }

    fn own_program(&self) -> PathBuf {
        "/usr/bin/hcn".into()
    }

    fn permission(&self) -> Fact<()> {
        self.permission.clone()
    }

    fn mode(&self, _: &Path) -> Fact<u32> {
        self.mode.clone()
    }

    fn chains(&self) -> Fact<Vec<Chain>> {
        self.chains.clone()
    }
}

impl Hns for Recorded {
    fn version(&self) -> Fact<ServiceVersion> {
        self.hns_version.clone()
    }

    fn networks(&self) -> Fact<Vec<Network>> {
        self.networks.clone()
    }

    fn endpoints(&self) -> Fact<Vec<Endpoint>> {
        self.endpoints.clone()
    }

    fn namespaces(&self) -> Fact<Vec<Namespace>> {
        self.namespaces.clone()
    }
}

/// What the probe found in a folder: every stage passed but these.
pub(crate) fn probed(folder: &str, others: &[Row]) -> Report {
    let row = |about: &hcn_lockprobe::About| {
        let other = others.iter().find(|row| row.stage == about.stage).cloned();
        let seen = "as it should be".to_owned();
        let passed = Row { stage: about.stage, lock: None, outcome: Outcome::Passed, seen, code: None };
        other.unwrap_or(passed)
    };
    let stages = hcn_lockprobe::STAGES.iter().map(row).collect();
    let version = hcn_lockprobe::VERSION;
    Report { version, folder: folder.into(), system: "linux".into(), stages, left: Vec::new() }
}

impl Locks for Recorded {
    fn on_host(&self, _: &Path) -> Fact<Report> {
        self.locks.clone()
    }

    fn in_container(&self, _: &Bind) -> Option<Fact<Report>> {
        self.locks_inside.clone()
    }
}

impl Runs for Recorded {
    fn all(&self) -> Fact<Vec<Run>> {
        self.runs.clone()
    }

    fn guids(&self) -> Fact<HashSet<Guid>> {
        self.guids.clone()
    }
}

//! From options, spec or image, and facts to the plan. It makes nothing, reads nothing and chooses no number: the same
//! inputs give the same plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use super::facts::{Configuration, Facts, Nat, Network};
use super::folder::folder_of;
use super::nat;
use super::options::{Io, LONGEST_LABEL, RunOptions, Wanted};
use super::plan::{
    Cni, Container, Endpoint, Names, NatNetwork, Plan, RUN_LABEL, SnapshotKey, Stdio, Step, User, id_of_run,
    own_name,
};
use super::stop_signal;
use super::workload::{Config, Workload};
use crate::Failure;
use crate::args::Net;
use crate::image::Image;
use crate::os::Os;
use crate::settings::Settings;
use crate::spec::{self, Mount, Recipe, Root, Terminal};

/// What a plan is made from.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// Where everything is.
    pub settings: &'a Settings,
    /// What was asked for.
    pub options: &'a RunOptions,
    /// What runs.
    pub workload: Workload,
    /// What the host is like, and the numbers chosen.
    pub facts: Facts,
    /// Was something pulled or unpacked for it? Then it has its lease already.
    pub pulled: bool,
}

/// A plan and what to say about it.
#[derive(Debug)]
#[must_use]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Names that were made up, inputs that were changed.
    pub notes: Vec<String>,
}

/// Plan a run.
///
/// # Errors
/// The spec or the image cannot be run as asked, with the reason and the fix.
pub fn plan(inputs: Inputs<'_>) -> Result<Planned, Failure> {
    let Inputs { settings, options, workload, facts, pulled } = inputs;
    check_dns(options, &facts, &workload)?;
    let mut planner = Planner { settings, options, notes: Vec::new(), facts, terminal: false, pulled };
    let namespace = planner.namespace(&workload)?;
    planner.terminal = planner.has_terminal(&workload)?;
    let container = planner.container_id();
    let (record, names) = match workload {
        Workload::Config(config) => (planner.config_record(config, &namespace)?, None),
        Workload::Image(image, wanted) => planner
            .record_of(Of { root: Root::Image(&image), wanted: &wanted, id: &container }, &namespace)?,
        Workload::Rootfs(folder, wanted) => {
            let root = folder.to_str().ok_or_else(|| no_utf8(&folder))?;
            planner.record_of(Of { root: Root::Folder(root), wanted: &wanted, id: &container }, &namespace)?
        }
    };
    let network = planner.network(&container, &namespace)?;
    Ok(planner.assemble(container, namespace, Parts { names, network, record }))
}

/// Name servers reach a container by its resolv.conf, which is its own where it has a spec, or by what attaches it.
fn check_dns(options: &RunOptions, facts: &Facts, workload: &Workload) -> Result<(), Failure> {
    let written = facts.os == Os::Linux && !matches!(workload, Workload::Config(_));
    if options.dns.is_empty() || written {
        return Ok(());
    }
    match &facts.network {
        Network::Nat(_) | Network::Cni(Configuration { takes_dns: true, .. }) => Ok(()),
        Network::Cni(Configuration { source, .. }) => Err(Failure::run(format!(
            "--dns has no effect with --config: the spec is run as it is, and no plugin in the CNI configuration {} has \
             the capability dns; mount a file of your own at {RESOLV} in {}",
            source.display(),
            workload.source()
        ))),
        Network::None => Err(Failure::run(
            "--dns has no effect with --net none: nothing is attached that takes it; leave one of them out",
        )),
    }
}

/// The network namespace of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Namespace {
    /// The spec names it: it is used, and never deleted.
    Named(String),
    /// The run makes it.
    Made(String),
    /// The host's own (Linux).
    Host,
}

impl Namespace {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) | Self::Made(name) => Some(name),
            Self::Host => None,
        }
    }
}

/// A container record, and the chain that its snapshot stands on, if it has one.
struct Record {
    container: Container,
    chain: Option<String>,
}

/// What a container is of that has no spec yet.
struct Of<'a> {
    root: Root<'a>,
    wanted: &'a Wanted,
    id: &'a str,
}

/// What the steps are made from.
struct Parts {
    names: Option<Names>,
    network: Option<Step>,
    record: Record,
}

struct Planner<'a> {
    settings: &'a Settings,
    options: &'a RunOptions,
    facts: Facts,
    notes: Vec<String>,
    /// Has the container one?
    terminal: bool,
    /// Has the run its lease already?
    pulled: bool,
}

impl Planner<'_> {
    /// As the flag or the spec says.
    fn has_terminal(&self, workload: &Workload) -> Result<bool, Failure> {
        let asked = match workload {
            Workload::Config(config) => config.terminal()?,
            Workload::Image(..) | Workload::Rootfs(..) => false,
        };
        if asked && self.options.io == Io::Null {
            return Err(Failure::run(format!(
                "cannot use {} with --null-io: its process.terminal is true, and a terminal has streams; leave \
                 --null-io out, or set it to false",
                workload.source()
            )));
        }
        Ok(asked || self.options.tty)
    }

    /// The spec's own namespace, if it names one that is there; else one of the run's.
    fn namespace(&mut self, workload: &Workload) -> Result<Namespace, Failure> {
        if let Workload::Image(_, wanted) | Workload::Rootfs(_, wanted) = workload
            && wanted.host_network
        {
            return Ok(Namespace::Host);
        }
        match workload.named_namespace()? {
            Some(name) if self.options.new_namespace => {
                tracing::debug!(name, "the namespace that the spec names is not used");
                Ok(self.made())
            }
            Some(name) if !self.facts.named_is_there => Err(Failure::run(format!(
                "cannot use the network namespace `{name}` that {} names: there is no such namespace; correct the \
                 name, or let the run make one with --new-namespace",
                workload.source()
            ))),
            // Its ADD would fail, and the DEL behind it take away the interface, whosever it is.
            Some(name) if self.facts.named_is_taken => Err(Failure::run(format!(
                "cannot attach to the network namespace `{name}` that {} names: it has an interface {IFNAME} already; \
                 wait until the container that uses it has ended, or let the run make one with --new-namespace",
                workload.source()
            ))),
            Some(name) => {
                self.note_one_use(&name);
                Ok(Namespace::Named(name))
            }
            None => Ok(self.made()),
        }
    }

    /// The first release of HCN: what is left of the first container in its namespace is in the second one's way.
    fn note_one_use(&mut self, namespace: &str) {
        if self.facts.build == Some(SERVER_2019) {
            self.notes.push(format!(
                "on Windows build {SERVER_2019} a namespace that a container has used cannot serve a second one: if \
                 `{namespace}` has been used, let the run make one with --new-namespace"
            ));
        }
    }

    fn made(&self) -> Namespace {
        Namespace::Made(match self.facts.os {
            Os::Linux => format!("/run/netns/hcn-{}", self.facts.run),
            Os::Windows => self.facts.namespace.to_string(),
        })
    }

    fn container_id(&mut self) -> String {
        match &self.options.container {
            Some(id) => id.clone(),
            None => {
                let id = id_of_run(&self.facts.run);
                self.notes.push(format!("the container's id is {id}"));
                id
            }
        }
    }

    fn config_record(&mut self, config: Config, namespace: &Namespace) -> Result<Record, Failure> {
        let source = config.source.clone();
        let mut config = config;
        if self.terminal {
            config.set_terminal()?;
        }
        let (mut document, notes) = config.adapted(self.facts.os, self.options.build.snapshot.is_some())?;
        self.notes.extend(notes);
        // A spec that names the namespace keeps its bytes.
        if let Namespace::Made(name) = namespace {
            let wrong = |why| Failure::run(format!("cannot use {}: {why}", source.display()));
            let note = spec::overridden(&document, self.facts.os).map_err(wrong)?;
            self.notes.extend(note.map(str::to_owned));
            spec::put(&mut document, name, self.facts.os).map_err(wrong)?;
        }
        let spec = RawValue::from_string(document.into_text())
            .map_err(|why| Failure::run(format!("cannot use {}: {why}", source.display())))?;
        Ok(Record { container: self.record(None, self.labels(BTreeMap::new()), spec), chain: None })
    }

    /// The record of a container that gets its spec here, and the files by which it finds others.
    fn record_of(&mut self, of: Of<'_>, namespace: &Namespace) -> Result<(Record, Option<Names>), Failure> {
        self.notes.extend_from_slice(&of.wanted.env_notes);
        let names = self.names(&of, namespace)?;
        let wanted = &self.without_bind_type(of.wanted);
        let recipe = Recipe {
            os: self.facts.os,
            root: of.root,
            wanted,
            cgroup: format!("/{}/{}", self.settings.containerd_namespace, of.id),
            network_namespace: namespace.name(),
            labels: &self.options.labels,
            names: names.as_ref().map(|names| mounted(names, wanted.read_only)).unwrap_or_default(),
            host_name: &self.facts.host_name,
            terminal: self.terminal.then_some(Terminal { size: self.facts.terminal }),
        };
        let user = self.user(&recipe)?;
        let spec = RawValue::from_string(recipe.spec()?.to_string())
            .expect("a value that serde_json writes is JSON");
        let record = match of.root {
            Root::Image(image) => {
                let labels = self.labels(self.image_labels(image));
                let container = self.record(Some(image.name.clone()), labels, spec);
                Record { container: Container { user, ..container }, chain: Some(image.chain.clone()) }
            }
            Root::Folder(_) => {
                let container = self.record(None, self.labels(BTreeMap::new()), spec);
                Record { container: Container { user, ..container }, chain: None }
            }
        };
        Ok((record, names))
    }

    /// Who is to be looked up: with an image always somebody, as with ctr, for root too has groups.
    fn user(&self, recipe: &Recipe<'_>) -> Result<Option<User>, Failure> {
        if self.facts.os == Os::Windows {
            return Ok(None);
        }
        let (default, rootfs) = match recipe.root {
            Root::Image(_) => (Some("root".to_owned()), None),
            Root::Folder(folder) => (None, Some(PathBuf::from(folder))),
        };
        let of_image = recipe.wanted.user.is_none() && recipe.user().is_some();
        let Some(name) = recipe.user().or(default) else { return Ok(None) };
        spec::check_user(&name)?;
        Ok(Some(User { name, of_image, rootfs }))
    }

    /// The files by which it finds others, unless it has others in their places: the user's own, or the host's.
    fn names(&mut self, of: &Of<'_>, namespace: &Namespace) -> Result<Option<Names>, Failure> {
        if self.facts.os == Os::Windows || *namespace == Namespace::Host {
            return Ok(None);
        }
        let hosts = place(of, HOSTS, (!of.wanted.hosts.is_empty()).then_some("add-host"))?;
        let resolv = place(of, RESOLV, (!self.options.dns.is_empty()).then_some("dns"))?;
        let names = Names {
            folder: folder_of(&self.settings.state, &self.facts.run).join("names"),
            hostname: of.wanted.hostname.clone().unwrap_or_else(|| self.facts.host_name.clone()),
            hosts,
            resolv,
            more_hosts: of.wanted.hosts.clone(),
            dns: self.options.dns.clone(),
            host: self.facts.resolver.clone(),
        };
        let is_left_without = resolv && names.dns.is_empty() && self.options.net != Some(Net::None);
        if is_left_without && self.facts.resolver_is_local {
            self.notes.push(NO_NAME_SERVER.to_owned());
        }
        Ok((hosts || resolv).then_some(names))
    }

    /// The shims of Windows refuse a mount of type `bind`, which people type from habit.
    fn without_bind_type(&mut self, wanted: &Wanted) -> Wanted {
        let mut wanted = wanted.clone();
        let mut dropped = false;
        for mount in &mut wanted.mounts {
            dropped |= self.facts.os == Os::Windows && mount.kind.take_if(|kind| kind == "bind").is_some();
        }
        if dropped {
            self.notes.push(super::workload::BIND_DROPPED.to_owned());
        }
        wanted
    }

    /// Labels of the image that containerd does not reserve for itself, and on Linux the signal that stops it.
    fn image_labels(&self, image: &Image) -> BTreeMap<String, String> {
        let config = &image.configuration.config;
        let reserved = |key: &str| key.starts_with("containerd.io/") || key.starts_with("io.cri-containerd");
        let fits =
            |(key, value): &(&String, &String)| !reserved(key) && key.len() + value.len() <= LONGEST_LABEL;
        let mut labels: BTreeMap<_, _> =
            config.labels.iter().filter(fits).map(|(key, value)| (key.clone(), value.clone())).collect();
        if self.facts.os == Os::Linux {
            let signal = if config.stop_signal.is_empty() { "SIGTERM" } else { &config.stop_signal };
            labels.insert(stop_signal::LABEL.to_owned(), signal.to_owned());
        }
        labels
    }

    fn labels(&self, mut labels: BTreeMap<String, String>) -> BTreeMap<String, String> {
        labels.extend(self.options.labels.clone());
        labels.insert(RUN_LABEL.to_owned(), self.facts.run.clone());
        labels
    }

    fn record(
        &self,
        image: Option<String>,
        labels: BTreeMap<String, String>,
        spec: Box<RawValue>,
    ) -> Container {
        let own = || image.is_some().then(|| self.own_name());
        let key = self.options.build.snapshot.clone().or_else(own);
        let snapshot = key.map(|key| SnapshotKey { snapshotter: self.settings.snapshotter.clone(), key });
        let runtime =
            self.options.runtime.clone().unwrap_or_else(|| default_runtime(self.facts.os).to_owned());
        let options = self.options.runtime_options.clone();
        Container { labels, image, runtime, options, user: None, snapshot, spec }
    }

    /// The name of what is this run's alone.
    fn own_name(&self) -> String {
        own_name(&self.facts.run)
    }

    fn assemble(self, container: String, namespace: Namespace, parts: Parts) -> Planned {
        let Parts { names, network, record } = parts;
        let rootfs = record.container.snapshot.clone();
        let mut second = self.snapshot(rootfs.as_ref(), record.chain);
        second.push(Step::Container(record.container));
        let commit = rootfs.clone().zip(self.options.build.commit.clone());
        second.extend(commit.map(|(of, name)| Step::Commit { of, name }));
        let stdio = self.stdio().map(Step::Stdio);
        let task = stdio.into_iter().chain([Step::Task { rootfs, terminal: self.terminal }]);
        let mut then = Vec::new();
        match self.facts.os {
            // The task needs the namespace's path alone, so it is made while plugins work.
            Os::Linux => second.extend(task),
            // A Hyper-V container has only the endpoints that are there when its task is created.
            Os::Windows => then.extend(task),
        }
        let held = self.pulled.then(|| Step::Lease { id: self.own_name(), pulled: true });
        let made = names.map(Step::Names).into_iter().chain(self.namespace_step(&namespace));
        let first = held.into_iter().chain(made).collect();
        let lanes = [network.into_iter().collect(), second];
        let log = self.log();
        let plan = Plan {
            version: Plan::VERSION,
            run: self.facts.run,
            boot: self.facts.boot,
            address: self.settings.address.clone(),
            containerd_namespace: self.settings.containerd_namespace.to_string(),
            container,
            network_namespace: namespace.name().map(str::to_owned),
            detached: self.options.detach,
            log,
            first,
            lanes,
            then,
        };
        Planned { plan, notes: self.notes }
    }

    fn namespace_step(&self, namespace: &Namespace) -> Option<Step> {
        match (namespace, self.facts.os) {
            (Namespace::Named(_) | Namespace::Host, _) => None,
            (Namespace::Made(path), Os::Linux) => Some(Step::LinuxNamespace { path: path.into() }),
            (Namespace::Made(_), Os::Windows) => Some(Step::HcnNamespace { id: self.facts.namespace }),
        }
    }

    /// The run's own; one that somebody prepared is neither made nor removed.
    fn snapshot(&self, snapshot: Option<&SnapshotKey>, chain: Option<String>) -> Vec<Step> {
        let chain = chain.filter(|_| self.options.build.snapshot.is_none());
        let (Some(SnapshotKey { snapshotter, key }), Some(parent)) = (snapshot.cloned(), chain) else {
            return Vec::new();
        };
        let lease = self.own_name();
        let labels = self.options.snapshot_labels.clone();
        let made = (!self.pulled).then(|| Step::Lease { id: lease.clone(), pulled: false });
        made.into_iter().chain([Step::Snapshot { snapshotter, key, parent, lease, labels }]).collect()
    }

    fn network(&mut self, container: &str, namespace: &Namespace) -> Result<Option<Step>, Failure> {
        let Some(name) = namespace.name() else { return Ok(None) };
        match self.facts.network.clone() {
            Network::Cni(configuration) => {
                let mark = self.facts.named_mark.clone().filter(|_| matches!(namespace, Namespace::Named(_)));
                Ok(Some(Step::Cni(self.cni(container, (name, mark), configuration))))
            }
            Network::Nat(nat) => self.endpoint(name, *nat).map(Step::Endpoint).map(Some),
            Network::None => Ok(None),
        }
    }

    fn endpoint(&mut self, namespace: &str, nat: Nat) -> Result<Endpoint, Failure> {
        let Nat { found, new_network, endpoint: id, dns, instead_of } = nat;
        let network = match found {
            Some(found) => NatNetwork::Existing { id: found.id, name: found.name },
            None => NatNetwork::ToBeMade { id: new_network, name: nat::NAME.to_owned() },
        };
        self.notes.extend(instead_of.map(|folder| {
            let name = network.name();
            format!(
                "{} has no CNI configuration: the endpoint is on the NAT network {name}",
                folder.display()
            )
        }));
        let wrong = |why| Failure::run(format!("cannot use the network namespace `{namespace}`: {why}"));
        Ok(Endpoint { id, name: self.own_name(), network, namespace: namespace.parse().map_err(wrong)?, dns })
    }

    fn cni(
        &self,
        container: &str,
        (namespace, mark): (&str, Option<String>),
        configuration: Configuration,
    ) -> Cni {
        Cni {
            container_id: self.cni_container_id(container),
            ifname: IFNAME.to_owned(),
            netns: plugin_spelling(namespace, self.facts.os),
            mark,
            source: configuration.source,
            dns: if configuration.takes_dns { self.options.dns.clone() } else { Vec::new() },
            conflist: configuration.conflist,
            path: self.settings.cni_path.clone(),
            cache: self.settings.cni_cache.clone(),
        }
    }

    /// `NAMESPACE-ID-RUN`, as ctr's users look for it; the front is cut so that file names and comments of firewall
    /// rules that contain it keep their limits, and the run's id at its end keeps it apart.
    fn cni_container_id(&self, container: &str) -> String {
        let mut front = format!("{}-{container}", self.settings.containerd_namespace);
        front.truncate(LONGEST_CNI_FRONT);
        format!("{front}-{}", self.facts.run)
    }

    /// None where nobody of ours takes them. A terminal has streams even when a keeper alone has them: nobody could
    /// write to it otherwise, and its input would be at its end.
    fn stdio(&self) -> Option<Stdio> {
        let Io::Passed { interactive } = self.options.io else { return None };
        (self.terminal || !self.options.detach).then(|| Stdio {
            folder: (self.facts.os == Os::Linux).then(|| self.stdio_folder()),
            stdin: (interactive || self.terminal).then(|| self.stream("stdin")),
            stdout: self.stream("stdout"),
            stderr: (!self.terminal).then(|| self.stream("stderr")),
        })
    }

    fn log(&self) -> Option<String> {
        match &self.options.io {
            Io::Log(uri) => Some(uri.clone()),
            Io::Passed { .. } | Io::Null => None,
        }
    }

    fn stream(&self, name: &str) -> PathBuf {
        match self.facts.os {
            Os::Linux => self.stdio_folder().join(name),
            Os::Windows => format!(r"\\.\pipe\hcn-{}-{name}", self.facts.run).into(),
        }
    }

    fn stdio_folder(&self) -> PathBuf {
        match &self.options.fifo_dir {
            Some(folder) => folder.join(self.own_name()),
            None => folder_of(&self.settings.state, &self.facts.run).join("io"),
        }
    }
}

/// Is one of the files by which it finds others put into its place? Not over what the user mounts there; nor, unless a
/// flag asks for it, into a folder of the user's that has no such file, which would have one from then on.
fn place(of: &Of<'_>, file: &str, flag: Option<&str>) -> Result<bool, Failure> {
    match (spec::is_covered(file, &of.wanted.mounts), flag, of.root) {
        (true, Some(flag), _) => Err(Failure::run(format!(
            "--{flag} has no effect with a mount of your own at {file}; write it there, or leave one of them out"
        ))),
        (true, None, _) => Ok(false),
        (false, None, Root::Folder(folder)) => {
            Ok(PathBuf::from(format!("{folder}{file}")).symlink_metadata().is_ok())
        }
        (false, ..) => Ok(true),
    }
}

/// No other server is asked that nobody chose: it would hear every name that the container looks up.
const NO_NAME_SERVER: &str = "the host's name servers are on its own loopback, where a container has others: it has no \
                              name server unless its attachment names one; name one with --dns ADDRESS";

const HOSTS: &str = "/etc/hosts";
const RESOLV: &str = "/etc/resolv.conf";

/// The files as the container sees them.
fn mounted(names: &Names, read_only: bool) -> Vec<Mount> {
    let mount = |source: PathBuf, destination: &str| Mount {
        destination: destination.to_owned(),
        kind: Some("bind".to_owned()),
        source: Some(source.display().to_string()),
        options: ["rbind", "rprivate", if read_only { "ro" } else { "rw" }].map(str::to_owned).to_vec(),
    };
    let hosts = names.hosts.then(|| mount(names.hosts_file(), HOSTS));
    hosts.into_iter().chain(names.resolv.then(|| mount(names.resolv_file(), RESOLV))).collect()
}

/// A spec is text.
fn no_utf8(folder: &Path) -> Failure {
    Failure::run(format!(
        "cannot run on the folder `{}`: its name is no UTF-8, which a runtime spec must be; rename it",
        folder.display()
    ))
}

/// What a container's interface is called.
pub(super) const IFNAME: &str = "eth0";

/// The build of Windows Server 2019.
const SERVER_2019: u32 = 17763;

/// The longest front of a CNI container id, in bytes.
const LONGEST_CNI_FRONT: usize = 111;

fn default_runtime(os: Os) -> &'static str {
    match os {
        Os::Linux => "io.containerd.runc.v2",
        Os::Windows => "io.containerd.runhcs.v1",
    }
}

/// Plugins want a GUID in lower case and without braces; a spec may hold another spelling.
fn plugin_spelling(namespace: &str, os: Os) -> String {
    match os {
        Os::Linux => namespace.to_owned(),
        Os::Windows => {
            namespace.parse::<hcn::Guid>().map_or_else(|_| namespace.to_owned(), |id| id.to_string())
        }
    }
}

#[cfg(test)]
mod tests;

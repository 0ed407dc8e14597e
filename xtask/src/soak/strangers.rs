//! Who stands beside the trials and must not be touched: a container of ctr's, a lease and a snapshot, a network
//! namespace of `ip netns`, a run that lives, a detached one. Each that has a network answers ping, by name.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hcn_containerd::{Client, Options};
use hcn_test::{Daemon, IMAGE, Program, Running, tools};

use crate::home;

/// Outside of every subnet of the tests.
const NETNS_ADDRESS: &str = "10.99.0.2";

/// Somebody's lease, and the snapshot under it.
const LEASE: &str = "foreign-lease";
const SNAPSHOT: &str = "foreign-snapshot";

/// All of them.
pub(super) struct Strangers {
    living: Running,
    /// Names and addresses.
    known: Vec<(&'static str, String)>,
}

impl Strangers {
    /// Puts them there.
    pub(super) fn new(daemon: &Daemon) -> Result<Self> {
        daemon.provide_ctr_cni()?;
        let snapshotter = daemon.snapshotter();
        let ctr = |line: String| drop(daemon.ctr(&line).success());
        ctr(format!("run -d --cni --snapshotter {snapshotter} {IMAGE} of-ctr sleep 36000"));
        ctr(format!("leases create --id {LEASE}"));
        hold(daemon)?;
        namespace();
        let mut living = hcn(daemon)
            .args(["run", IMAGE, "living", "sh", "-c", "echo ready; exec sleep 36000"])
            .deadline(Duration::from_secs(36000))
            .spawn();
        living.wait_for_stdout("ready");
        hcn(daemon).args(["run", "-d", IMAGE, "detached", "sleep", "36000"]).run().success();
        let mut known = vec![("the namespace of ip netns", NETNS_ADDRESS.to_owned())];
        for (name, id) in
            [("ctr's container", "of-ctr"), ("the living run", "living"), ("the detached run", "detached")]
        {
            known.push((name, address_of(daemon, id)?));
        }
        Ok(Self { living, known })
    }

    /// Insists that each of them answers.
    pub(super) fn check(&mut self) -> Result<()> {
        ensure!(self.living.is_running(), "the living run has ended");
        for (name, address) in &self.known {
            let ping = busybox()?.args(["ping", "-c", "1", "-W", "10", address]).run();
            ensure!(ping.exit == 0, "{name} no longer answers at {address}: {}", ping.snapshot());
        }
        Ok(())
    }

    /// Takes them away; the daemon takes the rest with it.
    pub(super) fn end(self, daemon: &Daemon) -> Result<String> {
        let names: Vec<_> = self.known.iter().map(|(name, _)| *name).collect();
        hcn(daemon).args(["rm", "-f", "detached"]).run().success();
        self.living.terminate();
        // The first process of a container ignores the first one.
        self.living.terminate();
        let ended = self.living.wait();
        ensure!(ended.exit == 137, "the living run ended with {}", ended.snapshot());
        Ok(names.join(", "))
    }
}

/// Makes a snapshot that nothing but the foreign lease holds: whoever deletes that one has containerd remove this too.
fn hold(daemon: &Daemon) -> Result<()> {
    let address = daemon.socket().display().to_string().parse()?;
    let namespace = daemon.namespace().parse()?;
    let options = Options { namespace, ..Options::default() };
    let prepared = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = Client::connect(&address, &options).await?;
        let no_labels: [(&str, &str); 0] = [];
        client.snapshots(daemon.snapshotter()).prepare(SNAPSHOT, "", no_labels, LEASE).await
    });
    prepared.map(drop).context("the foreign snapshot cannot be made")
}

/// `hcn` with the daemon's environment.
pub(super) fn hcn(daemon: &Daemon) -> Program {
    daemon.program(home::built("hcn"))
}

pub(super) fn busybox() -> Result<Program> {
    Ok(Program::new(tools::find_busybox().context("there is no static busybox")?))
}

/// As somebody makes one by hand, joined to ours by a pair of interfaces.
fn namespace() {
    let ip = |line: &str| drop(Program::new(tools::need("ip")).args(line.split(' ')).run().success());
    ip("netns add foreign");
    ip("link add foreign0 type veth peer name foreign1 netns foreign");
    ip("addr add 10.99.0.1/30 dev foreign0");
    ip("link set foreign0 up");
    ip("-n foreign addr add 10.99.0.2/30 dev foreign1");
    ip("-n foreign link set foreign1 up");
}

/// host-local keeps a file for each address, in which the container's id stands.
fn address_of(daemon: &Daemon, id: &str) -> Result<String> {
    let folder = daemon.host_local().join("hcn-test");
    for entry in fs::read_dir(&folder).context("there are no addresses")?.flatten() {
        let holder = fs::read_to_string(entry.path()).unwrap_or_default();
        if holder.contains(&format!("-{id}-")) || holder.lines().any(|line| line.ends_with(&format!("-{id}")))
        {
            return Ok(entry.file_name().to_string_lossy().into_owned());
        }
    }
    anyhow::bail!("`{id}` has no address")
}

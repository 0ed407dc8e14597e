//! A containerd of one test: own root, state, socket, image, CNI configuration, in mount and network
//! namespaces of the calling thread. Several at once do not see each other. Stopped by pid, shims and
//! containers too, with nothing left mounted; also when the test is killed.

mod cni;
mod config;
mod fixed;
mod script;
mod state;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::keeper::Keeper;
use crate::tools::{self, Release};
use crate::{Output, Patience, Program, Scratch, image, namespaces};

/// The image that every daemon has.
pub const IMAGE: &str = "docker.io/library/busybox:latest";

/// A running containerd. The thread that started it must run what talks to it: only that thread and
/// its children are in the namespaces. Dropping it on that thread stops and removes everything.
#[derive(Debug)]
pub struct Daemon {
    keeper: Keeper,
    release: Release,
    namespace: String,
    snapshotter: &'static str,
    path: OsString,
    scratch: Scratch,
}

impl Daemon {
    /// The address of the bridge, which containers have as their gateway.
    pub const GATEWAY: &str = cni::GATEWAY;

    /// [`Daemon::start_release`] with the host's containerd, or with 2.x where `HCN_TEST_CONTAINERD=2` says so.
    ///
    /// # Errors
    /// Those of [`Daemon::start_release`].
    pub fn start() -> Result<Self> {
        Self::start_release(Release::of(""))
    }

    /// Moves the calling thread into new namespaces and starts a containerd there, with [`IMAGE`]
    /// imported and unpacked. A test calls `hcn_test::require!(Root, Containerd)` first, or `Containerd2`.
    ///
    /// # Errors
    /// Where namespaces cannot be made, or the daemon does not answer; with its log.
    pub fn start_release(release: Release) -> Result<Self> {
        namespaces::enter()?;
        let scratch = Scratch::new();
        let path = tools::path_of(release);
        cni::write(&scratch, &path)?;
        let config = scratch.file("containerd.toml", config::text(scratch.path()));
        // No two tests share it: it is part of the cgroup's path, which no namespace here hides.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let namespace = format!("test-{}-{count}", std::process::id());
        let args = [config.as_os_str(), scratch.path().as_os_str(), OsStr::new(&namespace)];
        let keeper = Keeper::start(script::SCRIPT, &args, &path)?;
        let mut daemon = Daemon { keeper, release, namespace, snapshotter: "overlayfs", path, scratch };
        daemon.wait_until_it_answers()?;
        daemon.import_image()?;
        Ok(daemon)
    }

    /// What to give to `hcn` (or ctr) so that it talks to this daemon and writes nothing elsewhere.
    pub fn env(&self) -> Vec<(String, OsString)> {
        let cni_path = std::env::join_paths(tools::cni_folders()).unwrap_or_default();
        let pairs: [(&str, OsString); 10] = [
            ("CONTAINERD_ADDRESS", self.socket().into()),
            ("CONTAINERD_NAMESPACE", self.namespace.clone().into()),
            ("CONTAINERD_SNAPSHOTTER", self.snapshotter.into()),
            ("NETCONFPATH", self.netconf().into()),
            ("CNI_PATH", cni_path),
            ("HCN_CNI_CACHE", self.cni_cache().into()),
            ("HCN_STATE", self.hcn_state().into()),
            ("DOCKER_CONFIG", self.scratch.join("docker").into()),
            ("PATH", self.path.clone()),
            ("XDG_STATE_HOME", self.scratch.join("xdg").into()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// `program` with this daemon's environment, its scratch folder hidden in snapshots.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Program {
        Program::new(program).envs(self.env()).scratch(self.scratch.path())
    }

    /// Runs `ctr` with arguments separated by spaces, in this daemon's containerd namespace.
    pub fn ctr(&self, args: &str) -> Output {
        self.program(tools::need_of(self.release, "ctr")).args(args.split_whitespace()).run()
    }

    /// Which containerd it is.
    pub fn release(&self) -> Release {
        self.release
    }

    /// Makes `ctr run --cni` work for children of the calling thread: ctr reads its CNI folders from fixed places.
    ///
    /// # Errors
    /// Where a folder cannot be laid over one of the machine's.
    pub fn provide_ctr_cni(&self) -> Result<()> {
        fixed::provide(&self.netconf())
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.scratch.join("c.sock")
    }

    /// The containerd namespace that [`Daemon::env`] names; `/NAMESPACE` is the cgroup above its containers.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The snapshotter that works here: `overlayfs`, else `native`.
    pub fn snapshotter(&self) -> &str {
        self.snapshotter
    }

    /// The folder of the conflist; a test may write its own there.
    pub fn netconf(&self) -> PathBuf {
        self.scratch.join("net.d")
    }

    /// The folder of cached CNI results.
    pub fn cni_cache(&self) -> PathBuf {
        self.scratch.join("cni-cache")
    }

    /// The folder of hcn's runs.
    pub fn hcn_state(&self) -> PathBuf {
        self.scratch.join("hcn")
    }

    /// The folder of host-local's addresses.
    pub fn host_local(&self) -> PathBuf {
        self.scratch.join("host-local")
    }

    /// A scratch folder that goes with the daemon.
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// What the daemon logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.join("containerd.log")).unwrap_or_default()
    }

    /// All that must not leak, one line each, sorted: containers, snapshots, leases, tasks, images, content
    /// that is being taken in, shims, network namespaces, nsfs and overlay mounts, interfaces, cached CNI results, addresses, FIFOs, iptables
    /// rules, cgroups, folders of runs. Without what may stay: the bridge, host-local's `lock` and
    /// `last_reserved_ip.*`.
    pub fn state(&self) -> Vec<String> {
        state::collect(self)
    }

    /// [`Daemon::state`], once it equals `wanted` or after ten seconds: what the kernel tears down in the
    /// background (veths, mounts) is waited for.
    pub fn state_like(&self, wanted: &[String]) -> Vec<String> {
        let mut patience = Patience::new(Duration::from_secs(10));
        loop {
            let state = self.state();
            if state == wanted || patience.is_over() {
                return state;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops the daemon (shims and containers live on, as when a service stops).
    pub fn stop(&mut self) {
        self.keeper.say("stop");
    }

    /// Starts it again after [`Daemon::stop`], on what it knew, and waits until it answers.
    ///
    /// # Errors
    /// Where it does not; with its log.
    pub fn start_again(&mut self) -> Result<()> {
        self.keeper.say("start");
        self.wait_until_it_answers()
    }

    /// [`Daemon::stop`] and [`Daemon::start_again`].
    ///
    /// # Errors
    /// Those of [`Daemon::start_again`].
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        self.start_again()
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        let mut patience = Patience::new(Duration::from_secs(30));
        while self.ctr("version").exit != 0 {
            if patience.is_over() || self.keeper.has_ended() {
                bail!("containerd does not answer; its log:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn import_image(&mut self) -> Result<()> {
        let archive = image::archive(IMAGE)?;
        for snapshotter in ["overlayfs", "native"] {
            self.snapshotter = snapshotter;
            let import = format!("images import --snapshotter {snapshotter} {}", archive.display());
            if self.ctr(&import).exit == 0 && self.mounts_work(snapshotter) {
                return Ok(());
            }
        }
        bail!("containerd cannot import {}; its log:\n{}", archive.display(), self.log())
    }

    /// Imports and unpacks the image `name` of busybox that runs as `user`, and has root, of the group bin, and joe, of
    /// bin and staff. `ctr images rm --sync` takes all of it away again.
    ///
    /// # Errors
    /// Where it cannot be made or imported.
    pub fn import_image_of_user(&self, name: &str, user: &str) -> Result<()> {
        let archive = self.scratch.file("image-of-user.tar", image::of_user(name, user)?);
        let import = format!("images import --snapshotter {} {}", self.snapshotter, archive.display());
        self.ctr(&import).success();
        Ok(())
    }

    /// An overlay on an overlay (containers in containers) is refused only when it is mounted.
    fn mounts_work(&self, snapshotter: &str) -> bool {
        let probe = format!("run --rm --snapshotter {snapshotter} {IMAGE} probe true");
        self.ctr(&probe).exit == 0
    }

    /// The folder that all of it lies in.
    fn folder(&self) -> &Path {
        self.scratch.path()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.keeper.end();
        namespaces::unmount_under(self.folder());
    }
}

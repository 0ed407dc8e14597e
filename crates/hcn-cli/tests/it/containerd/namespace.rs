//! Which network namespace a container gets: its own, or the one that its spec names.

use std::path::{Path, PathBuf};

use hcn_test::{Program, require, tools};
use insta::assert_snapshot;
use rustix::process::Signal;
use serde_json::json;

use super::lab::{Lab, lab};

/// A config.json with a root file system of its own. `network` is the entry of the network namespace.
fn config(lab: &Lab, network: serde_json::Value, script: &str) -> PathBuf {
    let scratch = lab.daemon.scratch();
    let root = rootfs(lab);
    let spec = json!({
        "ociVersion": "1.0.2",
        "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["sh", "-c", script], "env": ["PATH=/bin"]},
        "root": {"path": root},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
        "linux": {
            "cgroupsPath": format!("/{}/spec", lab.daemon.namespace()),
            "namespaces": [{"type": "pid"}, {"type": "mount"}, network],
        },
    });
    scratch.file("spec/config.json", spec.to_string())
}

fn rootfs(lab: &Lab) -> PathBuf {
    let scratch = lab.daemon.scratch();
    let root = scratch.folder("spec/rootfs");
    scratch.folder("spec/rootfs/proc");
    let program = scratch.folder("spec/rootfs/bin").join("busybox");
    std::fs::copy(busybox(), &program).expect("busybox can be copied");
    Program::new("chroot").arg(&root).args(["/bin/busybox", "--install", "-s", "/bin"]).run().success();
    root
}

fn run(lab: &Lab, config: &Path) -> hcn_test::Output {
    lab.hcn_run().arg("--config").arg(config).arg("spec").run()
}

fn busybox() -> PathBuf {
    tools::find_busybox().expect("`require!` looked for it")
}

/// A namespace as somebody else makes one, with a link in it to know it by.
struct Theirs;

impl Theirs {
    const PATH: &str = "/run/netns/theirs";

    fn new() -> Self {
        std::fs::File::create_new(Self::PATH).expect("the folder is there since the first run");
        Program::new("unshare").arg(format!("--net={}", Self::PATH)).arg("true").run().success();
        let theirs = Self;
        theirs.ip(&["link", "add", "keepsake", "type", "bridge"]);
        theirs
    }

    fn ip(&self, args: &[&str]) -> String {
        let enter = Program::new("nsenter").arg(format!("--net={}", Self::PATH)).arg(busybox());
        enter.arg("ip").args(args).run().success().stdout()
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        Program::new("umount").arg(Self::PATH).run();
        let _ = std::fs::remove_file(Self::PATH);
    }
}

#[test]
fn a_spec_that_names_no_namespace_gets_one() {
    require!(Root, Containerd);
    let shown = lab(|lab| run(lab, &config(lab, json!({"type": "network"}), "ip addr")).success().stdout());
    assert!(shown.contains("inet 10.88.0.") && shown.contains("lo: <LOOPBACK,UP"), "{shown}");
}

#[test]
fn a_namespace_that_the_spec_names_is_used_and_kept() {
    require!(Root, Containerd);
    let (shown, after) = lab(|lab| {
        let theirs = Theirs::new();
        let network = json!({"type": "network", "path": Theirs::PATH});
        let shown = run(lab, &config(lab, network, "ip link")).success().stdout();
        (shown, theirs.ip(&["link"]))
    });
    assert!(
        shown.contains("keepsake") && shown.contains("eth0"),
        "it is theirs, with an attachment: {shown}"
    );
    assert!(after.contains("keepsake") && !after.contains("eth0"), "it stays, without it: {after}");
}

#[test]
fn a_namespace_that_has_the_interface_already_is_refused_and_keeps_it() {
    require!(Root, Containerd);
    let (refused, after) = lab(|lab| {
        let theirs = Theirs::new();
        theirs.ip(&["link", "add", "eth0", "type", "bridge"]);
        let network = json!({"type": "network", "path": Theirs::PATH});
        let refused = run(lab, &config(lab, network, "true")).snapshot();
        (refused, theirs.ip(&["link"]))
    });
    assert!(after.contains("eth0"), "it is somebody else's: {after}");
    assert_snapshot!(refused, @r#"
    exit 125
    stderr: hcn: cannot attach to the network namespace `/run/netns/theirs` that [SCRATCH]/spec/config.json names: it has an interface eth0 already; wait until the container that uses it has ended, or let the run make one with --new-namespace
    "#);
}

#[test]
fn a_namespace_that_is_not_there_is_refused() {
    require!(Root, Containerd);
    let refused = lab(|lab| {
        let network = json!({"type": "network", "path": "/run/netns/nosuch"});
        run(lab, &config(lab, network, "true")).snapshot()
    });
    assert_snapshot!(refused, @r#"
    exit 125
    stderr: hcn: cannot use the network namespace `/run/netns/nosuch` that [SCRATCH]/spec/config.json names: there is no such namespace; correct the name, or let the run make one with --new-namespace
    "#);
}

/// As `bridge` does: an interface is deleted by its name. `ip` is busybox's.
fn plugin() -> String {
    let ip = format!("nsenter --net=$CNI_NETNS {} ip link", busybox().display());
    format!(
        "case $CNI_COMMAND$CNI_NETNS in\n\
         ADD*) {ip} add eth0 type bridge >&2;;\n\
         DEL?*) {ip} del eth0 >&2;;\n\
         esac\n\
         echo '{{\"cniVersion\":\"1.0.0\"}}'"
    )
}

/// Kills a run in their namespace, and answers which links that has once gc was there; `then` comes between the two.
fn links_after_gc(lab: &Lab, theirs: Theirs, then: impl FnOnce(Theirs) -> Theirs) -> String {
    let scratch = lab.daemon.scratch();
    let list = json!({"cniVersion": "1.0.0", "name": "by-name", "plugins": [{"type": "by-name"}]});
    let list = scratch.file("by-name/net.d/10-by-name.conflist", list.to_string());
    let plugin = scratch.script("by-name/bin/by-name", &plugin());
    let [lists, plugins] = [&list, &plugin].map(|file| file.parent().expect("a file has a folder"));
    let network = json!({"type": "network", "path": Theirs::PATH});
    let run = lab.hcn_run().arg("--cni-netconfpath").arg(lists).arg("--cni-path").arg(plugins);
    let config = config(lab, network, "echo ready; exec sleep 600");
    let mut run = run.arg("--config").arg(config).arg("spec").spawn();
    run.wait_for_stdout("ready");
    assert!(theirs.ip(&["link"]).contains("eth0"), "it is attached");
    run.signal(Signal::KILL);
    run.wait();
    let theirs = then(theirs);
    lab.hcn(&["gc"]).run().success();
    theirs.ip(&["link"])
}

#[test]
fn of_a_namespace_that_somebody_made_anew_under_its_old_name_gc_deletes_nothing() {
    require!(Root, Containerd);
    let (same, anew) = lab(|lab| {
        let same = links_after_gc(lab, Theirs::new(), |theirs| theirs);
        let anew = links_after_gc(lab, Theirs::new(), |theirs| {
            drop(theirs);
            let another = Theirs::new();
            another.ip(&["link", "add", "eth0", "type", "bridge"]);
            another
        });
        (same, anew)
    });
    assert!(!same.contains("eth0"), "it was the run's: {same}");
    assert!(anew.contains("eth0"), "it is somebody else's: {anew}");
}

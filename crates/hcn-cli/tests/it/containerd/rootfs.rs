//! Containers on a folder of the host, on the host's network, and in namespaces of others.

use std::path::PathBuf;

use hcn_test::{IMAGE, Program, require, tools};
use insta::assert_snapshot;

use super::lab::{Lab, lab};

/// A root file system with busybox in it, and users.
pub(super) fn folder(lab: &Lab, name: &str) -> PathBuf {
    let scratch = lab.daemon.scratch();
    let root = scratch.folder(name);
    for folder in ["proc", "dev", "sys", "run", "etc"] {
        scratch.folder(format!("{name}/{folder}"));
    }
    let busybox = tools::find_busybox().expect("`require!` looked for it");
    let program = scratch.folder(format!("{name}/bin")).join("busybox");
    std::fs::copy(busybox, program).expect("busybox can be copied");
    Program::new("chroot").arg(&root).args(["/bin/busybox", "--install", "-s", "/bin"]).run().success();
    scratch.file(format!("{name}/etc/passwd"), "root:x:0:0::/:/bin/sh\njoe:x:1000:100::/:/bin/sh\n");
    scratch.file(format!("{name}/etc/group"), "staff:x:50:joe\n");
    root
}

#[test]
fn a_folder_is_run_on_and_keeps_its_files() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let root = folder(lab, "folder");
        let ended = lab.hcn_run().args(["-u", "joe", "--rootfs"]).arg(&root).args(["t1", "id"]).run();
        assert!(!root.join("etc/hosts").exists(), "nothing is made in it");
        ended
    });
    assert_snapshot!(told.snapshot(), @"
    exit 0
    stdout: uid=1000(joe) gid=100 groups=50(staff),100
    ");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    require!(Root, Containerd);
    let told = lab(|lab| lab.hcn_run().args(["--rootfs", "/nosuch", "t1", "id"]).run());
    assert_snapshot!(told.snapshot(), @"
    exit 125
    stderr: hcn: cannot run on the folder `/nosuch`: it is not there; unpack a root file system there, or correct the path
    ");
}

#[test]
fn the_host_s_network_is_the_host_s() {
    require!(Root, Containerd);
    let (inside, outside) = lab(|lab| {
        let link = ["readlink", "/proc/self/ns/net"];
        let inside = lab.hcn_run().args(["--net-host", IMAGE, "host"]).args(link).run().success().stdout();
        (inside, Program::new(link[0]).arg(link[1]).run().success().stdout())
    });
    assert_eq!(inside, outside);
}

#[test]
fn a_network_namespace_that_is_joined_is_left_as_it_is() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        // The daemon's own, with the bridge in it and no eth0.
        let flags = ["--with-ns", "network:/proc/self/ns/net"];
        lab.hcn_run()
            .args(flags)
            .args([IMAGE, "joined", "sh", "-c", "ip link show eth0; ls /sys/class/net"])
            .run()
    });
    assert!(told.stderr().contains("eth0"), "no interface was attached: {}", told.stderr());
    assert_eq!(told.exit, 0);
}

#[test]
fn the_finished_spec_is_written_where_asked() {
    require!(Root, Containerd);
    let spec = lab(|lab| {
        let file = lab.daemon.scratch().join("dumped.json");
        let flags = ["-u", "1000:100", "--dump-config"];
        lab.hcn_run().args(flags).arg(&file).args([IMAGE, "dump", "true"]).run().success();
        std::fs::read_to_string(file).expect("it was written")
    });
    let spec: serde_json::Value = serde_json::from_str(&spec).expect("it is JSON");
    assert_eq!(spec["process"]["args"], serde_json::json!(["true"]));
    let user = serde_json::json!({"uid": 1000, "gid": 100, "additionalGids": [100]});
    assert_eq!(spec["process"]["user"], user);
}

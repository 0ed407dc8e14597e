//! Images: found by short names too, unpacked if need be, and told when they cannot be used. Pulling is
//! `containerd_2/pull.rs`.

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;

use super::lab::{lab, names_hidden};

#[test]
fn a_short_name_stands_for_the_whole_one() {
    require!(Root, Containerd);
    assert_eq!(IMAGE, "docker.io/library/busybox:latest");
    let said = lab(|lab| lab.hcn_run().args(["busybox", "short", "echo", "hello"]).run());
    assert_snapshot!(said.snapshot(), @r"
    exit 0
    stdout: hello
    ");
}

#[test]
fn an_image_that_is_not_unpacked_is_unpacked() {
    require!(Root, Containerd);
    let said = lab(|lab| {
        // Where the daemon itself has to do with `native`, `overlayfs` does not work here.
        let other = "native";
        let said = lab.hcn_run().args(["--snapshotter", other, IMAGE, "layers", "echo", "hello"]).run();
        let kept = lab.daemon.ctr(&format!("snapshots --snapshotter {other} ls")).stdout();
        assert_eq!(kept.lines().filter(|line| line.contains("Committed")).count(), 1, "{kept}");
        said
    });
    assert_snapshot!(said.snapshot(), @r"
    exit 0
    stdout: hello
    ");
}

#[test]
fn where_the_daemon_cannot_pull_the_command_is_told() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let refused = lab(|lab| {
        let run = |name, when| lab.hcn_run().args(["--pull", when, name, "old"]).run().snapshot();
        [run("docker.io/library/nosuch:1", "missing"), run("busybox", "always")]
            .map(|said| said.replace(lab.daemon.snapshotter(), "[SNAPSHOTTER]"))
    });
    assert_snapshot!(refused.join("\n"), @r"
    exit 125
    stderr: hcn: cannot run image `docker.io/library/nosuch:1`: it is not in containerd's namespace [TENANT]; pull it with `ctr -a [SCRATCH]/c.sock -n [TENANT] images pull --snapshotter [SNAPSHOTTER] docker.io/library/nosuch:1`
    exit 125
    stderr: hcn: cannot pull image `busybox`: this containerd has no Transfer service, which 1.7 and later have; pull it with `ctr -a [SCRATCH]/c.sock -n [TENANT] images pull --snapshotter [SNAPSHOTTER] docker.io/library/busybox:latest`
    ");
}

#[test]
fn a_snapshotter_that_is_not_there_is_named() {
    require!(Root, Containerd);
    let refused = lab(|lab| lab.hcn_run().args(["--snapshotter", "nosuch", IMAGE, "layers"]).run());
    assert_snapshot!(refused.snapshot(), @r"
    exit 125
    stderr: hcn: cannot run image `docker.io/library/busybox:latest`: containerd has no snapshotter `nosuch`; choose one with --snapshotter; `ctr -a [SCRATCH]/c.sock plugins ls` lists them
    ");
}

#[test]
fn a_plan_of_an_image_makes_nothing() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let planned = lab(|lab| {
        let table = lab.hcn_run().args(["--dry-run", IMAGE, "plan"]).run().snapshot();
        table.replace(lab.daemon.snapshotter(), "[SNAPSHOTTER]")
    });
    assert_snapshot!(planned, @r"
    exit 0
    stdout:
    WHEN     WHAT       NAME
    first    names      [SCRATCH]/hcn/runs/[RUN]/names
    first    namespace  /run/netns/hcn-[RUN]
    lane 1   attachment [TENANT]-plan-[RUN] as eth0 by [SCRATCH]/net.d/10-hcn-test.conflist
    lane 2   lease      hcn-[RUN]
    lane 2   snapshot   hcn-[RUN] of [SNAPSHOTTER]
    lane 2   container  plan for io.containerd.runc.v2
    lane 2   stdio      [SCRATCH]/hcn/runs/[RUN]/io
    lane 2   task       plan
    ");
}

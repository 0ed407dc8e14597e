//! Images: found by short names too, never pulled, and told when they cannot be used.

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
fn an_image_that_is_not_unpacked_is_named_with_the_command() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let refused = lab(|lab| {
        let other = if lab.daemon.snapshotter() == "native" { "overlayfs" } else { "native" };
        lab.hcn_run()
            .args(["--snapshotter", other, IMAGE, "layers"])
            .run()
            .snapshot()
            .replace(other, "[OTHER]")
    });
    assert_snapshot!(refused, @r"
    exit 125
    stderr: hcn: cannot run image `docker.io/library/busybox:latest`: the snapshotter [OTHER] does not have its layers; pull it with `ctr -a [SCRATCH]/c.sock -n [TENANT] images pull --snapshotter [OTHER] docker.io/library/busybox:latest`
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
    first    namespace  /run/netns/hcn-[RUN]
    lane 1   attachment [TENANT]-plan-[RUN] as eth0 by [SCRATCH]/net.d/10-hcn-test.conflist
    lane 2   lease      hcn-[RUN]
    lane 2   snapshot   hcn-[RUN] of [SNAPSHOTTER]
    lane 2   container  plan for io.containerd.runc.v2
    lane 2   stdio      [SCRATCH]/hcn/runs/[RUN]/io
    lane 2   task       plan
    ");
}

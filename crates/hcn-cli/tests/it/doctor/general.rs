//! A host that is well, and the command line.

use hcn_test::{Program, require};

use super::host::Host;

#[test]
fn on_a_healthy_host_no_check_fails() {
    require!(Root, Containerd);
    let host = Host::new();
    let output = host.hcn(&["doctor"]).run();
    assert!(!output.stdout().lines().any(|line| line.starts_with("failure ")), "{}", output.stdout());
    assert_eq!(output.exit, 0, "{}", output.snapshot());
    assert!(output.stdout().contains("answers at"), "{}", output.stdout());
}

#[test]
fn a_snapshotter_that_is_not_there_is_named_with_one_that_is() {
    require!(Root, Containerd);
    let said = Host::new().said(&["--snapshotter", "zfs9"], "containerd.snapshotter");
    assert_eq!((said.status(), said.seen()), ("failure", "containerd has no snapshotter zfs9"));
    assert!(said.fix().contains("CONTAINERD_SNAPSHOTTER="), "{}", said.fix());
}

#[test]
fn checks_are_listed_and_explained_and_an_unknown_one_is_wrong_usage() {
    let hcn = |args: &[&str]| Program::new(env!("CARGO_BIN_EXE_hcn")).arg("doctor").args(args).run();
    let listed = hcn(&["--list"]).success().stdout();
    assert!(listed.lines().any(|line| line.starts_with("cni.plugins ")), "{listed}");
    let told = hcn(&["--explain", "linux.forwarding"]).success().stdout();
    assert!(told.ends_with("more: docs/doctor.md#linuxforwarding\n"), "{told}");
    assert_eq!(hcn(&["--only", "cni.plugin"]).exit, 2);
}

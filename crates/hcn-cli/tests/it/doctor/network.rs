//! Configurations, plugins and addresses.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::time::{Duration, SystemTime};

use hcn_test::require;

use super::host::Host;

#[test]
fn a_conflist_that_is_missing_is_written() {
    require!(Root, Containerd);
    let host = Host::new();
    // What the new network keeps in folders of the machine is kept in the test's own.
    host.daemon.provide_ctr_cni().unwrap();
    let masquerades = host.masquerades();
    std::fs::remove_file(host.daemon.netconf().join("10-hcn-test.conflist")).unwrap();
    std::fs::remove_dir(host.daemon.netconf()).unwrap();
    host.is_mended(&[], "cni.configuration", "holds no network configuration");
    assert_eq!(host.said(&[], "cni.version").status(), "ok");
    // The network that is offered masquerades, which needs an iptables that works.
    if masquerades {
        host.run(&[], "written").success();
    }
}

#[test]
fn two_networks_on_one_subnet_are_told_apart() {
    require!(Root, Containerd);
    let host = Host::new();
    let other = host.own_network().replace("\"hcn-test\"", "\"other\"");
    host.daemon.scratch().file("net.d/20-other.conflist", other);
    let said = host.said(&[], "cni.subnets");
    let names = ["10-hcn-test.conflist (10.88.0.0/24)", "20-other.conflist (10.88.0.0/24)"];
    assert!(names.iter().all(|name| said.seen().contains(name)), "{}", said.seen());
    host.is_mended(&[], "cni.subnets", "have addresses in common");
    host.run(&[], "apart").success();
}

#[test]
fn a_plugin_that_is_in_another_folder_is_brought() {
    require!(Root, Containerd);
    let host = Host::new();
    // /opt/cni/bin has all of them.
    host.daemon.provide_ctr_cni().unwrap();
    let folder = host.plugins_without("host-local").display().to_string();
    let flags = ["--cni-path", &folder];
    host.run(&[], "first").success();
    assert_eq!(host.run(&flags, "missing").exit, 125);
    host.is_mended(&flags, "cni.plugins", &format!("there is no plugin host-local in {folder}"));
    host.run(&flags, "brought").success();
}

#[test]
fn a_bridge_that_a_failed_run_left_without_an_address_is_removed() {
    require!(Root, Containerd);
    let host = Host::new();
    let flags = ["--cni-path", &host.plugins_without("host-local").display().to_string()];
    host.see_own_interfaces();
    assert_eq!(host.run(&flags, "without").exit, 125);
    assert_eq!(host.run(&[], "spoiled").exit, 125);
    host.is_mended(
        &[],
        "linux.bridge",
        "the bridge hcn-test0 has no port, and the address 00:00:00:00:00:00",
    );
    host.run(&[], "anew").success();
}

#[test]
fn a_plugin_that_may_not_be_run_is_named_and_made_a_program() {
    require!(Root, Containerd);
    let host = Host::new();
    let file = host.daemon.scratch().file("bin/mine", "#!/bin/sh\n");
    host.first_network(r#"{"cniVersion":"1.0.0","name":"mine","plugins":[{"type":"mine"}]}"#);
    let folder = file.parent().unwrap().display().to_string();
    host.is_mended(&["--cni-path", &folder], "cni.plugins", "bin/mine may not be run");
}

#[test]
fn addresses_of_nobody_are_freed() {
    require!(Root, Containerd);
    let host = Host::new();
    // A subnet with one address for containers.
    let small = host.own_network().replace("10.88.0.0/24", "10.89.9.0/30");
    host.first_network(&small.replace("\"hcn-test\"", "\"small\"").replace("hcn-test0", "hcn-small0"));
    host.run(&[], "first").success();
    let stale = host.daemon.scratch().file("host-local/small/10.89.9.2", "gone\r\neth0");
    let old = SystemTime::now() - Duration::from_secs(3600);
    std::fs::File::options().write(true).open(&stale).unwrap().set_modified(old).unwrap();
    let refused = host.run(&[], "refused");
    assert!(
        refused.exit == 125 && refused.stderr().contains("no IP addresses available"),
        "{}",
        refused.snapshot()
    );
    host.is_mended(&[], "cni.reservations", "is held for gone, which containerd does not know");
    host.run(&[], "freed").success();
    let empty = host.daemon.scratch().file("host-local/small/10.89.9.2", "");
    host.is_mended(&[], "cni.reservations", "is empty");
    assert!(!stale.exists() && !empty.exists());
}

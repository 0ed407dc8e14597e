//! The container's network.

use hcn_test::{IMAGE, require};
use serde_json::Value;

use super::lab::{Lab, lab};

#[test]
fn the_container_has_an_address_of_the_subnet_and_lo_is_up() {
    require!(Root, Containerd);
    let shown = lab(|lab| lab.run("t1", &["ip", "addr"]).run().success().stdout());
    for part in ["inet 10.88.0.", "lo: <LOOPBACK,UP", "inet 127.0.0.1/8"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn the_gateway_answers() {
    require!(Root, Containerd);
    lab(|lab| lab.run("ping", &["ping", "-c", "1", "-W", "5", "10.88.0.1"]).run().success());
}

/// The bridge alone, in a file for a single plugin, as hosts have had it since before there were lists.
fn on_a_single_plugin(lab: &Lab, version: &str) -> String {
    let scratch = lab.daemon.scratch();
    let list = std::fs::read(scratch.join("net.d/10-hcn-test.conflist")).expect("the daemon has it");
    let list: Value = serde_json::from_slice(&list).expect("it is JSON");
    let mut plugin = list["plugins"][0].clone();
    plugin["cniVersion"] = version.into();
    plugin["name"] = "single".into();
    let file = scratch.file(format!("{version}/10-single.conf"), plugin.to_string());
    let run = lab.hcn_run().arg("--cni-netconfpath").arg(file.parent().expect("a file has a folder"));
    run.args([IMAGE, "single", "ip", "addr"]).run().success().stdout()
}

#[test]
fn a_file_for_a_single_plugin_of_an_old_version_attaches_too() {
    require!(Root, Containerd);
    for version in ["0.2.0", "0.3.0"] {
        let shown = lab(move |lab| on_a_single_plugin(lab, version));
        assert!(shown.contains("inet 10.88.0."), "{version}: {shown}");
    }
}

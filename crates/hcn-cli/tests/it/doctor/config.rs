//! A config.json, and all that it needs.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use hcn_test::{Program, Scratch};

use super::host::Said;

#[test]
fn a_config_json_is_looked_at_with_all_that_it_needs() {
    let scratch = Scratch::new();
    let spec = r#"{"ociVersion":"1.1.0","root":{"path":"rootfs"},"process":{"args":["true"],"cwd":"/"},
        "mounts":[{"destination":"/data","type":"bind","source":"SOURCE","options":["rbind"]}],
        "linux":{"namespaces":[{"type":"network","path":"/nowhere/netns"}]}}"#;
    let source = scratch.join("data").display().to_string();
    let config = scratch.file("bundle/config.json", spec.replace("SOURCE", &source));
    let said = |check: &str| {
        let hcn = Program::new(env!("CARGO_BIN_EXE_hcn")).args(["doctor", "-o", "json", "--only", check]);
        Said::of(&hcn.arg("--config").arg(&config).scratch(scratch.path()).run())
    };
    assert_eq!(said("config.spec").status(), "ok");
    assert_eq!(said("config.namespace").seen(), "there is no network namespace at /nowhere/netns");
    assert!(said("config.rootfs").seen().contains("bundle/rootfs that root.path names is not there"));
    scratch.folder("bundle/rootfs");
    assert_eq!(said("config.rootfs").status(), "ok");
    let sources = said("mount.sources");
    assert!(sources.seen().contains("mounts[0]") && sources.seen().contains(&source), "{}", sources.seen());
    Program::new("/bin/sh").args(["-ec", sources.command()]).scratch(scratch.path()).run().success();
    assert_eq!(said("mount.sources").status(), "ok");
}

#[test]
fn a_config_json_that_cannot_be_read_is_a_finding_and_doctor_goes_on() {
    let scratch = Scratch::new();
    let hcn = Program::new(env!("CARGO_BIN_EXE_hcn")).args(["doctor", "--config", "/nowhere/config.json"]);
    let output = hcn.args(["--address", "/nowhere/c.sock"]).scratch(scratch.path()).run();
    assert_eq!(output.exit, 1, "{}", output.snapshot());
    let told = output.stdout();
    assert!(
        told.contains("failure       config.spec") && told.contains("skipped       config.rootfs"),
        "{told}"
    );
}

//! `hcn doctor` on hosts that are broken in one way each: it names the cause, and what it offers mends it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use hcn_test::{Daemon, Output, Program, Scratch, require};
use serde_json::Value;

/// What doctor says of one check on a daemon's host.
struct Said(Value);

impl Said {
    fn of(daemon: &Daemon, check: &str) -> Self {
        let output = hcn(daemon, &["--only", check, "-o", "json"]);
        let report: Value =
            serde_json::from_str(&output.stdout()).unwrap_or_else(|_| panic!("{}", output.snapshot()));
        let failed = report["failures"] != 0;
        assert_eq!(output.exit, i32::from(failed), "{}", output.snapshot());
        Self(report["checks"][0].clone())
    }

    fn status(&self) -> &str {
        self.0["status"].as_str().unwrap()
    }

    /// The first finding that is not well.
    fn trouble(&self) -> &Value {
        let findings = self.0["findings"].as_array().unwrap();
        findings.iter().find(|one| one["fix"].is_object()).unwrap_or_else(|| panic!("{}", self.0))
    }

    fn seen(&self) -> &str {
        self.trouble()["seen"].as_str().unwrap()
    }

    fn command(&self) -> &str {
        assert_eq!(self.trouble()["fix"]["kind"], "command", "{}", self.0);
        self.trouble()["fix"]["text"].as_str().unwrap()
    }
}

fn hcn(daemon: &Daemon, args: &[&str]) -> Output {
    daemon.program(env!("CARGO_BIN_EXE_hcn")).arg("doctor").args(args).run()
}

/// Pastes a command into a shell of this daemon's host.
fn paste(daemon: &Daemon, command: &str) {
    let own = std::path::Path::new(env!("CARGO_BIN_EXE_hcn")).parent().unwrap().display().to_string();
    let script = format!("PATH={own}:$PATH\n{command}");
    daemon.program("/bin/sh").args(["-ec", &script]).run().success();
}

#[test]
fn without_a_daemon_the_socket_is_named_and_the_start_is_offered() {
    let scratch = Scratch::new();
    let output = Program::new(env!("CARGO_BIN_EXE_hcn"))
        .args(["doctor", "--only", "containerd.reachable", "--address", "/nowhere/c.sock"])
        .scratch(scratch.path())
        .run();
    assert_eq!(output.exit, 1, "{}", output.snapshot());
    let told = output.stdout();
    assert!(told.starts_with("failure       containerd.reachable"), "{told}");
    assert!(told.contains("/nowhere/c.sock") && told.contains("  fix:\n    "), "{told}");
}

#[test]
fn on_a_healthy_host_no_check_fails() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let output = hcn(&daemon, &[]);
    assert!(!output.stdout().lines().any(|line| line.starts_with("failure ")), "{}", output.stdout());
    assert_eq!(output.exit, 0, "{}", output.snapshot());
    assert!(output.stdout().contains("answers at"), "{}", output.stdout());
}

#[test]
fn a_conflist_that_is_missing_is_written() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    std::fs::remove_file(daemon.netconf().join("10-hcn-test.conflist")).unwrap();
    std::fs::remove_dir(daemon.netconf()).unwrap();
    let said = Said::of(&daemon, "cni.configuration");
    assert_eq!(said.status(), "failure");
    assert!(said.seen().contains("holds no network configuration"), "{}", said.seen());
    // A machine with a configuration in one of the usual folders is offered that.
    if said.command().starts_with("mkdir") {
        paste(&daemon, said.command());
        assert_eq!(Said::of(&daemon, "cni.configuration").status(), "ok");
        assert_eq!(Said::of(&daemon, "cni.version").status(), "ok");
    }
}

#[test]
fn a_plugin_that_may_not_be_run_is_named_and_made_a_program() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let file = daemon.scratch().file("bin/mine", "#!/bin/sh\n");
    let list = r#"{"cniVersion":"1.0.0","name":"mine","plugins":[{"type":"mine"}]}"#;
    daemon.scratch().file("net.d/00-mine.conflist", list);
    let only = |check| {
        let folder = file.parent().unwrap().to_str().unwrap();
        let output = hcn(&daemon, &["--only", check, "-o", "json", "--cni-path", folder]);
        Said(serde_json::from_str::<Value>(&output.stdout()).unwrap()["checks"][0].clone())
    };
    let said = only("cni.plugins");
    assert!(said.seen().ends_with("bin/mine may not be run"), "{}", said.seen());
    paste(&daemon, said.command());
    assert_eq!(only("cni.plugins").status(), "ok");
}

#[test]
fn two_networks_on_one_subnet_are_told_apart() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let own = std::fs::read_to_string(daemon.netconf().join("10-hcn-test.conflist")).unwrap();
    daemon.scratch().file("net.d/20-other.conflist", own.replace("\"hcn-test\"", "\"other\""));
    let said = Said::of(&daemon, "cni.subnets");
    assert!(
        said.seen().contains("10-hcn-test.conflist") && said.seen().contains("20-other"),
        "{}",
        said.seen()
    );
    paste(&daemon, said.command());
    assert_eq!(Said::of(&daemon, "cni.subnets").status(), "ok");
}

#[test]
fn addresses_of_nobody_are_freed() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let stale = daemon.scratch().file("host-local/hcn-test/10.88.0.77", "gone\r\neth0");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().write(true).open(&stale).unwrap().set_modified(old).unwrap();
    let said = Said::of(&daemon, "cni.reservations");
    assert!(said.seen().ends_with("is held for gone, which containerd does not know"), "{}", said.seen());
    paste(&daemon, said.command());
    let empty = daemon.scratch().file("host-local/hcn-test/10.88.0.78", "");
    paste(&daemon, Said::of(&daemon, "cni.reservations").command());
    assert!(!stale.exists() && !empty.exists());
    assert_eq!(Said::of(&daemon, "cni.reservations").status(), "ok");
}

#[test]
fn a_kernel_that_does_not_forward_is_told_to() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let list = r#"{"cniVersion":"1.0.0","name":"mine","plugins":[{"type":"mine"}]}"#;
    daemon.scratch().file("net.d/00-mine.conflist", list);
    // Of the test's own network namespace.
    paste(&daemon, "echo 0 > /proc/sys/net/ipv4/ip_forward");
    let said = Said::of(&daemon, "linux.forwarding");
    assert_eq!((said.status(), said.seen()), ("failure", "net.ipv4.ip_forward is 0"));
    paste(
        &daemon,
        &said.command().replace("sysctl -w net.ipv4.ip_forward=1", "echo 1 > /proc/sys/net/ipv4/ip_forward"),
    );
    assert_eq!(Said::of(&daemon, "linux.forwarding").status(), "ok");
}

#[test]
fn a_snapshotter_that_is_not_there_is_named_with_one_that_is() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let output = hcn(&daemon, &["--only", "containerd.snapshotter", "--snapshotter", "zfs9"]);
    assert_eq!(output.exit, 1, "{}", output.snapshot());
    assert!(output.stdout().contains("containerd has no snapshotter zfs9"), "{}", output.stdout());
    assert!(output.stdout().contains("CONTAINERD_SNAPSHOTTER="), "{}", output.stdout());
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

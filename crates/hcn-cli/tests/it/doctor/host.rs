//! A host of one test, and what doctor says of it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn_test::{Daemon, IMAGE, Output, Patience, Program, tools};
use rustix::mount::{MountFlags, mount, mount_bind};
use serde_json::Value;

/// What doctor says of one check.
pub(super) struct Said(Value);

impl Said {
    /// From the report of a doctor who was asked for one check.
    pub(super) fn of(output: &Output) -> Self {
        let report: Value =
            serde_json::from_str(&output.stdout()).unwrap_or_else(|_| panic!("{}", output.snapshot()));
        let failed = report["failures"] != 0;
        assert_eq!(output.exit, i32::from(failed), "{}", output.snapshot());
        Self(report["checks"][0].clone())
    }

    pub(super) fn status(&self) -> &str {
        self.0["status"].as_str().unwrap()
    }

    /// The first finding that is not well.
    fn trouble(&self) -> &Value {
        let findings = self.0["findings"].as_array().unwrap();
        findings.iter().find(|one| one["fix"].is_object()).unwrap_or_else(|| panic!("{}", self.0))
    }

    /// What is wrong.
    pub(super) fn seen(&self) -> &str {
        self.trouble()["seen"].as_str().unwrap()
    }

    /// What helps.
    pub(super) fn fix(&self) -> &str {
        self.trouble()["fix"]["text"].as_str().unwrap()
    }

    /// What helps, which is to be a command.
    pub(super) fn command(&self) -> &str {
        assert_eq!(self.trouble()["fix"]["kind"], "command", "{}", self.0);
        self.fix()
    }
}

/// A daemon with its network, and a shell beside it.
pub(super) struct Host {
    pub(super) daemon: Daemon,
}

impl Host {
    /// One that is well.
    pub(super) fn new() -> Self {
        Self { daemon: Daemon::start().unwrap() }
    }

    /// `hcn ARGS`
    pub(super) fn hcn(&self, args: &[&str]) -> Program {
        self.daemon.program(env!("CARGO_BIN_EXE_hcn")).args(args)
    }

    /// `hcn doctor --only CHECK FLAGS`
    pub(super) fn said(&self, flags: &[&str], check: &str) -> Said {
        Said::of(&self.hcn(&["doctor", "--only", check, "-o", "json"]).args(flags).run())
    }

    /// `hcn run FLAGS IMAGE ID true`
    pub(super) fn run(&self, flags: &[&str], id: &str) -> Output {
        self.hcn(&["run"]).args(flags).args([IMAGE, id, "true"]).run()
    }

    /// Pastes a command into a shell of this host, where `hcn` is installed.
    pub(super) fn paste(&self, command: &str) -> Output {
        let own = Path::new(env!("CARGO_BIN_EXE_hcn")).parent().unwrap().display().to_string();
        let script = format!("PATH={own}:$PATH\n{command}");
        self.daemon.program("/bin/sh").args(["-ec", &script]).run().success()
    }

    /// Doctor names the cause in one check, and the command that it offers there makes that check well.
    pub(super) fn is_mended(&self, flags: &[&str], check: &str, cause: &str) {
        let said = self.said(flags, check);
        assert!(["failure", "warning"].contains(&said.status()), "{}", said.0);
        assert!(said.seen().contains(cause), "{}", said.0);
        self.paste(said.command());
        self.becomes_well(flags, check);
    }

    /// A daemon that was just started answers in a moment.
    fn becomes_well(&self, flags: &[&str], check: &str) {
        let mut patience = Patience::new(Duration::from_secs(60));
        let mut said = self.said(flags, check);
        while said.status() != "ok" {
            assert!(!patience.is_over(), "{}", said.0);
            std::thread::sleep(Duration::from_millis(100));
            said = self.said(flags, check);
        }
    }

    /// Has /sys show the interfaces of the test's network namespace, as the machine's own shows the machine's.
    pub(super) fn see_own_interfaces(&self) {
        let own = self.daemon.scratch().folder("sys");
        mount("sysfs", &own, "sysfs", MountFlags::empty(), None).unwrap();
        for folder in ["class/net", "devices/virtual/net"] {
            mount_bind(own.join(folder), Path::new("/sys").join(folder)).unwrap();
        }
    }

    /// Does the host's own network masquerade? Where iptables does not work, it does not.
    pub(super) fn masquerades(&self) -> bool {
        self.own_network().contains("\"ipMasq\": true")
    }

    /// The text of the host's own conflist.
    pub(super) fn own_network(&self) -> String {
        std::fs::read_to_string(self.daemon.netconf().join("10-hcn-test.conflist")).unwrap()
    }

    /// A network that comes before the host's own: a text like that one's.
    pub(super) fn first_network(&self, text: &str) {
        self.daemon.scratch().file("net.d/00-first.conflist", text);
    }

    /// A folder with all plugins but one.
    pub(super) fn plugins_without(&self, missing: &str) -> PathBuf {
        let folder = self.daemon.scratch().folder("plugins");
        for name in ["bridge", "host-local", "portmap"].into_iter().filter(|name| *name != missing) {
            if let Some(file) = tools::find_plugin(name) {
                std::os::unix::fs::symlink(file, folder.join(name)).unwrap();
            }
        }
        folder
    }
}

//! Installing what is missing, by the host's own package manager.

use crate::doctor::check::Fix;
use crate::doctor::facts::Facts;

/// A package under the names that distributions give it.
pub(super) struct Package {
    /// Of Debian, Ubuntu, Fedora and their like.
    name: &'static str,
    /// Of Alpine, Arch and SUSE.
    other: &'static str,
}

pub(super) const CONTAINERD: Package = Package { name: "containerd", other: "containerd" };
pub(super) const RUNC: Package = Package { name: "runc", other: "runc" };
pub(super) const IPTABLES: Package = Package { name: "iptables", other: "iptables" };
pub(super) const CNI_PLUGINS: Package = Package { name: "containernetworking-plugins", other: "cni-plugins" };

/// The command of the manager that is there, else the advice.
pub(super) fn install(facts: &Facts<'_>, package: &Package, advice: &str) -> Fix {
    let Package { name, other } = package;
    let managers = [
        ("apt-get", format!("apt-get install -y {name}")),
        ("dnf", format!("dnf install -y {name}")),
        ("apk", format!("apk add {other}")),
        ("pacman", format!("pacman -S --noconfirm {other}")),
        ("zypper", format!("zypper install -y {other}")),
    ];
    let folders = facts.host.path();
    let mut found =
        managers.into_iter().filter(|(manager, _)| facts.host.program(manager, &folders).is_some());
    found.next().map_or_else(|| Fix::advice(advice), |(_, command)| Fix::command(command))
}

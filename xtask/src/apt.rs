//! Debian's packages: which are needed, unpacking some, installing others. The command is always printed
//! before it runs; where it cannot run, it is what the user is told to type.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{home, process, say};

/// The command that would install the packages.
pub(crate) fn install_command(packages: &[&str]) -> String {
    format!("apt-get install --no-install-recommends --no-remove {}", packages.join(" "))
}

/// Whether packages can be brought: Debian's tools, root, and a mirror that answers.
pub(crate) fn usable() -> bool {
    home::is_root() && process::answers(Command::new("apt-get").arg("--version"))
}

/// Installs compilers, Wine and shared libraries.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    with_lists(packages, || {
        let words = ["install", "-y", "--no-install-recommends", "--no-remove"];
        process::run(
            Command::new("apt-get").args(words).args(packages).env("DEBIAN_FRONTEND", "noninteractive"),
        )
    })
}

/// Downloads the packages with what they depend on and this machine lacks, and unpacks them into
/// `root`; nothing is installed.
pub(crate) fn unpack(packages: &[&str], downloads: &Path, root: &Path) -> Result<()> {
    std::fs::create_dir_all(downloads).with_context(|| format!("cannot make {}", downloads.display()))?;
    with_lists(packages, || {
        let closure = closure(packages);
        // As root apt would hand the download to its own user, who may not write here.
        let plain = ["-o", "APT::Sandbox::User=root", "download"];
        process::run(Command::new("apt-get").args(plain).args(closure).current_dir(downloads))
    })?;
    for file in std::fs::read_dir(downloads).context("cannot list the packages")?.flatten() {
        process::capture(Command::new("dpkg").arg("-x").arg(file.path()).arg(root))?;
    }
    Ok(())
}

/// Fetches the package lists where they name no such package, and again where they were too old.
fn with_lists(packages: &[&str], work: impl Fn() -> Result<()>) -> Result<()> {
    if !packages.iter().all(|package| is_known(package)) {
        update()?;
        return work();
    }
    work().or_else(|why| {
        if process::interrupted() {
            return Err(why);
        }
        say::note("the package lists may be too old");
        update()?;
        work()
    })
}

fn update() -> Result<()> {
    process::run(Command::new("apt-get").arg("update"))
}

fn is_known(package: &str) -> bool {
    process::answers(Command::new("apt-cache").args(["show", "--quiet", package]))
}

/// The packages that an installation would bring; where apt finds none that fits, those alone.
fn closure(packages: &[&str]) -> Vec<String> {
    let words = ["-s", "install", "--no-install-recommends", "--no-remove", "--reinstall"];
    let simulated = process::capture(Command::new("apt-get").args(words).args(packages));
    let brought = simulated.map(|text| installed_by(&text)).unwrap_or_default();
    if brought.is_empty() { packages.iter().map(|&package| package.to_owned()).collect() } else { brought }
}

/// `Inst NAME (VERSION …)`, one line a package.
fn installed_by(simulation: &str) -> Vec<String> {
    let lines = simulation.lines().filter_map(|line| line.strip_prefix("Inst "));
    lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulation_tells_what_would_come() {
        let text =
            "Reading…\nInst runc (1.1.5 Debian:12 [amd64])\nInst iptables [1] (2 x)\nConf runc (1.1.5)\n";
        assert_eq!(installed_by(text), ["runc", "iptables"]);
    }
}

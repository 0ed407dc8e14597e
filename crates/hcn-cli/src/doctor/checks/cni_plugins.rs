//! Are the network's plugins there, and programs of this machine?

use std::collections::BTreeSet;
use std::path::Path;

use hcn_cni::Conflist;

use super::{ipam, package};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::cni::Binary;
use crate::doctor::shell;
use crate::os::Os;

pub(super) struct Plugins;

impl Check for Plugins {
    fn about(&self) -> About {
        About {
            id: "cni.plugins",
            title: "the network's plugins are there and can be run here",
            why: "each plugin of the configuration is a program of that name in one of the plugin folders; one that is \
                  missing, or of another processor, fails every container",
            fix: "installs them, or makes them programs",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        match facts.cni.network() {
            Err(absent) => vec![absent.into()],
            Ok(network) => kinds(&network).iter().map(|kind| judged(facts, kind)).collect(),
        }
    }
}

/// The plugins, and those that they start for addresses.
fn kinds(network: &Conflist) -> BTreeSet<String> {
    let own = network.plugins().iter().map(|plugin| plugin.kind().to_owned());
    own.chain(network.plugins().iter().filter_map(ipam::kind)).collect()
}

fn judged(facts: &Facts<'_>, kind: &str) -> Finding {
    let Some(binary) = facts.cni.plugin(kind) else {
        let folders = facts.cni.plugin_folders().iter().map(|folder| folder.display().to_string());
        let folders: Vec<_> = folders.collect();
        let seen = format!("there is no plugin {kind} in {}", folders.join(", "));
        return match facts.cni.plugin_elsewhere(kind) {
            Some(file) => {
                Finding::failure(format!("{seen}, but {} is one", file.display()), brought(facts, &file))
            }
            None => Finding::failure(seen, install(facts)),
        };
    };
    let file = binary.file.display();
    let here = format!("{} on {}", facts.os, facts.host.architecture());
    match target(&binary) {
        _ if !binary.is_executable => {
            let fix = format!("chmod a+rx {}", shell::path(facts.os, &binary.file));
            Finding::failure(format!("{file} may not be run"), Fix::command(fix))
        }
        Some((os, machine)) if os != facts.os || !runs(machine, facts.host.architecture()) => {
            Finding::failure(
                format!("{file} is a program for {os} on {machine}, and this is {here}"),
                install(facts),
            )
        }
        _ => Finding::ok(format!("{kind} is {file}")),
    }
}

/// A processor's own programs, and those of its forerunner.
fn runs(machine: &str, here: &str) -> bool {
    machine == here || (machine, here) == ("x86", "x86_64")
}

/// From another folder into the first of ours.
fn brought(facts: &Facts<'_>, file: &Path) -> Fix {
    let Some(folder) = facts.cni.plugin_folders().first() else { return install(facts) };
    let [file, folder] = [file, folder].map(|path| shell::path(facts.os, path));
    Fix::command(match facts.os {
        Os::Linux => format!("mkdir -p {folder} && ln -s {file} {folder}/"),
        Os::Windows => {
            format!(
                "New-Item -ItemType Directory -Force {folder}\nCopy-Item -LiteralPath {file} -Destination {folder}"
            )
        }
    })
}

fn install(facts: &Facts<'_>) -> Fix {
    match facts.os {
        Os::Linux => {
            let advice = "install the CNI plugins, or name their folder with --cni-path or CNI_PATH";
            package::install(facts, &package::CNI_PLUGINS, advice)
        }
        Os::Windows => Fix::advice(
            "unpack the plugins of microsoft/windows-container-networking into the folder, or name another with \
             --cni-path or CNI_PATH",
        ),
    }
}

/// The system and the processor that a program is for; `None` for a script, and for what is not known.
fn target(binary: &Binary) -> Option<(Os, &'static str)> {
    let word = |at: usize| Some(u16::from_le_bytes(binary.front.get(at..at + 2)?.try_into().ok()?));
    if binary.front.starts_with(b"\x7fELF") {
        let machine = match word(18)? {
            0x03 => "x86",
            0x28 => "arm",
            0x3e => "x86_64",
            0xb7 => "aarch64",
            0xf3 => "riscv64",
            _ => return None,
        };
        return Some((Os::Linux, machine));
    }
    if !binary.front.starts_with(b"MZ") {
        return None;
    }
    let header = usize::from(word(0x3c)?);
    let machine = match (binary.front.get(header..header + 4)? == b"PE\0\0").then(|| word(header + 4))?? {
        0x014c => "x86",
        0x8664 => "x86_64",
        0xaa64 => "aarch64",
        _ => return None,
    };
    Some((Os::Windows, machine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    fn binary(front: &[u8], is_executable: bool) -> Binary {
        Binary { file: "/opt/cni/bin/bridge".into(), front: front.to_vec(), is_executable }
    }

    fn with(bridge: Binary) -> String {
        let mut host = Recorded::healthy();
        host.binaries.insert("bridge", bridge);
        host.tell(&Plugins).lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_plugin_is_told_with_its_file_that_for_addresses_too() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Plugins), @r"
        ok: bridge is /opt/cni/bin/bridge
        ok: host-local is /opt/cni/bin/host-local
        ");
        assert_eq!(with(binary(b"#!/bin/sh\n", true)), "ok: bridge is /opt/cni/bin/bridge");
    }

    #[test]
    fn one_that_is_missing_is_named() {
        let mut host = Recorded::healthy();
        host.binaries.remove("host-local");
        let last = |host: &Recorded| host.tell(&Plugins).lines().skip(1).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(last(&host), @r#"
        failure: there is no plugin host-local in /opt/cni/bin
          Command("apt-get install -y containernetworking-plugins")
        "#);
        host.plugins_elsewhere.insert("host-local", "/usr/lib/cni/host-local");
        insta::assert_snapshot!(last(&host), @r#"
        failure: there is no plugin host-local in /opt/cni/bin, but /usr/lib/cni/host-local is one
          Command("mkdir -p /opt/cni/bin && ln -s /usr/lib/cni/host-local /opt/cni/bin/")
        "#);
        host.os = Os::Windows;
        insta::assert_snapshot!(last(&host), @r#"
          Advice("unpack the plugins of microsoft/windows-container-networking into the folder, or name another with --cni-path or CNI_PATH")
        failure: there is no plugin host-local in /opt/cni/bin, but /usr/lib/cni/host-local is one
          Command("New-Item -ItemType Directory -Force /opt/cni/bin\nCopy-Item -LiteralPath /usr/lib/cni/host-local -Destination /opt/cni/bin")
        "#);
    }

    #[test]
    fn one_of_another_machine_or_system_is_told_from_one_that_may_not_be_run() {
        let mut arm = crate::doctor::facts::recorded::ELF.to_vec();
        arm[18] = 0xb7;
        let mut windows = b"MZ".to_vec();
        windows.resize(0x40, 0);
        windows[0x3c] = 0x40;
        windows.extend(b"PE\0\0\x64\x86");
        let told = [with(binary(&arm, true)), with(binary(&windows, true)), with(binary(&arm, false))];
        insta::assert_snapshot!(told.join("\n"), @r"
        failure: /opt/cni/bin/bridge is a program for Linux on aarch64, and this is Linux on x86_64
        failure: /opt/cni/bin/bridge is a program for Windows on x86_64, and this is Linux on x86_64
        failure: /opt/cni/bin/bridge may not be run
        ");
    }

    #[test]
    fn cut_programs_are_of_no_known_machine() {
        for front in [&b""[..], b"MZ", b"\x7fELF", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xff\xff"] {
            assert_eq!(target(&binary(front, true)), None);
        }
    }

    #[test]
    fn without_a_network_it_is_skipped() {
        let none = Recorded { configurations: Ok(Vec::new()), ..Recorded::healthy() };
        insta::assert_snapshot!(none.tell(&Plugins), @"skipped: there is no usable network configuration");
    }
}

//! Which network configuration wins, and what looks like one and is none?

use std::path::Path;

use hcn::NetworkKind;
use serde_json::json;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Facts, cni};
use crate::doctor::shell;
use crate::os::Os;

pub(super) struct Configuration;

impl Check for Configuration {
    fn about(&self) -> About {
        About {
            id: "cni.configuration",
            title: "there is a network configuration, and it can be used",
            why: "the first file by name decides which network a container gets; without one, or with a first one that \
                  is broken, no container gets a network",
            fix: "writes a first conflist, moves one that lies elsewhere, or sets the broken one aside",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let all = match facts.cni.configurations() {
            Err(absent) => return vec![absent.into()],
            Ok(all) => all,
        };
        let near = facts.cni.other_files().into_iter().filter_map(|file| near_miss(facts.os, &file));
        let Some((first, others)) = all.split_first() else {
            return std::iter::once(nothing(facts)).chain(near).collect();
        };
        let judged = match &first.list {
            Ok(list) => Finding::ok(format!(
                "{} decides: network {}{}",
                first.file.display(),
                list.name(),
                unused(others.len())
            )),
            Err(why) => Finding::failure(why.clone(), aside(facts.os, &first.file)),
        };
        let unusable = others.iter().filter_map(|other| unusable(facts.os, other));
        std::iter::once(judged).chain(unusable).chain(near).collect()
    }
}

fn unused(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => "; it is the first by name, and one more is not used".to_owned(),
        more => format!("; it is the first by name, and {more} more are not used"),
    }
}

/// A file behind the first one is in the way too: who looks for a network by its name reads all, and ends at this one.
fn unusable(os: Os, other: &cni::Configuration) -> Option<Finding> {
    let why = other.list.as_ref().err()?;
    Some(Finding::warning(why.clone(), aside(os, &other.file)))
}

/// A name that nobody reads, close to one that would be read.
fn near_miss(os: Os, file: &Path) -> Option<Finding> {
    let name = file.file_name()?.to_str()?;
    // Of the same length as the name itself.
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".broken") || lower.ends_with(".off") {
        // Put aside on purpose, as this check and that of subnets offer it.
        return None;
    }
    let ending = [".conflist", ".json", ".conf"].into_iter().find(|ending| lower.contains(ending));
    let is_yaml = lower.ends_with(".yaml") || lower.ends_with(".yml");
    let seen =
        format!("{} is not read: its name ends neither in .conflist nor in .conf or .json", file.display());
    match ending {
        Some(ending) => {
            let right = format!("{}{ending}", &name[..lower.find(ending)?]);
            Some(Finding::warning(seen, renamed(os, file, &file.with_file_name(right))))
        }
        None if is_yaml => {
            Some(Finding::warning(seen, Fix::advice("write it as JSON, in a file named .conflist")))
        }
        None => None,
    }
}

fn renamed(os: Os, from: &Path, to: &Path) -> Fix {
    let (from, to) = (shell::path(os, from), shell::path(os, to));
    Fix::command(match os {
        Os::Linux => format!("mv -n -- {from} {to}"),
        Os::Windows => format!("Move-Item -LiteralPath {from} -Destination {to}"),
    })
}

fn aside(os: Os, file: &Path) -> Fix {
    let mut other = file.as_os_str().to_owned();
    other.push(".broken");
    renamed(os, file, Path::new(&other))
}

fn nothing(facts: &Facts<'_>) -> Finding {
    let folder = facts.cni.folder();
    let seen = format!("{} holds no network configuration", folder.display());
    if let Some(file) = facts.cni.elsewhere().first() {
        let seen = format!("{seen}, but {} is one", file.display());
        return Finding::failure(seen, elsewhere(facts.os, file));
    }
    Finding::failure(seen, first(facts, folder))
}

fn elsewhere(os: Os, file: &Path) -> Fix {
    let folder = shell::path(os, file.parent().unwrap_or(file));
    Fix::command(match os {
        Os::Linux => format!("export NETCONFPATH={folder}"),
        Os::Windows => format!("$env:NETCONFPATH = {folder}"),
    })
}

fn first(facts: &Facts<'_>, folder: &Path) -> Fix {
    let (os, file) = (facts.os, folder.join("10-hcn.conflist"));
    let (to, folder) = (shell::path(os, &file), shell::path(os, folder));
    match (os, nat(facts)) {
        (Os::Linux, _) => Fix::command(format!("mkdir -p {folder} && cat > {to} <<'END'\n{BRIDGE}\nEND")),
        (Os::Windows, Some(list)) => Fix::command(format!(
            "New-Item -ItemType Directory -Force -Path {folder}\n{}",
            shell::written(&file, &list)
        )),
        (Os::Windows, None) => Fix::advice(format!(
            "`hcn run` needs none: it makes a NAT network by itself. For ctr, make one with `hcn network create nat --type \
             NAT`, and ask again for a conflist in {folder}"
        )),
    }
}

/// On Windows subnet and gateway are not ours to choose: they are those of the network, which the plugin finds by its name.
/// The rest is as containerd's own installation writes it.
fn nat(facts: &Facts<'_>) -> Option<String> {
    let networks = facts.hns.networks().ok()?;
    let nat = networks.iter().filter(|network| network.kind() == NetworkKind::Nat);
    let mut whole = nat.filter_map(|network| Some((network.name.as_deref()?, network.subnets().next()?)));
    let (name, subnet) = whole.find(|(_, subnet)| subnet.gateway().is_some())?;
    let list = json!({
        "cniVersion": "1.0.0",
        "name": name,
        "plugins": [{
            "type": "nat",
            "master": "Ethernet",
            "capabilities": { "portMappings": true, "dns": true },
            "ipam": { "subnet": subnet.ip_address_prefix, "routes": [{ "GW": subnet.gateway() }] },
        }],
    });
    Some(format!("{list:#}"))
}

/// What most hosts need: a bridge, addresses, masquerading, and published ports.
const BRIDGE: &str = r#"{
  "cniVersion": "1.0.0",
  "name": "hcn",
  "plugins": [
    {
      "type": "bridge", "bridge": "hcn0", "isGateway": true, "ipMasq": true,
      "ipam": {
        "type": "host-local",
        "ranges": [[{ "subnet": "10.201.0.0/24" }]],
        "routes": [{ "dst": "0.0.0.0/0" }]
      }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}"#;

#[cfg(test)]
mod tests {
    use hcn::{Network, Subnet};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::{self, Recorded};

    #[test]
    fn the_file_that_decides_is_named_and_those_that_do_not_are_counted() {
        let mut host = Recorded::healthy();
        insta::assert_snapshot!(host.tell(&Configuration), @"ok: /etc/cni/net.d/10-lab.conflist decides: network lab");
        host.configurations.as_mut().unwrap().push(recorded::configuration("20-x.conflist", recorded::LAB));
        insta::assert_snapshot!(host.tell(&Configuration), @"ok: /etc/cni/net.d/10-lab.conflist decides: network lab; it is the first by name, and one more is not used");
    }

    #[test]
    fn a_broken_first_file_is_set_aside() {
        let broken = Err("cannot use the network configuration /x: it is no JSON".to_owned());
        let file = "/etc/cni/net.d/00-x.conf".into();
        let host = Recorded {
            configurations: Ok(vec![crate::doctor::facts::cni::Configuration {
                file,
                text: String::new(),
                list: broken,
            }]),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(host.tell(&Configuration), @r#"
        failure: cannot use the network configuration /x: it is no JSON
          Command("mv -n -- /etc/cni/net.d/00-x.conf /etc/cni/net.d/00-x.conf.broken")
        "#);
    }

    #[test]
    fn a_broken_file_behind_the_first_one_is_warned_of() {
        let mut host = Recorded::healthy();
        host.configurations.as_mut().unwrap().push(recorded::configuration("20-x.conflist", "{}"));
        let told = host.tell(&Configuration);
        assert!(told.contains("\nwarning: ") && told.contains("20-x.conflist.broken"), "{told}");
    }

    #[test]
    fn names_that_are_nearly_right_are_put_right() {
        let other_files = ["10-a.conflist.txt", "b.CONF", "c.yaml", "readme"];
        let host = Recorded {
            configurations: Ok(Vec::new()),
            other_files: other_files.map(|name| Path::new("/etc/cni/net.d").join(name)).into(),
            elsewhere: vec!["/etc/containerd/cni/x.conf".into()],
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(host.tell(&Configuration), @r#"
        failure: /etc/cni/net.d holds no network configuration, but /etc/containerd/cni/x.conf is one
          Command("export NETCONFPATH=/etc/containerd/cni")
        warning: /etc/cni/net.d/10-a.conflist.txt is not read: its name ends neither in .conflist nor in .conf or .json
          Command("mv -n -- /etc/cni/net.d/10-a.conflist.txt /etc/cni/net.d/10-a.conflist")
        warning: /etc/cni/net.d/b.CONF is not read: its name ends neither in .conflist nor in .conf or .json
          Command("mv -n -- /etc/cni/net.d/b.CONF /etc/cni/net.d/b.conf")
        warning: /etc/cni/net.d/c.yaml is not read: its name ends neither in .conflist nor in .conf or .json
          Advice("write it as JSON, in a file named .conflist")
        "#);
    }

    #[test]
    fn without_any_file_a_first_one_is_written_that_can_be_used() {
        let host = Recorded { configurations: Ok(Vec::new()), ..Recorded::healthy() };
        let told = host.tell(&Configuration);
        assert!(told.starts_with("failure: /etc/cni/net.d holds no network configuration\n"), "{told}");
        assert!(
            told.contains("mkdir -p /etc/cni/net.d && cat > /etc/cni/net.d/10-hcn.conflist <<'END'"),
            "{told}"
        );
        assert!(recorded::configuration("10-hcn.conflist", BRIDGE).list.is_ok());
        let windows = Recorded { os: Os::Windows, ..host };
        assert!(windows.tell(&Configuration).contains("`hcn network create nat --type NAT`"));
    }

    #[test]
    fn on_windows_the_first_one_is_that_of_the_network_that_is_there() {
        let subnet = Subnet::new("172.20.0.0/16").with_gateway("172.20.0.1");
        let network = Network::new(NetworkKind::Nat, "nat").with_subnet(subnet);
        let configurations = Ok(Vec::new());
        let host =
            Recorded { os: Os::Windows, networks: Ok(vec![network]), configurations, ..Recorded::healthy() };
        let told = host.tell(&Configuration);
        assert!(told.contains("New-Item -ItemType Directory -Force -Path /etc/cni/net.d"), "{told}");
        assert!(recorded::configuration("10-hcn.conflist", &nat(&host.facts()).unwrap()).list.is_ok());
        let written = Ok(vec![recorded::configuration("10-hcn.conflist", &nat(&host.facts()).unwrap())]);
        let mended = Recorded { configurations: written, ..host };
        assert_eq!(
            mended.tell(&super::super::cni_host_network::HostNetwork),
            "ok: network nat is the same in both\n"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_skipped() {
        let host = Recorded {
            configurations: Err(Absent::Denied("permission denied".into())),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(host.tell(&Configuration), @"skipped: permission denied");
    }
}

//! By which names a container finds others: the text of its resolv.conf and its hosts file (Linux).

use std::net::IpAddr;

use hcn_cni::{CniResult, Dns};
use serde::{Deserialize, Serialize};

use super::plan::Names;

/// What a resolv.conf says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resolver {
    /// The name servers.
    pub servers: Vec<String>,
    /// The domains that short names are looked up in.
    pub search: Vec<String>,
    /// Options of the resolver.
    pub options: Vec<String>,
}

impl Resolver {
    /// Read a resolv.conf; as the C library does it, the last `search` or `domain` counts.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let keyword = words.next().unwrap_or_default();
            let rest = words.map(str::to_owned);
            match keyword {
                "nameserver" => read.servers.extend(rest.take(1)),
                "search" => read.search = rest.collect(),
                "domain" => read.search = rest.take(1).collect(),
                "options" => read.options.extend(rest),
                _ => {}
            }
        }
        read
    }

    /// What an attachment says.
    fn of(dns: &Dns) -> Self {
        let search = dns.search.clone().filter(|search| !search.is_empty());
        Self {
            servers: dns.nameservers.clone().unwrap_or_default(),
            search: search.or_else(|| dns.domain.clone().map(|domain| vec![domain])).unwrap_or_default(),
            options: dns.options.clone().unwrap_or_default(),
        }
    }

    /// Without the servers on the host's own loopback: a container has another one.
    #[must_use]
    pub fn reachable(mut self) -> Self {
        let is_loopback = |server: &str| {
            let address = server.split('%').next().unwrap_or_default().parse::<IpAddr>();
            address.is_ok_and(|address| address.is_loopback())
        };
        self.servers.retain(|server| !is_loopback(server));
        self
    }

    /// This, and the other where this says nothing.
    fn or(self, other: &Self) -> Self {
        let either =
            |this: Vec<String>, other: &[String]| if this.is_empty() { other.to_vec() } else { this };
        Self {
            servers: either(self.servers, &other.servers),
            search: either(self.search, &other.search),
            options: either(self.options, &other.options),
        }
    }

    fn text(&self) -> String {
        let mut text: String = self.servers.iter().map(|server| format!("nameserver {server}\n")).collect();
        for (keyword, words) in [("search", &self.search), ("options", &self.options)] {
            if !words.is_empty() {
                text.push_str(&format!("{keyword} {}\n", words.join(" ")));
            }
        }
        text
    }
}

/// The resolv.conf: what was asked for, else what the attachment says, else what the host has.
pub(super) fn resolv_text(names: &Names, attachment: Option<&CniResult>) -> String {
    let asked =
        Resolver { servers: names.dns.iter().map(IpAddr::to_string).collect(), ..Resolver::default() };
    let attached = attachment.and_then(CniResult::dns).map(Resolver::of).unwrap_or_default();
    asked.or(&attached).or(&names.host).text()
}

/// The hosts file: the loopback, the container's own addresses, and the lines asked for.
pub(super) fn hosts_text(names: &Names, attachment: Option<&CniResult>) -> String {
    let mut text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n".to_owned();
    for address in attachment.map(addresses).unwrap_or_default() {
        text.push_str(&format!("{address}\t{}\n", names.hostname));
    }
    for (name, address) in &names.more_hosts {
        text.push_str(&format!("{address}\t{name}\n"));
    }
    text
}

/// The container's own; a result may name addresses of the host as well.
fn addresses(result: &CniResult) -> Vec<IpAddr> {
    let is_own = |ip: &&hcn_cni::Ip| {
        result
            .interface_of(ip)
            .is_none_or(|interface| interface.sandbox.as_ref().is_some_and(|s| !s.is_empty()))
    };
    result.ips().iter().filter(is_own).filter_map(|ip| Some(ip.address?.addr())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let host = Resolver::parse("# host\nnameserver 192.0.2.1\nsearch a b\ndomain c\noptions ndots:2\n");
        Names { hostname: "lab".into(), host, hosts: true, resolv: true, ..Names::default() }
    }

    fn result(text: &str) -> CniResult {
        CniResult::parse(text, "1.0.0".parse().unwrap()).unwrap()
    }

    const ATTACHED: &str = r#"{"cniVersion":"1.0.0","interfaces":[{"name":"br","sandbox":""},{"name":"eth0","sandbox":"/run/netns/x"}],
        "ips":[{"address":"10.1.0.1/24","interface":0},{"address":"10.1.0.5/24","interface":1},{"address":"fd00::5/64","interface":1}],
        "dns":{"nameservers":["10.1.0.53"],"domain":"lab.test","options":["rotate"]}}"#;

    #[test]
    fn the_attachment_s_name_servers_win_over_the_host_s() {
        let attached = result(ATTACHED);
        insta::assert_snapshot!(resolv_text(&names(), Some(&attached)), @r"
        nameserver 10.1.0.53
        search lab.test
        options rotate
        ");
    }

    #[test]
    fn name_servers_asked_for_win_over_both() {
        let names = Names { dns: vec!["1.1.1.1".parse().unwrap(), "::2".parse().unwrap()], ..names() };
        insta::assert_snapshot!(resolv_text(&names, None), @r"
        nameserver 1.1.1.1
        nameserver ::2
        search c
        options ndots:2
        ");
    }

    #[test]
    fn the_host_s_loopback_is_not_the_container_s() {
        let host =
            Resolver::parse("nameserver 127.0.0.53\nnameserver ::1\nnameserver 192.0.2.9\n").reachable();
        assert_eq!(host.servers, ["192.0.2.9"]);
    }

    #[test]
    fn the_hosts_file_names_the_container_s_own_addresses() {
        let names = Names { more_hosts: vec![("db".into(), "192.0.2.7".parse().unwrap())], ..names() };
        insta::assert_snapshot!(hosts_text(&names, Some(&result(ATTACHED))), @"
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        10.1.0.5	lab
        fd00::5	lab
        192.0.2.7	db
        ");
    }
}

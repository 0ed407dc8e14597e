//! Values of flags that become parts of documents.

use std::net::IpAddr;

use hcn::{Dns, Policy, PolicyOwner, Route};
use ipnet::IpNet;

/// A policy as JSON: `{"Type":"VLAN","Settings":{"IsolationId":5}}`.
pub(in crate::command) fn policy<On: PolicyOwner>(text: &str) -> Result<Policy<On>, String> {
    let read: Result<Policy<On>, _> = serde_json::from_str(text);
    let fix = r#"write {"Type":"NAME","Settings":{…}}"#;
    match read {
        Ok(policy) if policy.kind.is_some() => Ok(policy),
        Ok(_) => Err(format!("it has no Type; {fix}")),
        Err(why) => Err(format!("{why}; {fix}")),
    }
}

/// The value of this name, in any case and with or without its dashes.
pub(in crate::command) fn one_of<T: Clone>(
    known: &[(&'static str, u32, T)],
    text: &str,
) -> Result<T, String> {
    let plain = |text: &str| text.replace('-', "").to_ascii_lowercase();
    match known.iter().find(|(name, _, _)| plain(name) == plain(text)) {
        Some((_, _, value)) => Ok(value.clone()),
        None => {
            let names: Vec<_> = known.iter().map(|(name, _, _)| name.to_string()).collect();
            Err(format!("there is no such type; choose {}", names.join(", ")))
        }
    }
}

/// A subnet: its address and how many bits of it all its hosts share.
pub(in crate::command) fn prefix(text: &str) -> Result<IpNet, String> {
    text.parse().map_err(|_| match text.split_once('/') {
        Some((address, _)) if address.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4()) => {
            "behind the slash stands no number up to 32; write a subnet as 10.1.0.0/24".to_owned()
        }
        Some((address, _)) if address.parse::<IpAddr>().is_ok() => {
            "behind the slash stands no number up to 128; write a subnet as fd00:1::/64".to_owned()
        }
        _ => "it is no subnet; write one as 10.1.0.0/24".to_owned(),
    })
}

/// An IP address.
pub(in crate::command) fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "it is no address; write one as 10.1.0.1".to_owned())
}

/// A MAC address as the service spells it, from any of the usual spellings.
pub(in crate::command) fn mac(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split(['-', ':']).collect();
    let is_byte = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match parts.len() == 6 && parts.iter().all(is_byte) {
        true => Ok(parts.join("-").to_ascii_uppercase()),
        false => Err("it is no MAC address; write one as 00-15-5D-52-C0-00".to_owned()),
    }
}

/// A port of the host that leads to a port of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// TCP is 6, UDP 17.
    pub(in crate::command) protocol: u32,
    /// The container's.
    pub(in crate::command) internal: u16,
    /// The host's.
    pub(in crate::command) external: u16,
}

/// `HOST:CONTAINER`, `/tcp` or `/udp` behind it.
pub(in crate::command) fn published(text: &str) -> Result<Published, String> {
    let wrong = || "it is no pair of ports; write HOST:CONTAINER, as in 8080:80 or 53:53/udp".to_owned();
    let (ports, protocol) = match text.rsplit_once('/') {
        None => (text, 6),
        Some((ports, "tcp")) => (ports, 6),
        Some((ports, "udp")) => (ports, 17),
        Some(_) => return Err(wrong()),
    };
    let (external, internal) = ports.split_once(':').ok_or_else(wrong)?;
    let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port != 0).ok_or_else(wrong);
    Ok(Published { protocol, internal: port(internal)?, external: port(external)? })
}

/// Name resolution; nothing where nothing was asked.
pub(in crate::command) fn dns(
    servers: &[IpAddr],
    domain: Option<String>,
    search: Vec<String>,
) -> Option<Dns> {
    let servers: Vec<String> = servers.iter().map(IpAddr::to_string).collect();
    let dns = Dns {
        domain,
        search: Some(search).filter(|search| !search.is_empty()),
        server_list: Some(servers).filter(|servers| !servers.is_empty()),
        ..Dns::default()
    };
    Some(dns).filter(|dns| *dns != Dns::default())
}

/// The route to everywhere through this gateway.
pub(in crate::command) fn default_route(gateway: IpAddr) -> Route {
    let everywhere = if gateway.is_ipv4() { "0.0.0.0/0" } else { "::/0" };
    Route { destination_prefix: Some(everywhere.to_owned()), ..Route::default_through(gateway.to_string()) }
}

#[cfg(test)]
mod tests {
    use hcn::{NamespaceKind, OnSubnet};

    use super::*;

    #[test]
    fn a_subnet_or_address_that_is_none_is_refused_with_one_that_is() {
        assert_eq!(prefix("10.99.0.0/24").unwrap().to_string(), "10.99.0.0/24");
        let refused =
            ["10.99.0.0/99", "fd00::/129", "10.99.0.0", "lab/24"].map(|text| prefix(text).unwrap_err());
        insta::assert_snapshot!(refused.join("\n"), @r"
        behind the slash stands no number up to 32; write a subnet as 10.1.0.0/24
        behind the slash stands no number up to 128; write a subnet as fd00:1::/64
        it is no subnet; write one as 10.1.0.0/24
        it is no subnet; write one as 10.1.0.0/24
        ");
        assert_eq!(address("10.1.0").unwrap_err(), "it is no address; write one as 10.1.0.1");
    }

    #[test]
    fn a_mac_address_is_taken_in_the_usual_spellings() {
        for text in ["00-15-5d-0a-0B-0c", "00:15:5D:0A:0B:0C"] {
            assert_eq!(mac(text).as_deref(), Ok("00-15-5D-0A-0B-0C"));
        }
        for text in ["", "00155d0a0b0c", "00-15-5d-0a-0b", "00-15-5d-0a-0b-0g", "0-15-5d-0a-0b-0c-1"] {
            assert!(mac(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ports_are_host_then_container() {
        assert_eq!(published("8080:80"), Ok(Published { protocol: 6, internal: 80, external: 8080 }));
        assert_eq!(published("53:54/udp"), Ok(Published { protocol: 17, internal: 54, external: 53 }));
        for text in ["", "80", "0:80", "80:65536", "80:80/sctp", "80:80/", ":"] {
            assert!(published(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_type_is_found_in_any_case() {
        for text in ["HostDefault", "host-default", "HOSTDEFAULT"] {
            assert_eq!(one_of(NamespaceKind::KNOWN, text), Ok(NamespaceKind::HostDefault));
        }
        insta::assert_snapshot!(one_of(NamespaceKind::KNOWN, "x").unwrap_err(), @"there is no such type; choose Host, HostDefault, Guest, GuestDefault");
    }

    #[test]
    fn a_policy_needs_a_type() {
        assert_eq!(
            policy::<OnSubnet>(r#"{"type":"vlan"}"#).map(|policy| policy.kind().to_owned()),
            Ok("VLAN".into())
        );
        assert!(policy::<OnSubnet>("{}").is_err() && policy::<OnSubnet>("[").is_err());
    }
}

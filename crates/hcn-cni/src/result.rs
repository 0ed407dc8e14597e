//! What a plugin answers to ADD: every version of the result, read into one model.
//!
//! The model has the shape of version 1.1. Results up to 0.2.0 (`ip4`, `ip6`) are lifted into it; `convert.rs` writes
//! it in the shape of any version. What the plugin printed is kept beside it and is what the next plugin gets.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::object::Object;
use crate::record::record;
use crate::version::Version;

/// The result of an ADD.
#[derive(Clone, Debug)]
pub struct CniResult {
    pub(crate) version: Version,
    pub(crate) raw: Box<RawValue>,
    pub(crate) body: Body,
}

record! {
    /// The members of a result, in the shape of version 1.1.
    pub(crate) struct Body {
        /// The interfaces that the plugins made, on the host and in the container.
        interfaces: Vec<Interface> = "interfaces",
        /// The container's addresses.
        ips: Vec<Ip> = "ips",
        /// The container's routes.
        routes: Vec<Route> = "routes",
        /// How the container resolves names.
        dns: Dns = "dns",
    }
}

record! {
    /// A network interface of a result.
    pub struct Interface {
        /// Its name.
        name: String = "name",
        /// Its hardware address.
        mac: String = "mac",
        /// Its MTU in bytes (since 1.1).
        mtu: i64 = "mtu",
        /// The namespace it is in, as CNI_NETNS; absent or empty on the host.
        sandbox: String = "sandbox",
        /// A socket that stands for it (since 1.1).
        socket_path: String = "socketPath",
        /// The PCI device behind it (since 1.1).
        pci_id: String = "pciID",
    }
}

record! {
    /// An address of a result.
    pub struct Ip {
        /// `4` or `6` (up to 0.4.0; later versions leave it out).
        version: String = "version",
        /// The address with the prefix length of its network.
        address: IpNet = "address",
        /// The gateway of that network.
        gateway: IpAddr = "gateway",
        /// Which of the result's interfaces has it, counted from 0; absent when the plugin does not say.
        interface: i64 = "interface",
    }
}

record! {
    /// A route of a result. What 1.1 added (`mtu`, `advmss`, `priority`, `table`, `scope`) is in `extra`.
    pub struct Route {
        /// The destination.
        dst: IpNet = "dst",
        /// The next hop; absent for the gateway of the address.
        gw: IpAddr = "gw",
    }
}

record! {
    /// Name resolution, in a result as in a configuration.
    pub struct Dns {
        /// The servers' addresses.
        nameservers: Vec<String> = "nameservers",
        /// The local domain.
        domain: String = "domain",
        /// The domains searched for short names.
        search: Vec<String> = "search",
        /// Options of the resolver.
        options: Vec<String> = "options",
    }
}

record! {
    /// A result up to version 0.2.0.
    pub(crate) struct Legacy {
        /// The IPv4 address and its routes.
        ip4: LegacyIp = "ip4",
        /// The IPv6 address and its routes.
        ip6: LegacyIp = "ip6",
        /// How the container resolves names.
        dns: Dns = "dns",
    }
}

record! {
    /// One address of a result up to version 0.2.0.
    pub(crate) struct LegacyIp {
        /// The address with the prefix length of its network.
        ip: IpNet = "ip",
        /// The gateway of that network.
        gateway: IpAddr = "gateway",
        /// The routes of this family.
        routes: Vec<Route> = "routes",
    }
}

impl CniResult {
    /// Read a result. One that does not say its version is in `version`, that of the configuration.
    ///
    /// The error says what is wrong, with the path to it.
    pub fn parse(text: &str, version: Version) -> Result<CniResult, String> {
        let object: Object = read(text)?;
        let version = match object.text("cniVersion")?.as_deref() {
            None | Some("") => version,
            Some(own) => own.parse().map_err(|error| format!("{error}"))?,
        };
        let body = match version {
            _ if version >= Version::V2_0 => {
                return Err(format!("version {version} of a result is not known"));
            }
            _ if version >= Version::V0_3 => read(text)?,
            _ => read::<Legacy>(text)?.lift(),
        };
        Ok(CniResult { version, raw: read(text)?, body: body.without_version() })
    }

    /// The version it is written in.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The result as the plugin printed it, byte for byte.
    pub fn raw(&self) -> &RawValue {
        &self.raw
    }

    /// The interfaces that the plugins made, on the host and in the container.
    pub fn interfaces(&self) -> &[Interface] {
        self.body.interfaces.as_deref().unwrap_or_default()
    }

    /// The container's addresses.
    pub fn ips(&self) -> &[Ip] {
        self.body.ips.as_deref().unwrap_or_default()
    }

    /// The container's routes.
    pub fn routes(&self) -> &[Route] {
        self.body.routes.as_deref().unwrap_or_default()
    }

    /// How the container resolves names; `None` when the result says nothing.
    pub fn dns(&self) -> Option<&Dns> {
        self.body.dns.as_ref()
    }

    /// The interface that has an address, where the result says so.
    pub fn interface_of(&self, ip: &Ip) -> Option<&Interface> {
        self.interfaces().get(usize::try_from(ip.interface?).ok()?)
    }
}

impl Body {
    /// `cniVersion` is written anew in each version, so it is no unknown member.
    fn without_version(mut self) -> Body {
        self.extra.remove("cniVersion");
        self
    }
}

impl Legacy {
    /// Each family becomes an entry of `ips`, their routes are collected.
    fn lift(self) -> Body {
        let mut body = Body { dns: self.dns, extra: self.extra, ..Body::default() };
        let (mut ips, mut routes) = (Vec::new(), Vec::new());
        for (family, legacy) in [("4", self.ip4), ("6", self.ip6)] {
            let Some(legacy) = legacy else { continue };
            routes.extend(legacy.routes.unwrap_or_default());
            ips.push(Ip {
                version: Some(family.into()),
                address: legacy.ip,
                gateway: legacy.gateway,
                interface: None,
                extra: legacy.extra,
            });
        }
        body.ips = Some(ips);
        body.routes = Some(routes).filter(|routes| !routes.is_empty());
        body
    }
}

/// Parse JSON with the path to what is wrong in the error.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> CniResult {
        CniResult::parse(text, Version::V1_0).unwrap()
    }

    #[test]
    fn a_result_keeps_what_it_does_not_know_and_its_bytes() {
        let text =
            r#"{ "cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24","x":1e400}],"y":{"a": 1,"a":2}}"#;
        let result = parsed(text);
        assert_eq!(result.raw().get(), text);
        assert_eq!(result.ips()[0].extra.get("x").unwrap().get(), "1e400");
        assert_eq!(result.body.extra.to_raw().get(), r#"{"y":{"a": 1,"a":2}}"#);
    }

    #[test]
    fn an_old_result_is_lifted_into_the_model() {
        let result = parsed(
            r#"{"cniVersion":"0.2.0","ip4":{"ip":"10.1.0.5/24","gateway":"10.1.0.1","routes":[{"dst":"0.0.0.0/0"}]},
                "ip6":{"ip":"fd00::5/64","routes":[{"dst":"::/0","gw":"fd00::1"}]},"dns":{"nameservers":["1.1.1.1"]}}"#,
        );
        let ips: Vec<_> = result.ips().iter().map(|ip| ip.address.unwrap().to_string()).collect();
        assert_eq!(ips, ["10.1.0.5/24", "fd00::5/64"]);
        assert_eq!(result.ips()[0].gateway.unwrap().to_string(), "10.1.0.1");
        assert_eq!(result.routes().len(), 2);
        assert_eq!(result.dns().unwrap().nameservers.as_ref().unwrap(), &["1.1.1.1"]);
    }

    #[test]
    fn a_result_without_a_version_is_in_that_of_the_configuration() {
        assert_eq!(parsed("{}").version(), Version::V1_0);
        assert_eq!(parsed(r#"{"cniVersion":""}"#).version(), Version::V1_0);
        assert_eq!(parsed(r#"{"cniVersion":"0.3.1"}"#).version(), Version::new(0, 3, 1));
    }

    #[test]
    fn null_and_empty_members_read_as_absent() {
        let result =
            parsed(r#"{"ips":[{"address":"10.1.0.5/24","gateway":"","interface":null}],"routes":null}"#);
        assert_eq!((result.ips()[0].gateway, result.ips()[0].interface), (None, None));
        assert!(result.routes().is_empty());
    }

    #[test]
    fn the_interface_of_an_address_is_found_by_its_index() {
        let result = parsed(
            r#"{"interfaces":[{"name":"veth0"},{"name":"eth0","sandbox":"/x"}],
                "ips":[{"address":"10.1.0.5/24","interface":1},{"address":"10.1.0.6/24"},
                       {"address":"10.1.0.7/24","interface":7},{"address":"10.1.0.8/24","interface":-1}]}"#,
        );
        let names: Vec<_> = result.ips().iter().map(|ip| result.interface_of(ip)?.name.as_deref()).collect();
        assert_eq!(names, [Some("eth0"), None, None, None]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_path() {
        let refused = |text| CniResult::parse(text, Version::V1_0).unwrap_err();
        assert_eq!(
            refused(r#"{"ips":[{"address":"10.1.0.5"}]}"#),
            "ips[0].address: `10.1.0.5` is not an address with its prefix length, such as 10.0.0.5/24 at line 1 column 30"
        );
        assert_eq!(refused(r#"{"cniVersion":"2.0.0"}"#), "version 2.0.0 of a result is not known");
        assert!(refused("hello").starts_with("expected value"), "{}", refused("hello"));
        assert!(refused("{} {}").starts_with("trailing characters"));
        assert!(refused("[]").contains("expected a JSON object"));
    }
}

//! A result written in the shape of another version.
//!
//! Needed when a cached result goes back to the plugins: DEL and CHECK want it in the version of the configuration,
//! whatever the last plugin of the ADD printed.

use ipnet::IpNet;
use serde_json::value::RawValue;

use crate::object::{Object, raw};
use crate::result::{Body, CniResult, Ip, Legacy, LegacyIp, Route};
use crate::version::Version;

impl CniResult {
    /// The result in the shape of `version`; the very bytes where it is in that version already.
    ///
    /// Going back loses what the older shape has no place for: up to 0.2.0 all addresses but the first of each family
    /// and the interfaces, up to 0.4.0 the members that 1.1 added. The error says why there is no such shape: no
    /// address at all, or a version nobody knows.
    pub fn to_version(&self, version: Version) -> Result<Box<RawValue>, String> {
        if version == self.version {
            return Ok(self.raw.clone());
        }
        let members = match version {
            _ if version >= Version::V2_0 => {
                return Err(format!("version {version} of a result is not known"));
            }
            _ if version >= Version::V1_0 => raw(&self.body.clone().normal()),
            _ if version >= Version::V0_3 => raw(&self.body.clone().normal().before_1()),
            _ => raw(&self.body.clone().normal().before_0_3()?),
        };
        let mut object = Object::parse(members.get()).map_err(|error| error.to_string())?;
        object.set_text("cniVersion", &version.to_string());
        Ok(object.to_raw())
    }
}

impl Body {
    /// Without the addresses' family, with `dns`, which every version writes.
    fn normal(mut self) -> Body {
        self.ips.iter_mut().flatten().for_each(|ip| ip.version = None);
        self.dns.get_or_insert_default();
        self
    }

    /// The shape of 0.3.0, 0.3.1 and 0.4.0.
    fn before_1(mut self) -> Body {
        for interface in self.interfaces.iter_mut().flatten() {
            interface.mtu = None;
            interface.socket_path = None;
            interface.pci_id = None;
        }
        for ip in self.ips.iter_mut().flatten() {
            ip.version = ip.address.map(|address| family(&address).to_string());
        }
        self
    }

    /// The shape of 0.1.0 and 0.2.0.
    fn before_0_3(self) -> Result<Legacy, String> {
        let Body { ips, routes, dns, extra, .. } = self;
        let (ips, routes) = (ips.unwrap_or_default(), routes.unwrap_or_default());
        let (ip4, ip6) = (legacy(4, &ips, &routes), legacy(6, &ips, &routes));
        if ip4.is_none() && ip6.is_none() {
            return Err("a result without an address has no shape in versions before 0.3.0".into());
        }
        Ok(Legacy { ip4, ip6, dns: Some(dns.unwrap_or_default()), extra })
    }
}

/// The first address of a family and the family's routes.
fn legacy(of: u8, ips: &[Ip], routes: &[Route]) -> Option<LegacyIp> {
    let ip = ips.iter().find(|ip| ip.address.as_ref().is_some_and(|address| family(address) == of))?;
    let same = routes.iter().filter(|route| route.dst.as_ref().is_some_and(|dst| family(dst) == of));
    let routes: Vec<_> = same.map(|route| Route { extra: Object::new(), ..route.clone() }).collect();
    Some(LegacyIp {
        ip: ip.address,
        gateway: ip.gateway,
        routes: Some(routes).filter(|routes| !routes.is_empty()),
        extra: ip.extra.clone(),
    })
}

fn family(address: &IpNet) -> u8 {
    match address {
        IpNet::V4(_) => 4,
        IpNet::V6(_) => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEW: &str = r#"{"cniVersion":"1.1.0","interfaces":[{"name":"eth0","mac":"02:00:00:00:00:01","mtu":1400,"sandbox":"/ns"}],"ips":[{"address":"10.1.0.5/24","gateway":"10.1.0.1","interface":0},{"address":"10.1.0.6/24"},{"address":"fd00::5/64"}],"routes":[{"dst":"0.0.0.0/0","table":0},{"dst":"::/0","gw":"fd00::1"}],"dns":{},"z":1.0}"#;

    fn converted(text: &str, version: Version) -> Result<String, String> {
        let result = CniResult::parse(text, Version::OLDEST)?;
        result.to_version(version).map(|raw| raw.get().to_owned())
    }

    #[test]
    fn the_same_version_keeps_its_bytes() {
        assert_eq!(converted(NEW, Version::V1_1).unwrap(), NEW);
    }

    #[test]
    fn between_1_0_and_1_1_nothing_is_dropped() {
        let back = converted(NEW, Version::V1_0).unwrap();
        assert!(back.contains(r#""mtu":1400"#) && back.contains(r#""table":0"#), "{back}");
        assert!(back.ends_with(r#""dns":{},"z":1.0,"cniVersion":"1.0.0"}"#), "{back}");
    }

    #[test]
    fn before_1_0_addresses_name_their_family_and_new_members_go() {
        let old = converted(NEW, Version::V0_4).unwrap();
        assert!(
            old.starts_with(r#"{"interfaces":[{"name":"eth0","mac":"02:00:00:00:00:01","sandbox":"/ns"}]"#)
        );
        assert!(
            old.contains(r#"{"version":"4","address":"10.1.0.5/24","gateway":"10.1.0.1","interface":0}"#)
        );
        assert!(old.contains(r#"{"version":"6","address":"fd00::5/64"}"#), "{old}");
        assert!(old.contains(r#"{"dst":"0.0.0.0/0","table":0}"#), "{old}");
    }

    #[test]
    fn before_0_3_the_first_address_of_each_family_stays() {
        let old = converted(NEW, Version::new(0, 2, 0)).unwrap();
        let expected = r#"{"ip4":{"ip":"10.1.0.5/24","gateway":"10.1.0.1","routes":[{"dst":"0.0.0.0/0"}]},"ip6":{"ip":"fd00::5/64","routes":[{"dst":"::/0","gw":"fd00::1"}]},"dns":{},"z":1.0,"cniVersion":"0.2.0"}"#;
        assert_eq!(old, expected);
    }

    #[test]
    fn an_old_result_becomes_a_new_one_without_family_or_interface() {
        let old =
            r#"{"cniVersion":"0.2.0","ip4":{"ip":"10.1.0.5/24","routes":[{"dst":"0.0.0.0/0"}]},"dns":{}}"#;
        let expected = r#"{"ips":[{"address":"10.1.0.5/24"}],"routes":[{"dst":"0.0.0.0/0"}],"dns":{},"cniVersion":"1.0.0"}"#;
        assert_eq!(converted(old, Version::V1_0).unwrap(), expected);
        let named = converted(old, Version::new(0, 3, 1)).unwrap();
        assert!(named.contains(r#"{"version":"4","address":"10.1.0.5/24"}"#), "{named}");
    }

    #[test]
    fn without_an_address_there_is_no_old_shape() {
        let refused = converted(r#"{"cniVersion":"1.0.0"}"#, Version::new(0, 2, 0)).unwrap_err();
        assert_eq!(refused, "a result without an address has no shape in versions before 0.3.0");
    }

    fn any_version() -> impl Strategy<Value = Version> {
        let known = [(0, 1, 0), (0, 2, 0), (0, 3, 0), (0, 3, 1), (0, 4, 0), (1, 0, 0), (1, 1, 0)];
        prop::sample::select(known.map(|(a, b, c)| Version::new(a, b, c)).to_vec())
    }

    fn any_result() -> impl Strategy<Value = String> {
        let ip = (any::<std::net::IpAddr>(), 0u8..=32, any::<Option<i64>>());
        prop::collection::vec(ip, 0..4).prop_map(|ips| {
            let ips: Vec<_> = ips
                .iter()
                .map(|(ip, length, at)| serde_json::json!({"address": format!("{ip}/{length}"), "interface": at}))
                .collect();
            serde_json::json!({"cniVersion": "1.1.0", "ips": ips, "other": {"b": 1, "a": 2}}).to_string()
        })
    }

    proptest! {
        #[test]
        fn converting_never_panics_and_what_it_writes_is_read_again(text in any_result(), to in any_version()) {
            let result = CniResult::parse(&text, Version::V1_1).unwrap();
            if let Ok(converted) = result.to_version(to) {
                let again = CniResult::parse(converted.get(), Version::OLDEST).unwrap();
                prop_assert_eq!(again.version(), to);
                prop_assert_eq!(again.body.extra.get("other").unwrap().get(), r#"{"a":2,"b":1}"#);
            }
        }

        #[test]
        fn no_text_panics(text: String, to in any_version()) {
            let _ = converted(&text, to);
        }
    }
}

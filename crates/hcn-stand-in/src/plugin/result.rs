//! Results, in the shape that the conf's version has.

use hcn::{Endpoint, IpConfig};
use serde_json::{Value, json};

use super::attach::Place;

/// The answer to VERSION.
pub(super) fn versions(version: &str) -> Value {
    json!({"cniVersion": version, "supportedVersions": ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]})
}

/// The result of an ADD.
pub(super) fn of(version: &str, place: &Place, endpoint: &Endpoint) -> Value {
    let gateway = endpoint.routes.iter().flatten().find_map(|route| route.next_hop.clone());
    let addresses: Vec<String> = endpoint.ip_configurations.iter().flatten().filter_map(prefix).collect();
    match version {
        "0.1.0" | "0.2.0" => {
            json!({"cniVersion": version, "ip4": {"ip": addresses.first(), "gateway": gateway}, "dns": {}})
        }
        _ => {
            let ip = |address: &String| {
                with_version(version, json!({"address": address, "gateway": gateway, "interface": 0}))
            };
            let interface =
                json!({"name": place.ifname, "mac": endpoint.mac_address, "sandbox": place.netns});
            json!({
                "cniVersion": version,
                "interfaces": [interface],
                "ips": addresses.iter().map(ip).collect::<Vec<_>>(),
                "routes": [{"dst": "0.0.0.0/0", "gw": gateway}],
                "dns": {},
            })
        }
    }
}

/// 0.3 and 0.4 name the family.
fn with_version(version: &str, mut ip: Value) -> Value {
    if version.starts_with("0.") {
        ip["version"] = json!("4");
    }
    ip
}

fn prefix(config: &IpConfig) -> Option<String> {
    Some(format!("{}/{}", config.ip_address.as_ref()?, config.prefix_length?))
}

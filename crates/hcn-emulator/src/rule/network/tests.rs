//! Networks, through the emulator in memory.

use hcn::Api;
use proptest::prelude::*;

use super::*;
use crate::lab::{Lab, V2};

fn only_subnet(network: &Network) -> (String, String) {
    let subnet = network.subnets().next().unwrap();
    let hop = subnet.routes.iter().flatten().next().and_then(|route| route.next_hop.clone());
    (subnet.ip_address_prefix.clone().unwrap(), hop.unwrap())
}

#[test]
fn a_nat_network_without_ipams_gets_a_private_subnet_its_first_host_and_4096_macs() {
    let network = Lab::new().network(r#""Name":"nat","Type":"NAT""#).unwrap();
    let (prefix, gateway) = only_subnet(&network);
    let prefix: Ipv4Net = prefix.parse().unwrap();
    assert_eq!((prefix.prefix_len(), prefix.addr().is_private()), (20, true));
    assert_eq!(gateway, ipam::first_host(prefix).to_string());
    let pool = pools(&network).next().unwrap();
    assert_eq!(pool.last.0 - pool.first.0, 4095);
    assert_eq!(network.kind, None, "the default type is left out");
}

#[test]
fn what_go_clients_send_is_taken_and_reads_back() {
    let lab = Lab::new();
    let network = lab.network(
        r#""Name":"nat","Type":"NAT","MacPool":{"Ranges":[{"StartMacAddress":"00-15-5D-52-C0-00","EndMacAddress":"00-15-5D-52-CF-FF"}]},"Dns":{},"Ipams":[{"Type":"Static","Subnets":[{"IpAddressPrefix":"192.168.100.0/24","Routes":[{"NextHop":"192.168.100.1","DestinationPrefix":"0.0.0.0/0"}]}]}],"Flags":8,"Health":{"Extra":{}}"#,
    );
    let network = network.unwrap();
    assert_eq!(only_subnet(&network), ("192.168.100.0/24".into(), "192.168.100.1".into()));
    assert_eq!((network.flags(), network.name.as_deref()), (8, Some("nat")));
    assert_eq!(pools(&network).next().unwrap().first.to_string(), "00-15-5D-52-C0-00");
    assert_eq!(network.dns.unwrap().server_list.unwrap(), ["192.0.2.53"]);
}

#[test]
fn a_taken_name_or_id_is_refused_and_leaves_nothing() {
    let lab = Lab::new();
    let first = lab.nat("lab", "10.1.0.0/24").unwrap();
    assert_eq!(lab.nat("lab", "10.2.0.0/24"), Err(Code::NETWORK_ALREADY_EXISTS));
    let id = first.id.unwrap().into();
    assert_eq!(lab.make(Kind::Network, None, id, ""), Err(Code::NETWORK_ALREADY_EXISTS));
    assert_eq!(lab.list(Kind::Network), [id]);
}

#[test]
fn subnets_that_are_none_are_refused_by_their_codes() {
    let lab = Lab::new();
    for (prefix, code) in [
        ("10.172.204.0/8", Code::INVALID_JSON),
        ("10.1.0.0", Code::INVALID_PREFIX),
        ("", Code::INVALID_PREFIX),
        ("10.1.0.0/31", Code::INVALID_PREFIX),
        ("fd00::/64", Code::INVALID_NETWORK),
    ] {
        assert_eq!(lab.nat("lab", prefix), Err(code), "{prefix}");
    }
    assert_eq!(lab.list(Kind::Network), []);
}

#[test]
fn a_gateway_has_to_be_a_host_of_the_subnet() {
    let lab = Lab::new();
    let with_gateway = |hop: &str| {
        lab.network(&format!(
            r#""Ipams":[{{"Subnets":[{{"IpAddressPrefix":"10.1.0.0/24","Routes":[{{"NextHop":"{hop}","DestinationPrefix":"0.0.0.0/0"}}]}}]}}]"#
        ))
    };
    for hop in ["10.1.1.1", "10.1.0.0", "10.1.0.255", "gateway"] {
        assert_eq!(with_gateway(hop), Err(Code::INVALID_NETWORK), "{hop}");
    }
    assert_eq!(only_subnet(&with_gateway("10.1.0.9").unwrap()).1, "10.1.0.9");
}

#[test]
fn a_prefix_that_another_nat_network_has_is_refused() {
    let lab = Lab::new();
    lab.nat("one", "10.1.0.0/16").unwrap();
    assert_eq!(lab.nat("two", "10.1.4.0/24"), Err(Code::ALREADY_EXISTS));
    assert!(lab.nat("three", "10.2.0.0/16").is_ok());
}

#[test]
fn types_that_are_not_modelled_or_not_known_are_told_apart() {
    let lab = Lab::new();
    assert_eq!(lab.network(r#""Type":"Overlay""#), Err(Code::NOT_IMPLEMENTED));
    assert_eq!(lab.network(r#""Type":"Mirrored""#), Err(Code::INVALID_NETWORK_TYPE), "of a later release");
    assert_eq!(lab.network(r#""Type":"nat""#), Err(Code::INVALID_NETWORK_TYPE));
    assert_eq!(lab.network(r#""Ipams":[{"Type":"Dhcp"}]"#), Err(Code::NOT_IMPLEMENTED));
}

#[test]
fn policies_keep_their_settings_and_later_ones_are_refused() {
    let lab = Lab::new();
    let policies = r#"[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"Ethernet 2"}}]"#;
    let network = lab.network(&format!(r#""Type":"L2Bridge","Policies":{policies}"#)).unwrap();
    assert!(network.to_json().contains(policies));
    let later = r#""Policies":[{"Type":"SetPolicy","Settings":{}}]"#;
    assert_eq!(lab.network(later), Err(Code::INVALID_POLICY_TYPE));
    let wrong = r#""Policies":[{"Type":"NetAdapterName","Settings":{"Name":"x"}}]"#;
    assert_eq!(lab.network(wrong), Err(Code::INVALID_POLICY));
}

#[test]
fn policies_come_and_go_and_other_parts_are_not_modelled() {
    let lab = Lab::new();
    let id = lab.nat("lab", "10.1.0.0/24").unwrap().id.unwrap().into();
    let route = r#"{"Type":"HostRoute","Settings":{}}"#;
    lab.set_policies(Kind::Network, id, "Add", &format!("[{route}]")).unwrap();
    assert!(lab.read(Kind::Network, id, V2).unwrap().contains(&format!(r#""Policies":[{route}]"#)));
    lab.set_policies(Kind::Network, id, "Remove", r#"[{"Type":9,"Settings":{}}]"#).unwrap();
    assert!(!lab.read(Kind::Network, id, V2).unwrap().contains("Policies"));
    let subnet = r#"{"ResourceType":"Subnet","RequestType":"Add","Settings":{}}"#;
    assert_eq!(lab.modify(Kind::Network, id, subnet), Err(Code::INVALID_JSON), "of a later release");
    let dns = r#"{"ResourceType":"DNS","RequestType":"Update","Settings":{}}"#;
    assert_eq!(lab.modify(Kind::Network, id, dns), Err(Code::NOT_IMPLEMENTED));
}

#[test]
fn deleting_a_network_takes_its_endpoints_and_leaves_dangling_references() {
    let lab = Lab::new();
    let network = lab.nat("lab", "10.1.0.0/24").unwrap();
    let endpoint = lab.any_endpoint(&network);
    let namespace = lab.namespace();
    lab.move_endpoint("Add", &endpoint, &namespace).unwrap();
    lab.0.delete(Kind::Network, network.id.unwrap().into()).unwrap();
    assert_eq!((lab.list(Kind::Network), lab.list(Kind::Endpoint)), (vec![], vec![]));
    let text = lab.read(Kind::Namespace, namespace.id.unwrap().into(), V2).unwrap();
    assert!(text.contains(&endpoint.id.unwrap().to_string().to_uppercase()), "{text}");
    assert_eq!(
        lab.0.open(Kind::Endpoint, endpoint.id.unwrap().into()).unwrap_err().code,
        Code::ENDPOINT_NOT_FOUND
    );
}

#[test]
fn a_v1_document_says_the_same_in_the_older_words() {
    let lab = Lab::new();
    let network = lab.nat("lab", "10.1.0.0/24").unwrap();
    lab.any_endpoint(&network);
    let v1: serde_json::Value =
        serde_json::from_str(&lab.read(Kind::Network, network.id.unwrap().into(), "{}").unwrap()).unwrap();
    assert_eq!(
        (&v1["Name"], &v1["Type"], &v1["CurrentEndpointCount"]),
        (&"lab".into(), &"NAT".into(), &1.into())
    );
    let subnet = &v1["Subnets"][0];
    assert_eq!(
        (&subnet["AddressPrefix"], &subnet["GatewayAddress"]),
        (&"10.1.0.0/24".into(), &"10.1.0.1".into())
    );
    assert_eq!(v1["ID"], network.id.unwrap().to_string().to_uppercase());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn networks_never_share_a_subnet_or_a_mac_address(count in 2usize..40) {
        let lab = Lab::new();
        let networks: Vec<Network> = (0..count).map(|_| lab.network("").unwrap()).collect();
        for (at, one) in networks.iter().enumerate() {
            for other in &networks[at + 1..] {
                let (one_range, other_range) = (ranges(one).next().unwrap(), ranges(other).next().unwrap());
                prop_assert!(!ipam::overlap(one_range.prefix, other_range.prefix));
                prop_assert_ne!(pools(one).next().unwrap().first, pools(other).next().unwrap().first);
            }
        }
    }
}

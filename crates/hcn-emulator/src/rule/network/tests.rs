//! Networks, through the emulator in memory.

use hcn::{Api, Subnet};
use ipnet::Ipv4Net;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::ipam;
use crate::lab::{Lab, V2};

fn only_subnet(network: &Network) -> (String, String) {
    let subnet: &Subnet = network.subnets().next().unwrap();
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
fn every_type_of_this_release_is_made_and_later_ones_are_refused() {
    let lab = Lab::new();
    let subnet = r#""Ipams":[{"Type":"Static","Subnets":[{"IpAddressPrefix":"10.1.0.0/24","Policies":[{"Type":"VSID","Settings":{"IsolationId":5000}}]}]}]"#;
    for kind in ["ICS", "Transparent", "L2Bridge", "L2Tunnel", "Overlay", "Private", "Internal"] {
        let made = lab.network(&format!(r#""Name":"{kind}","Type":"{kind}",{subnet}"#)).unwrap();
        assert_eq!((made.kind().name(), made.subnets().count()), (kind, 1));
    }
    assert_eq!(lab.network(r#""Type":"Mirrored""#), Err(Code::INVALID_NETWORK_TYPE), "of a later release");
    assert_eq!(lab.network(r#""Type":"nat""#), Err(Code::INVALID_NETWORK_TYPE));
}

fn overlay(subnet: &str, policies: &str) -> String {
    format!(
        r#""Type":"Overlay","Policies":[{policies}],"Ipams":[{{"Subnets":[{{"IpAddressPrefix":"10.1.0.0/24"{subnet}}}]}}]"#
    )
}

fn vsid(id: u32) -> String {
    format!(r#","Policies":[{{"Type":"VSID","Settings":{{"IsolationId":{id}}}}}]"#)
}

#[test]
fn an_overlay_network_needs_a_vsid_and_gets_an_address_and_a_mac() {
    let lab = Lab::new();
    assert_eq!(lab.network(&overlay("", "")), Err(Code::INVALID_NETWORK));
    assert_eq!(lab.network(r#""Type":"Overlay""#), Err(Code::INVALID_NETWORK));
    assert_eq!(lab.network(&overlay(&vsid(4095), "")), Err(Code::INVALID_POLICY));
    let made = lab.network(&overlay(&vsid(4096), "")).unwrap();
    let setting =
        |network: &Network, at: usize| network.policies.as_ref().unwrap()[at].settings.clone().unwrap();
    assert_eq!(setting(&made, 0).as_str(), r#"{"ProviderAddress":"192.0.2.10"}"#);
    let router: Value = setting(&made, 1).read().unwrap();
    assert!(router["Address"].as_str().unwrap().parse::<Mac>().is_ok());
    let given = r#"{"Type":"ProviderAddress","Settings":{"ProviderAddress":"192.0.2.77"}}"#;
    let made = lab.network(&overlay(&vsid(5000), given)).unwrap();
    assert_eq!(setting(&made, 0).as_str(), r#"{"ProviderAddress":"192.0.2.77"}"#);
    let v1: Value =
        serde_json::from_str(&lab.read(Kind::Network, made.id.unwrap().into(), "{}").unwrap()).unwrap();
    assert_eq!(v1["ManagementIP"], "192.0.2.77");
}

#[test]
fn dhcp_is_for_networks_on_a_physical_adapter() {
    let lab = Lab::new();
    let made = lab.network(r#""Type":"Transparent","Ipams":[{"Type":"Dhcp"}]"#).unwrap();
    assert_eq!(made.ipams.unwrap()[0].kind().name(), "Dhcp");
    assert_eq!(lab.network(r#""Ipams":[{"Type":"Dhcp"}]"#), Err(Code::INVALID_NETWORK));
}

#[test]
fn subnets_of_one_network_lie_apart() {
    let lab = Lab::new();
    let two = |other: &str| {
        lab.network(&format!(
        r#""Type":"L2Bridge","Ipams":[{{"Subnets":[{{"IpAddressPrefix":"10.1.0.0/24"}},{{"IpAddressPrefix":"{other}"}}]}}]"#
    ))
    };
    assert_eq!(two("10.1.0.128/25"), Err(Code::INVALID_NETWORK));
    assert_eq!(two("10.2.0.0/24").unwrap().subnets().count(), 2);
}

#[test]
fn a_name_that_no_interface_can_have_is_refused_and_leaves_nothing() {
    let lab = Lab::new();
    let named = |name: &str| lab.network(&format!(r#""Name":"{name}""#));
    assert!(named(&"x".repeat(256)).is_ok() && named("").is_ok() && named("").is_ok());
    assert_eq!(named(&"y".repeat(300)), Err(Code::INVALID_ARGUMENT));
    assert_eq!(named("a\\u0000b"), Err(Code::INVALID_ARGUMENT));
    assert_eq!(named("\\ud800"), Err(Code::INVALID_JSON), "a lone surrogate");
    assert_eq!(lab.list(Kind::Network).len(), 3);
}

/// The document that WSL sends, as far as Server 2019 knows its members.
const WSL: &str = r#"{"Name":"WSL","Type":"ics","IsolateSwitch":true,"Flags":9,"Subnets":[{"GatewayAddress":"172.20.0.1","AddressPrefix":"172.20.0.0/20"}],"InterfaceConstraint":{"InterfaceGuid":"x"},"MacPools":[{"StartMacAddress":"00-15-5D-52-C0-00","EndMacAddress":"00-15-5D-52-C0-0F"}],"DNSServerList":"10.0.0.1,10.0.0.2"}"#;

#[test]
fn a_v1_document_creates_what_both_dialects_read() {
    let lab = Lab::new();
    let id = Guid::random();
    lab.0.create(Kind::Network, None, id, WSL).unwrap();
    let v2 = Network::from_json(&lab.read(Kind::Network, id, V2).unwrap()).unwrap();
    assert_eq!((v2.kind(), v2.flags(), v2.extra.is_empty()), (NetworkKind::Ics, 9, true));
    assert_eq!(only_subnet(&v2), ("172.20.0.0/20".into(), "172.20.0.1".into()));
    assert_eq!(v2.dns.as_ref().unwrap().server_list.as_ref().unwrap().len(), 2);
    let v1: Value = serde_json::from_str(&lab.read(Kind::Network, id, "{}").unwrap()).unwrap();
    assert_eq!((&v1["Type"], &v1["IsolateSwitch"]), (&"ics".into(), &true.into()), "as it was sent");
    assert_eq!(v1["MacPools"][0]["EndMacAddress"], "00-15-5D-52-C0-0F");
}

#[test]
fn v1_documents_are_refused_for_what_they_say() {
    let lab = Lab::new();
    let create =
        |text: &str| lab.0.create(Kind::Network, None, Guid::ZERO, text).map_err(|failure| failure.code);
    for (text, code) in [
        (r#"{"Name":"n","Ipams":[]}"#, Code::INVALID_JSON),
        (r#"{"Name":"n","Type":"Bridge"}"#, Code::INVALID_NETWORK_TYPE),
        (r#"{"Name":"n","Subnets":[{"AddressPrefix":"x"}]}"#, Code::INVALID_PREFIX),
        (r#"{"Name":"n","Policies":[{"Type":"Nonsense"}]}"#, Code::INVALID_POLICY_TYPE),
        (r#"{"Name":"n","Type":"Mirrored"}"#, Code::INVALID_NETWORK_TYPE),
    ] {
        assert_eq!(create(text).unwrap_err(), code, "{text}");
    }
    assert_eq!(lab.list(Kind::Network), []);
}

#[test]
fn name_resolution_and_extensions_are_updated() {
    let lab = Lab::new();
    let id = lab.nat("lab", "10.1.0.0/24").unwrap().id.unwrap().into();
    let request = |part: &str, verb: &str, settings: &str| {
        let text = format!(r#"{{"ResourceType":"{part}","RequestType":"{verb}","Settings":{settings}}}"#);
        lab.modify(Kind::Network, id, &text)
    };
    request("DNS", "Update", r#"{"ServerList":["10.1.0.2"]}"#).unwrap();
    assert!(lab.read(Kind::Network, id, V2).unwrap().contains(r#""Dns":{"ServerList":["10.1.0.2"]}"#));
    request("DNS", "Update", "{}").unwrap();
    assert!(lab.read(Kind::Network, id, V2).unwrap().contains("192.0.2.53"), "the host's again");
    assert_eq!(request("DNS", "Add", "{}"), Err(Code::REQUEST_UNSUPPORTED));
    let vfp = r#"{"Id":"e9b59cfa-2be1-4b21-828f-b6fbdbddc017","IsEnabled":true}"#;
    request("Extension", "Update", vfp).unwrap();
    let extensions = |lab: &Lab| {
        let v1: Value = serde_json::from_str(&lab.read(Kind::Network, id, "{}").unwrap()).unwrap();
        v1["Extensions"].as_array().unwrap().iter().map(|each| each["IsEnabled"] == true).collect::<Vec<_>>()
    };
    assert_eq!(extensions(&lab), [false, true, true]);
    request("Extension", "Update", &vfp.replace("true", "false")).unwrap();
    assert_eq!(extensions(&lab), [false, false, true]);
    let unknown = format!(r#"{{"Id":"{}","IsEnabled":true}}"#, Guid::random());
    assert_eq!(request("Extension", "Update", &unknown), Err(Code::SWITCH_EXTENSION_NOT_FOUND));
    assert!(!lab.read(Kind::Network, id, V2).unwrap().contains("Emulator."), "V2 documents do not show it");
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
fn policies_come_and_go_and_subnets_are_of_a_later_release() {
    let lab = Lab::new();
    let id = lab.nat("lab", "10.1.0.0/24").unwrap().id.unwrap().into();
    let route = r#"{"Type":"HostRoute","Settings":{}}"#;
    lab.set_policies(Kind::Network, id, "Add", &format!("[{route}]")).unwrap();
    assert!(lab.read(Kind::Network, id, V2).unwrap().contains(&format!(r#""Policies":[{route}]"#)));
    lab.set_policies(Kind::Network, id, "Remove", r#"[{"Type":9,"Settings":{}}]"#).unwrap();
    assert!(!lab.read(Kind::Network, id, V2).unwrap().contains("Policies"));
    let subnet = r#"{"ResourceType":"Subnet","RequestType":"Add","Settings":{}}"#;
    assert_eq!(lab.modify(Kind::Network, id, subnet), Err(Code::INVALID_JSON), "of a later release");
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

//! Endpoints, through the emulator in memory.

use std::collections::HashSet;

use hcn::Api;
use proptest::prelude::*;

use super::*;
use crate::lab::{Lab, V2};

fn lab() -> (Lab, Network) {
    let lab = Lab::new();
    let network = lab.nat("lab", "10.1.0.0/24").unwrap();
    (lab, network)
}

fn at(address: &str) -> String {
    format!(r#""IpConfigurations":[{{"IpAddress":"{address}"}}]"#)
}

fn mapping(members: &str) -> String {
    format!(r#""Policies":[{{"Type":"PortMapping","Settings":{{{members}}}}}]"#)
}

#[test]
fn the_service_supplies_address_mac_route_and_dns() {
    let (lab, network) = lab();
    let endpoint = lab.endpoint(&network, r#""Name":"e""#).unwrap();
    let config = &endpoint.ip_configurations.as_ref().unwrap()[0];
    let address: Ipv4Addr = config.ip_address.as_ref().unwrap().parse().unwrap();
    assert!(ranges(&network).next().unwrap().gives(address));
    assert_eq!(config.prefix_length, Some(24));
    assert_eq!(endpoint.routes, Some(vec![Route::default_through("10.1.0.1")]));
    assert_eq!(endpoint.dns, network.dns);
    let mac: Mac = endpoint.mac_address.as_ref().unwrap().parse().unwrap();
    let pool = pools(&network).next().unwrap();
    assert!(pool.first <= mac && mac <= pool.last);
    assert_eq!(endpoint.host_compute_network, network.id);
    assert_eq!(endpoint.host_compute_namespace, Some(Guid::ZERO.into()), "detached");
}

#[test]
fn what_the_caller_names_reads_back() {
    let (lab, network) = lab();
    let asked = r#""IpConfigurations":[{"IpAddress":"10.1.0.5","PrefixLength":0}],"MacAddress":"0a-00-00-00-00-3b","Dns":{"ServerList":["10.1.0.2"]},"Routes":[{"NextHop":"10.1.0.9","DestinationPrefix":"0.0.0.0/0"}]"#;
    let endpoint = lab.endpoint(&network, asked).unwrap();
    assert_eq!(endpoint.addresses().collect::<Vec<_>>(), ["10.1.0.5"]);
    assert_eq!(endpoint.mac_address.as_deref(), Some("0a-00-00-00-00-3b"), "in its own case");
    assert_eq!(endpoint.routes, Some(vec![Route::default_through("10.1.0.9")]));
    assert_eq!(endpoint.dns.unwrap().server_list.unwrap(), ["10.1.0.2"]);
}

#[test]
fn empty_texts_leave_the_choice_to_the_service() {
    let (lab, network) = lab();
    let asked = r#""IpConfigurations":[{"IpAddress":""}],"Routes":[{"NextHop":"","DestinationPrefix":""}],"MacAddress":"","Dns":{}"#;
    let endpoint = lab.endpoint(&network, asked).unwrap();
    assert_eq!(endpoint.addresses().count(), 1);
    assert_eq!(endpoint.routes, Some(vec![Route::default_through("10.1.0.1")]));
    assert_eq!(endpoint.dns, network.dns);
}

#[test]
fn taken_reserved_and_foreign_addresses_are_refused_by_their_codes() {
    let (lab, network) = lab();
    lab.endpoint(&network, &at("10.1.0.5")).unwrap();
    for (address, code) in [
        ("10.1.0.5", Code::ADDR_INVALID_OR_RESERVED),
        ("10.1.0.1", Code::ADDR_INVALID_OR_RESERVED),
        ("10.1.0.0", Code::ADDR_INVALID_OR_RESERVED),
        ("10.1.0.255", Code::ADDR_INVALID_OR_RESERVED),
        ("10.2.0.5", Code::INVALID_IP),
        ("ten", Code::INVALID_IP),
        ("fd00::5", Code::INVALID_IP),
    ] {
        assert_eq!(lab.endpoint(&network, &at(address)), Err(code), "{address}");
    }
    assert_eq!(lab.list(Kind::Endpoint).len(), 1, "a refused create leaves nothing");
}

#[test]
fn one_address_on_two_networks_is_no_conflict() {
    let lab = Lab::new();
    let bridge = r#""Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/24"}]}]"#;
    for _ in 0..2 {
        let network = lab.network(bridge).unwrap();
        assert!(lab.endpoint(&network, &at("10.1.0.2")).is_ok(), "x.2 is a bridge's gateway endpoint");
    }
}

#[test]
fn a_mac_address_is_given_once_on_a_network() {
    let (lab, network) = lab();
    let mac = |text: &str| format!(r#""MacAddress":"{text}""#);
    lab.endpoint(&network, &mac("00-15-5D-00-00-01")).unwrap();
    for refused in ["00-15-5d-00-00-01", "00:15:5D:00:00:02", "nic"] {
        assert_eq!(lab.endpoint(&network, &mac(refused)), Err(Code::ADDR_INVALID_OR_RESERVED), "{refused}");
    }
}

#[test]
fn a_mapped_port_is_refused_until_its_endpoint_is_gone() {
    let (lab, network) = lab();
    let udp = mapping(r#""Protocol":17,"InternalPort":80,"ExternalPort":56789"#);
    let holder = lab.endpoint(&network, &udp).unwrap();
    assert_eq!(lab.endpoint(&network, &udp), Err(Code::PORT_ALREADY_EXISTS));
    let tcp = mapping(r#""Protocol":6,"InternalPort":80,"ExternalPort":56789"#);
    assert!(lab.endpoint(&network, &tcp).is_ok(), "of another protocol");
    lab.0.delete(Kind::Endpoint, holder.id.unwrap().into()).unwrap();
    assert!(lab.endpoint(&network, &udp).is_ok());
}

#[test]
fn port_mappings_without_sense_are_refused_by_their_codes() {
    let (lab, network) = lab();
    let internal = lab.network(r#""Type":"Internal""#).unwrap();
    let good = mapping(r#""Protocol":6,"InternalPort":80,"ExternalPort":81"#);
    assert_eq!(lab.endpoint(&internal, &good), Err(Code::MAPPING_NOT_SUPPORTED));
    for (members, code) in [
        (r#""Protocol":6,"ExternalPort":81"#, Code::INVALID_INTERNAL_PORT),
        (r#""InternalPort":80,"ExternalPort":81"#, Code::INVALID_POLICY),
        (r#""Protocol":6,"InternalPort":80"#, Code::NOT_IMPLEMENTED),
        (r#""Protocol":"TCP","InternalPort":80,"ExternalPort":81"#, Code::INVALID_POLICY),
    ] {
        assert_eq!(lab.endpoint(&network, &mapping(members)), Err(code), "{members}");
    }
}

#[test]
fn policies_settings_keep_their_bytes() {
    let (lab, network) = lab();
    let policies = r#"[{"Type":"OutBoundNAT","Settings":{"Exceptions":["10.0.0.0/16","1.2.3.4/32"]}},{"Type":"SDNRoute","Settings":{"DestinationPrefix":"11.0.0.0/8","NeedEncap":true}}]"#;
    let endpoint = lab.endpoint(&network, &format!(r#""Policies":{policies}"#)).unwrap();
    assert!(endpoint.to_json().contains(policies));
}

/// The policies of an endpoint as they read back.
fn policies(lab: &Lab, id: Guid) -> String {
    let document = Endpoint::from_json(&lab.read(Kind::Endpoint, id, V2).unwrap()).unwrap();
    serde_json::to_string(&document.policies).unwrap()
}

#[test]
fn policies_are_added_removed_as_json_and_updated_by_type() {
    let (lab, network) = lab();
    let id = lab.any_endpoint(&network).id.unwrap().into();
    let set = |verb: &str, policies: &str| lab.set_policies(Kind::Endpoint, id, verb, policies);
    let nat = r#"{"Type":"OutBoundNAT","Settings":{"Flags":1,"Exceptions":["10.0.0.0/8"]}}"#;
    let acl = |action: &str| format!(r#"{{"Type":"ACL","Settings":{{"Action":"{action}"}}}}"#);
    set("Add", &format!("[{nat},{}]", acl("Allow"))).unwrap();
    set("Update", &format!("[{}]", acl("Block"))).unwrap();
    assert_eq!(policies(&lab, id), format!("[{nat},{}]", acl("Block")));
    let in_another_order = r#"[{"Type":"OutBoundNAT","Settings":{"Exceptions":["10.0.0.0/8"],"Flags":1}}]"#;
    set("Remove", in_another_order).unwrap();
    assert_eq!(set("Remove", in_another_order), Err(Code::POLICY_NOT_FOUND));
    assert_eq!(policies(&lab, id), format!("[{}]", acl("Block")));
}

#[test]
fn ports_follow_the_policies() {
    let (lab, network) = lab();
    let (one, two) = (lab.any_endpoint(&network).id.unwrap(), lab.any_endpoint(&network).id.unwrap());
    let port = r#"[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}}]"#;
    let set = |id: hcn::EndpointId, verb: &str| lab.set_policies(Kind::Endpoint, id.into(), verb, port);
    set(one, "Add").unwrap();
    assert_eq!(set(two, "Add"), Err(Code::PORT_ALREADY_EXISTS));
    assert_eq!(policies(&lab, two.into()), "null", "a refused change leaves nothing");
    set(one, "Remove").unwrap();
    set(two, "Add").unwrap();
    assert_eq!(lab.0.taken(), (2, 2, 1));
}

#[test]
fn what_is_not_modelled_is_refused() {
    let (lab, network) = lab();
    let inside = format!(r#""HostComputeNamespace":"{}""#, Guid::random());
    for members in [inside.as_str(), r#""Flags":1"#] {
        assert_eq!(lab.endpoint(&network, members), Err(Code::NOT_IMPLEMENTED), "{members}");
    }
    assert!(lab.endpoint(&network, &format!(r#""HostComputeNamespace":"{}""#, Guid::ZERO)).is_ok());
}

#[test]
fn it_belongs_to_the_network_of_the_handle() {
    let (lab, network) = lab();
    let named = |id: Guid| format!(r#""HostComputeNetwork":"{id}""#);
    assert!(lab.endpoint(&network, &named(network.id.unwrap().into())).is_ok());
    assert_eq!(lab.endpoint(&network, &named(Guid::random())), Err(Code::INVALID_ARGUMENT));
    assert_eq!(
        lab.make(Kind::Endpoint, None, Guid::ZERO, ""),
        Err(Code::INVALID_ARGUMENT),
        "no handle at all"
    );
}

#[test]
fn attaching_shows_on_both_sides_and_detaching_on_neither() {
    let (lab, network) = lab();
    let (endpoint, namespace) = (lab.any_endpoint(&network), lab.namespace());
    let read = |kind, id| lab.read(kind, id, V2).unwrap();
    let (endpoint_id, namespace_id) = (Guid::from(endpoint.id.unwrap()), Guid::from(namespace.id.unwrap()));
    lab.move_endpoint("Add", &endpoint, &namespace).unwrap();
    let upper = endpoint_id.to_string().to_uppercase();
    let resources = format!(r#""Resources":[{{"Type":"Endpoint","Data":{{"Id":"{upper}"}}}}]"#);
    assert!(read(Kind::Namespace, namespace_id).contains(&resources));
    let attached = Endpoint::from_json(&read(Kind::Endpoint, endpoint_id)).unwrap();
    assert_eq!(attached.namespace(), namespace.id);
    lab.move_endpoint("Remove", &endpoint, &namespace).unwrap();
    assert_eq!(Endpoint::from_json(&read(Kind::Endpoint, endpoint_id)).unwrap(), endpoint);
    assert!(!read(Kind::Namespace, namespace_id).contains("Resources"));
}

#[test]
fn it_is_in_one_namespace_at_most() {
    let (lab, network) = lab();
    let (endpoint, one, two) = (lab.any_endpoint(&network), lab.namespace(), lab.namespace());
    lab.move_endpoint("Add", &endpoint, &one).unwrap();
    for again in [&one, &two] {
        assert_eq!(lab.move_endpoint("Add", &endpoint, again), Err(Code::ENDPOINT_NAMESPACE_ALREADY_EXISTS));
    }
    assert_eq!(lab.move_endpoint("Remove", &endpoint, &two), Err(Code::ELEMENT_NOT_FOUND));
}

#[test]
fn deleting_it_detaches_and_deleting_the_namespace_keeps_it() {
    let (lab, network) = lab();
    let (endpoint, other, namespace) =
        (lab.any_endpoint(&network), lab.any_endpoint(&network), lab.namespace());
    lab.move_endpoint("Add", &endpoint, &namespace).unwrap();
    lab.move_endpoint("Add", &other, &namespace).unwrap();
    lab.0.delete(Kind::Endpoint, endpoint.id.unwrap().into()).unwrap();
    let left =
        hcn::Namespace::from_json(&lab.read(Kind::Namespace, namespace.id.unwrap().into(), V2).unwrap());
    assert_eq!(left.unwrap().endpoints().collect::<Vec<_>>(), [other.id.unwrap()]);
    lab.0.delete(Kind::Namespace, namespace.id.unwrap().into()).unwrap();
    assert_eq!(lab.list(Kind::Endpoint), [other.id.unwrap().into()]);
    let refused = lab.0.delete(Kind::Endpoint, endpoint.id.unwrap().into()).unwrap_err();
    assert_eq!(refused.code, Code::ENDPOINT_NOT_FOUND, "a second time");
}

#[test]
fn a_full_subnet_refuses_and_goes_on_when_one_left() {
    let lab = Lab::new();
    let network = lab.nat("lab", "10.1.0.0/29").unwrap();
    let all: Vec<Endpoint> = (0..5).map(|_| lab.any_endpoint(&network)).collect();
    assert_eq!(lab.endpoint(&network, ""), Err(Code::ADDR_INVALID_OR_RESERVED));
    lab.0.delete(Kind::Endpoint, all[2].id.unwrap().into()).unwrap();
    assert_eq!(lab.any_endpoint(&network).ip_configurations, all[2].ip_configurations);
}

#[test]
fn a_v1_document_says_the_same_in_the_older_words() {
    let (lab, network) = lab();
    let endpoint = lab.endpoint(&network, &at("10.1.0.5")).unwrap();
    let text = lab.read(Kind::Endpoint, endpoint.id.unwrap().into(), "{}").unwrap();
    let v1: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&v1["IPAddress"], &v1["PrefixLength"]), (&"10.1.0.5".into(), &24.into()));
    assert_eq!((&v1["GatewayAddress"], &v1["VirtualNetworkName"]), (&"10.1.0.1".into(), &"lab".into()));
    assert_eq!(v1["VirtualNetwork"], network.id.unwrap().to_string().to_uppercase());
    assert_eq!(v1.get("Namespace"), None);
}

#[test]
fn a_filter_names_the_endpoints_of_a_network() {
    let (lab, network) = lab();
    let other = lab.nat("other", "10.2.0.0/24").unwrap();
    let (one, _) = (lab.any_endpoint(&network), lab.any_endpoint(&other));
    let filter = serde_json::json!(format!(r#"{{"VirtualNetwork":"{}"}}"#, network.id.unwrap()));
    let found = lab.0.enumerate(Kind::Endpoint, Some(&format!(r#"{{"Filter":{filter}}}"#))).unwrap();
    assert_eq!(found, format!(r#"["{}"]"#, one.id.unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Create, create at a place, delete, in any order: nothing is handed out twice, and in the end nothing is taken.
    #[test]
    fn nothing_is_handed_out_twice_or_kept_after_a_delete(steps in prop::collection::vec(0u8..20, 1..60)) {
        let lab = Lab::new();
        let network = lab.nat("lab", "10.1.0.0/28").unwrap();
        let mut live: Vec<Endpoint> = Vec::new();
        for step in steps {
            let made = match step {
                0..8 => lab.endpoint(&network, ""),
                8..16 => lab.endpoint(&network, &at(&format!("10.1.0.{step}"))),
                _ if live.is_empty() => continue,
                _ => {
                    let gone = live.swap_remove(usize::from(step) % live.len());
                    lab.0.delete(Kind::Endpoint, gone.id.unwrap().into()).unwrap();
                    continue;
                }
            };
            live.extend(made.ok());
            let addresses: HashSet<&str> = live.iter().flat_map(Endpoint::addresses).collect();
            let macs: HashSet<_> = live.iter().map(|endpoint| endpoint.mac_address.clone()).collect();
            prop_assert_eq!((addresses.len(), macs.len()), (live.len(), live.len()));
        }
        let count = live.len() as i64;
        prop_assert_eq!(lab.0.taken(), (count, count, 0));
        for endpoint in &live {
            lab.0.delete(Kind::Endpoint, endpoint.id.unwrap().into()).unwrap();
        }
        prop_assert_eq!(lab.0.taken(), (0, 0, 0));
    }
}

//! Endpoints, through the emulator in memory.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use hcn::{Api, Query, Route};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::lab::{Lab, V2};
use crate::rule::network::{pools, ranges};

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
fn a_create_inside_a_namespace_is_not_modelled() {
    let (lab, network) = lab();
    let inside = format!(r#""HostComputeNamespace":"{}""#, Guid::random());
    assert_eq!(lab.endpoint(&network, &inside), Err(Code::NOT_IMPLEMENTED));
    assert!(lab.endpoint(&network, &format!(r#""HostComputeNamespace":"{}""#, Guid::ZERO)).is_ok());
}

#[test]
fn several_addresses_are_each_its_own() {
    let (lab, network) = lab();
    let two = r#""IpConfigurations":[{"IpAddress":"10.1.0.5"},{},{"IpAddress":"10.1.0.7"}]"#;
    let endpoint = lab.endpoint(&network, two).unwrap();
    let addresses: HashSet<&str> = endpoint.addresses().collect();
    assert!(addresses.len() == 3 && addresses.contains("10.1.0.5") && addresses.contains("10.1.0.7"));
    assert_eq!(lab.0.taken(), (3, 1, 0));
    let twice = r#""IpConfigurations":[{"IpAddress":"10.1.0.9"},{"IpAddress":"10.1.0.9"}]"#;
    assert_eq!(lab.endpoint(&network, twice), Err(Code::ADDR_INVALID_OR_RESERVED));
    lab.0.delete(Kind::Endpoint, endpoint.id.unwrap().into()).unwrap();
    assert_eq!(lab.0.taken(), (0, 0, 0));
}

#[test]
fn a_remote_endpoint_takes_no_address_and_joins_no_namespace() {
    let (lab, network) = lab();
    let remote =
        r#""Flags":1,"IpConfigurations":[{"IpAddress":"10.1.0.5"}],"MacAddress":"02-11-0A-01-00-05""#;
    let endpoint = lab.endpoint(&network, remote).unwrap();
    assert!(lab.endpoint(&network, &at("10.1.0.5")).is_ok(), "of a local endpoint too");
    assert!(lab.endpoint(&network, remote).is_ok(), "and of a stale one");
    assert_eq!(lab.0.taken(), (1, 1, 0));
    assert_eq!(lab.move_endpoint("Add", &endpoint, &lab.namespace()), Err(Code::ENDPOINT_NOT_LOCAL));
    let mapped = format!(r#""Flags":1,{}"#, mapping(r#""Protocol":6,"InternalPort":80,"ExternalPort":81"#));
    assert_eq!(lab.endpoint(&network, &mapped), Err(Code::INVALID_REMOTE_ENDPOINT_OPERATION));
    let foreign = r#""Flags":1,"IpConfigurations":[{"IpAddress":"10.244.3.2","PrefixLength":24}]"#;
    let foreign = lab.endpoint(&network, foreign).unwrap();
    assert_eq!(foreign.ip_configurations.unwrap()[0].prefix_length, Some(24), "of another host's subnet");
    assert_eq!(lab.0.check(), Ok(vec![]));
}

#[test]
fn counters_are_zero_and_name_the_endpoint() {
    let (lab, network) = lab();
    let id = lab.any_endpoint(&network).id.unwrap().into();
    let handle = lab.0.open(Kind::Endpoint, id).unwrap();
    let stats = lab.0.query(Kind::Endpoint, handle, Query::Stats, Some(V2)).unwrap();
    let stats: Value = serde_json::from_str(&stats).unwrap();
    assert_eq!((&stats["EndpointId"], &stats["BytesReceived"]), (&id.to_string().into(), &0.into()));
    let refused = lab.0.query(Kind::Endpoint, handle, Query::Addresses, None).unwrap_err();
    assert_eq!(refused.code, Code::NOT_IMPLEMENTED, "no answer was ever published");
}

#[test]
fn a_switch_port_is_attached_once_and_shows_in_v1_documents() {
    let (lab, network) = lab();
    let id = lab.any_endpoint(&network).id.unwrap().into();
    let machine = Guid::random();
    let request = |verb: &str, settings: &str| {
        let text = format!(r#"{{"ResourceType":"Port","RequestType":"{verb}"{settings}}}"#);
        lab.modify(Kind::Endpoint, id, &text)
    };
    let port = format!(r#","Settings":{{"PortId":"{}","VirtualMachineId":"{machine}"}}"#, Guid::random());
    assert_eq!(request("Remove", r#","Settings":{}"#), Err(Code::ENDPOINT_NOT_ATTACHED));
    request("Add", &port).unwrap();
    assert_eq!(request("Add", &port), Err(Code::ENDPOINT_ALREADY_ATTACHED));
    request("Refresh", "").unwrap();
    let filter = serde_json::json!(format!(r#"{{"VirtualMachine":"{machine}","State":2}}"#));
    let found = lab.0.enumerate(Kind::Endpoint, Some(&format!(r#"{{"Filter":{filter}}}"#))).unwrap();
    assert_eq!(found, format!(r#"["{id}"]"#));
    assert!(!lab.read(Kind::Endpoint, id, V2).unwrap().contains("Emulator."), "V2 documents do not show it");
    request("Remove", r#","Settings":{}"#).unwrap();
    assert_eq!(request("Update", &port), Err(Code::REQUEST_UNSUPPORTED));
}

#[test]
fn transparent_networks_refuse_what_a_client_saw_them_refuse() {
    let lab = Lab::new();
    let subnet = |routes: &str| {
        format!(
            r#""Type":"Transparent","Ipams":[{{"Subnets":[{{"IpAddressPrefix":"10.1.0.0/24"{routes}}}]}}]"#
        )
    };
    let bare = lab.network(&subnet("")).unwrap();
    let routed = lab
        .network(&subnet(r#","Routes":[{"NextHop":"10.1.0.9","DestinationPrefix":"0.0.0.0/0"}]"#))
        .unwrap();
    for (address, is) in [("10.1.0.1", false), ("10.1.0.2", false), ("10.1.0.3", true)] {
        assert_eq!(lab.endpoint(&bare, &at(address)).is_ok(), is, "{address}");
        assert!(lab.endpoint(&routed, &at(address)).is_ok(), "{address}");
    }
    let policy = |text: &str| lab.endpoint(&bare, &format!(r#""Policies":[{text}]"#));
    assert_eq!(policy(r#"{"Type":"SDNRoute","Settings":{}}"#), Err(Code::INVALID_POLICY_TYPE));
    assert_eq!(policy(r#"{"Type":"ACL","Settings":{"RuleType":"Switch"}}"#), Err(Code::INVALID_POLICY));
    assert!(policy(r#"{"Type":"ACL","Settings":{"RuleType":"Switch","Priority":100}}"#).is_ok());
}

#[test]
fn addresses_are_given_where_the_service_gives_them() {
    let lab = Lab::new();
    let subnet = r#""Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/24","Policies":[{"Type":"VSID","Settings":{"IsolationId":5000}}]}]}]"#;
    for (kind, gives) in [
        ("L2Bridge", true),
        ("L2Tunnel", false),
        ("Transparent", false),
        ("Overlay", false),
        ("Private", false),
        ("Internal", false),
    ] {
        let network = lab.network(&format!(r#""Type":"{kind}",{subnet}"#)).unwrap();
        assert_eq!(lab.any_endpoint(&network).ip_configurations.is_some(), gives, "{kind}");
        assert!(lab.endpoint(&network, &at("10.1.0.5")).is_ok(), "{kind}");
    }
    let dhcp = lab.network(r#""Type":"L2Bridge","Ipams":[{"Type":"Dhcp"}]"#).unwrap();
    assert_eq!(lab.any_endpoint(&dhcp).ip_configurations, None);
    let nat = lab.nat("lab", "10.2.0.0/24").unwrap();
    assert_eq!(lab.endpoint(&nat, r#""Flags":32"#).unwrap().ip_configurations, None, "DHCP of its own");
}

#[test]
fn a_v1_document_creates_what_a_v2_query_reads() {
    let (lab, network) = lab();
    let parent = lab.0.open(Kind::Network, network.id.unwrap().into()).unwrap();
    let id = Guid::random();
    let v1 = format!(
        r#"{{"Name":"e","VirtualNetwork":"{}","IPAddress":"10.1.0.5","PrefixLength":24,"GatewayAddress":"10.1.0.1","DNSServerList":"10.1.0.2,10.1.0.3","DisableICC":true,"EncapOverhead":50,"Policies":[{{"Type":"NAT","Protocol":"TCP","InternalPort":80,"ExternalPort":8080}}],"EnableInternalDNS":true}}"#,
        network.id.unwrap()
    );
    lab.0.create(Kind::Endpoint, Some(parent), id, &v1).unwrap();
    let read = Endpoint::from_json(&lab.read(Kind::Endpoint, id, V2).unwrap()).unwrap();
    assert_eq!((read.name.as_deref(), read.addresses().collect::<Vec<_>>()), (Some("e"), vec!["10.1.0.5"]));
    assert_eq!((read.flags(), read.dns.unwrap().server_list.unwrap().len()), (2, 2));
    assert_eq!(lab.0.taken(), (1, 1, 1));
    let v1: Value = serde_json::from_str(&lab.read(Kind::Endpoint, id, "{}").unwrap()).unwrap();
    assert_eq!((&v1["EnableInternalDNS"], &v1["Policies"][0]["Type"]), (&true.into(), &"NAT".into()));
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

/// What somebody does to a store: which of ten acts, on which of the objects that are there.
fn acts() -> impl Strategy<Value = Vec<(u8, usize)>> {
    prop::collection::vec((0u8..10, any::<usize>()), 1..50)
}

fn act(lab: &Lab, act: u8, which: usize) {
    let pick = |kind| {
        let all = lab.list(kind);
        (!all.is_empty()).then(|| all[which % all.len()])
    };
    let document = |network: Guid| Network { id: Some(network.into()), ..Network::default() };
    match (act, pick(Kind::Network), pick(Kind::Endpoint), pick(Kind::Namespace)) {
        (0, ..) => drop(lab.nat(&format!("n{}", which % 4), &format!("10.{}.0.0/28", which % 4))),
        (1, Some(network), ..) if which.is_multiple_of(3) => drop(lab.0.delete(Kind::Network, network)),
        (2 | 3, Some(network), ..) => drop(lab.endpoint(&document(network), "")),
        (4, Some(network), ..) => {
            let port =
                mapping(&format!(r#""Protocol":6,"InternalPort":80,"ExternalPort":{}"#, 1 + which % 3));
            drop(lab.endpoint(&document(network), &format!(r#"{},"Flags":{}"#, port, which % 2)));
        }
        (5, _, Some(endpoint), _) => drop(lab.0.delete(Kind::Endpoint, endpoint)),
        (6, ..) => drop(lab.namespace()),
        (7 | 8, _, Some(endpoint), Some(namespace)) => {
            let endpoint = Endpoint { id: Some(endpoint.into()), ..Endpoint::default() };
            let namespace = hcn::Namespace { id: Some(namespace.into()), ..hcn::Namespace::default() };
            let _ = lab.move_endpoint(if act == 7 { "Add" } else { "Remove" }, &endpoint, &namespace);
        }
        (9, _, _, Some(namespace)) => drop(lab.0.delete(Kind::Namespace, namespace)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is done in whatever order, the store is in order after each call, and empty once everything is deleted.
    #[test]
    fn a_store_is_in_order_after_every_call(acts in acts()) {
        let lab = Lab::new();
        for (kind, which) in acts {
            act(&lab, kind, which);
            prop_assert_eq!(lab.0.check(), Ok(vec![]));
        }
        lab.list(Kind::Namespace).into_iter().for_each(|id| lab.0.delete(Kind::Namespace, id).unwrap());
        lab.list(Kind::Network).into_iter().for_each(|id| lab.0.delete(Kind::Network, id).unwrap());
        prop_assert_eq!((lab.0.taken(), lab.list(Kind::Endpoint)), ((0, 0, 0), vec![]));
    }
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

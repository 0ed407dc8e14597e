//! Which network is chosen of those that there are, and what the endpoint is to be.

use super::*;

fn network(name: &str, kind: &str) -> Network {
    let id = uuid::Uuid::new_v4();
    Network::from_json(&format!(r#"{{"ID":"{id}","Name":"{name}","Type":"{kind}"}}"#)).unwrap()
}

/// The name of the network that is chosen, `(new)`, or the refusal.
fn chosen(networks: &[(&str, &str)], wanted: Option<&str>) -> String {
    let networks: Vec<_> = networks.iter().map(|(name, kind)| network(name, kind)).collect();
    match choose(&networks, wanted) {
        Ok(Some(found)) => found.name,
        Ok(None) => "(new)".to_owned(),
        Err(refused) => refused.to_string(),
    }
}

#[test]
fn the_one_named_nat_is_taken_in_any_case_before_others() {
    assert_eq!(chosen(&[("lab", "NAT"), ("NaT", "NAT"), ("zoo", "NAT")], None), "NaT");
    assert_eq!(chosen(&[("NAT", "NAT"), ("nat", "NAT")], None), "nat");
}

#[test]
fn else_the_only_nat_network_is_taken_and_else_one_is_made() {
    assert_eq!(chosen(&[("wsl", "ICS"), ("lab", "NAT")], None), "lab");
    assert_eq!(chosen(&[("wsl", "ICS"), ("ext", "Transparent")], None), "(new)");
    assert_eq!(chosen(&[], None), "(new)");
}

#[test]
fn a_named_one_is_taken_whatever_else_there_is() {
    assert_eq!(chosen(&[("nat", "NAT"), ("lab", "NAT")], Some("lab")), "lab");
    assert_eq!(chosen(&[("nat", "NAT"), ("Lab", "NAT")], Some("lab")), "Lab");
}

#[test]
fn a_network_without_a_type_is_a_nat_network_as_the_service_writes_them() {
    let id = uuid::Uuid::new_v4();
    let network = Network::from_json(&format!(r#"{{"ID":"{id}","Name":"nat"}}"#)).unwrap();
    assert_eq!(choose(&[network], None).unwrap().map(|found| found.id.to_string()), Some(id.to_string()));
}

#[test]
fn what_cannot_be_chosen_is_refused_with_the_names() {
    let several = [("lab", "NAT"), ("zoo", "NAT"), ("wsl", "ICS")];
    let refusals = [
        chosen(&several, None),
        chosen(&several, Some("nosuch")),
        chosen(&several, Some("wsl")),
        chosen(&[], Some("nosuch")),
        chosen(&[("nat", "Transparent")], None),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    cannot choose a NAT network: there are several, `lab`, `zoo`; name one with --network
    cannot use the network `nosuch`: there is no such network; use `lab`, `zoo`
    cannot use the network `wsl`: it is of type ICS, and --net nat needs one of type NAT; use `lab`, `zoo`
    cannot use the network `nosuch`: there is no such network; leave --network out, and a NAT network `nat` is made
    cannot make the NAT network `nat`: a network of type Transparent has this name; make a NAT network of another name, and name it with --network
    ");
}

#[test]
fn name_servers_are_the_flags_else_the_network_s_else_the_host_s() {
    let (one, two) = (["1.1.1.1".parse().unwrap()], ["2001:db8::2".parse().unwrap()]);
    let network = |dns: &[&str]| Found {
        id: NetworkId::random(),
        name: "nat".into(),
        dns: dns.iter().map(|server| (*server).to_owned()).collect(),
    };
    assert_eq!(name_servers(&one, Some(&network(&["9.9.9.9"])), &two), ["1.1.1.1"]);
    assert_eq!(name_servers(&[], Some(&network(&["9.9.9.9"])), &two), ["9.9.9.9"]);
    assert_eq!(name_servers(&[], Some(&network(&[])), &two), ["2001:db8::2"]);
    assert!(name_servers(&[], None, &[]).is_empty(), "the service's to fill in");
}

#[test]
fn the_endpoint_names_the_gateway_and_the_name_servers() {
    let network = Network::from_json(
        r#"{"ID":"6b29fc40-ca47-1067-b31d-00dd010662da","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/24",
        "Routes":[{"NextHop":"10.1.0.9","DestinationPrefix":"10.9.0.0/16"},{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}]}]}]}"#,
    )
    .unwrap();
    let wanted = |dns: &[&str]| plan::Endpoint {
        id: hcn::EndpointId::random(),
        name: "hcn-0123456789abcdef".into(),
        network: plan::NatNetwork::Existing { id: network.id.unwrap(), name: "nat".into() },
        namespace: hcn::NamespaceId::random(),
        dns: dns.iter().map(|server| (*server).to_owned()).collect(),
    };
    let text = |dns| serde_json::to_string(&new_endpoint(&wanted(dns), &network)).unwrap();
    insta::assert_snapshot!(text(&["1.1.1.1"]), @r#"{"Name":"hcn-0123456789abcdef","SchemaVersion":{"Major":2,"Minor":0},"HostComputeNetwork":"6b29fc40-ca47-1067-b31d-00dd010662da","Dns":{"ServerList":["1.1.1.1"]},"Routes":[{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}]}"#);
    assert!(!text(&[]).contains("Dns"), "a member that is not set is never written");
}

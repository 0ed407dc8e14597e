//! Documents: what is written, what is kept, what is refused and where.

mod generated;
mod property;

use super::*;

/// Reads and writes again.
#[track_caller]
fn rewritten(text: &str) -> String {
    Network::from_json(text).unwrap().to_json()
}

#[test]
fn a_namespace_for_a_container_is_the_schema_version_alone() {
    assert_eq!(Namespace::for_container().to_json(), r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#);
}

#[test]
fn what_is_not_set_is_not_written() {
    assert_eq!(Network::default().to_json(), "{}");
    assert_eq!(Endpoint::default().to_json(), "{}");
    assert_eq!(Policy::<OnEndpoint>::default().kind, None);
}

#[test]
fn null_reads_as_absent() {
    let network =
        Network::from_json(r#"{"Name":null,"Ipams":null,"Health":null,"AdditionalParams":null,"Type":null}"#);
    let version = Namespace::from_json(r#"{"SchemaVersion":{"Major":2,"Minor":null}}"#);
    assert_eq!(version, Ok(Namespace::for_container()));
    assert_eq!(network, Ok(Network::default()));
}

#[test]
fn unknown_members_keep_their_bytes_behind_the_known_ones_duplicates_included() {
    let unknown =
        r#""X":1e400,"Y":{ "a" : [1 ,2]},"X":"\u00e9\/","Z":123456789012345678901234567890,"N":null"#;
    assert_eq!(
        rewritten(&format!(r#"{{{unknown},"Name":"lab"}}"#)),
        format!(r#"{{"Name":"lab",{unknown}}}"#)
    );
}

#[test]
fn unknown_members_of_the_parts_are_kept_too() {
    let text =
        r#"{"Health":{"Extra":{"New":[1]},"More":0.10},"Ipams":[{"Subnets":[{"Routes":[{"Hops":9}]}]}]}"#;
    assert_eq!(rewritten(text), text);
}

#[test]
fn names_are_written_as_the_service_writes_them_and_read_in_any_case() {
    let endpoint =
        Endpoint::from_json(r#"{"id":"6B29FC40-CA47-1067-B31D-00DD010662DA","IPConfigurations":[]}"#);
    let written = r#"{"ID":"6b29fc40-ca47-1067-b31d-00dd010662da","IpConfigurations":[]}"#;
    assert_eq!(endpoint.unwrap().to_json(), written);
}

#[test]
fn a_known_member_that_comes_twice_is_refused() {
    let refused = Network::from_json(r#"{"Name":"a","name":"b"}"#).unwrap_err();
    assert!(refused.reason().starts_with("duplicate field `Name`"), "{refused}");
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let refused = Network::from_json(r#"{"Ipams":[{"Subnets":[{},{"IpAddressPrefix":5}]}]}"#).unwrap_err();
    assert_eq!(refused.path(), "Ipams[0].Subnets[1].IpAddressPrefix");
    assert_eq!(
        refused.to_string(),
        "the document is invalid at `Ipams[0].Subnets[1].IpAddressPrefix`: \
         invalid type: integer `5`, expected a string at line 1 column 45"
    );
}

#[test]
fn what_is_no_object_is_refused_as_a_whole() {
    for text in ["", "[]", "\"nat\"", "{", "{} {}", "null"] {
        assert_eq!(Network::from_json(text).unwrap_err().path(), "", "{text}");
    }
}

#[test]
fn a_document_of_another_client_comes_back_as_it_was() {
    // What Go programs send: struct-typed members are written even when they are empty.
    let text = r#"{"Name":"cbr0","Health":{"Extra":{}},"SchemaVersion":{"Major":2,"Minor":0},"Type":"L2Bridge","MacPool":{},"Dns":{},"Ipams":[{"Type":"Static","Subnets":[{"IpAddressPrefix":"10.1.0.0/24","Routes":[{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}]}]}],"Flags":8}"#;
    assert_eq!(rewritten(text), text);
}

#[test]
fn enums_take_names_in_any_case_and_ordinals() {
    for text in [r#"{"Type":"l2bridge"}"#, r#"{"Type":3}"#] {
        let network = Network::from_json(text).unwrap();
        assert_eq!(
            (network.kind(), network.to_json().as_str()),
            (NetworkKind::L2Bridge, r#"{"Type":"L2Bridge"}"#)
        );
    }
}

#[test]
fn enums_keep_what_they_do_not_know() {
    for (text, name, ordinal) in
        [(r#"{"Type":"Quantum"}"#, "Quantum", None), (r#"{"Type":77}"#, "77", Some(77))]
    {
        let network = Network::from_json(text).unwrap();
        assert_eq!((network.kind().name(), network.kind().ordinal()), (name, ordinal));
        assert_eq!(network.to_json(), text);
    }
}

#[test]
fn the_tables_of_the_enums_are_in_order() {
    let ordinals: Vec<u32> = NetworkKind::KNOWN.iter().map(|(_, ordinal, _)| *ordinal).collect();
    assert_eq!(ordinals, (0..11).collect::<Vec<_>>());
    for (name, ordinal, kind) in NetworkKind::KNOWN {
        assert_eq!((kind.name(), kind.ordinal()), (*name, Some(u64::from(*ordinal))));
    }
}

#[test]
fn accessors_supply_the_services_defaults() {
    assert_eq!(Network::default().kind(), NetworkKind::Nat);
    assert_eq!(Namespace::default().kind(), NamespaceKind::Host);
    assert_eq!(Ipam::default().kind(), IpamKind::Static);
    assert_eq!(Resource::default().kind(), ResourceKind::Container);
    assert_eq!(Policy::<OnEndpoint>::default().kind(), "PortMapping");
    assert_eq!(Policy::<OnSubnet>::default().kind(), "VLAN");
}

#[test]
fn the_zero_guid_is_no_namespace() {
    let detached = Endpoint::from_json(r#"{"HostComputeNamespace":"00000000-0000-0000-0000-000000000000"}"#);
    assert_eq!((detached.unwrap().namespace(), Endpoint::default().namespace()), (None, None));
}

#[test]
fn a_namespaces_resources_are_told_apart() {
    let id = "6B29FC40-CA47-1067-B31D-00DD010662DA";
    let text = format!(
        r#"{{"Resources":[{{"Type":"Endpoint","Data":{{"Id":"{id}"}}}},{{"Data":{{"Id":"abc"}}}},{{"Type":7,"Data":{{}}}}]}}"#
    );
    let namespace = Namespace::from_json(&text).unwrap();
    assert_eq!(namespace.endpoints().collect::<Vec<_>>(), [id.parse().unwrap()]);
    assert_eq!(namespace.containers().collect::<Vec<_>>(), ["abc"]);
    assert_eq!(namespace.to_json(), text, "upper case stays");
}

#[test]
fn an_ordinal_means_another_policy_on_each_owner() {
    let text = r#"[{"Type":4,"Settings":{}}]"#;
    let kind = |policies: &str| {
        serde_json::from_str::<Vec<Policy<OnEndpoint>>>(policies).unwrap()[0].kind().to_owned()
    };
    let on_network = serde_json::from_str::<Vec<Policy<OnNetwork>>>(text).unwrap();
    assert_eq!((kind(text).as_str(), on_network[0].kind()), ("OutBoundNAT", "ProviderAddress"));
}

#[test]
fn a_policys_settings_keep_their_bytes() {
    let text = r#"{"Type":"OutBoundNAT","Settings":{ "Exceptions":["10.0.0.0/16", "1.2.3.4/32"],"New":1e999 },"Id":"x"}"#;
    let policy: Policy<OnEndpoint> = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&policy).unwrap(), text);
    let nat = policy.read::<OutBoundNat>().unwrap().unwrap();
    assert_eq!(nat.exceptions.unwrap(), ["10.0.0.0/16", "1.2.3.4/32"]);
    assert_eq!(policy.read::<PortMapping>(), None);
}

#[test]
fn an_ill_formed_policy_is_kept_and_says_where() {
    let text = r#"{"Type":"PortMapping","Settings":{"ExternalPort":70000}}"#;
    let policy: Policy<OnEndpoint> = serde_json::from_str(text).unwrap();
    assert_eq!(policy.read::<PortMapping>().unwrap().unwrap_err().path(), "ExternalPort");
    assert_eq!(serde_json::to_string(&policy).unwrap(), text);
    let bare = Policy::<OnEndpoint>::named("PortMapping");
    assert_eq!(bare.read::<PortMapping>().unwrap().unwrap_err().path(), "Settings");
}

#[test]
fn a_policy_made_from_settings_reads_back() {
    let mapping =
        PortMapping { internal_port: Some(80), external_port: Some(8080), ..PortMapping::default() };
    let policy = Policy::new(&mapping).unwrap();
    let text = r#"{"Type":"PortMapping","Settings":{"InternalPort":80,"ExternalPort":8080}}"#;
    assert_eq!(serde_json::to_string(&policy).unwrap(), text);
    assert_eq!(policy.read::<PortMapping>(), Some(Ok(mapping)));
    assert_eq!(OnEndpoint::TYPES[<OutBoundNat as Settings<OnEndpoint>>::ORDINAL as usize], "OutBoundNAT");
}

#[test]
fn an_unknown_policy_keeps_its_type() {
    for text in [r#"{"Type":"Quantum","Settings":[1]}"#, r#"{"Type":99}"#] {
        let policy: Policy<OnNetwork> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&policy).unwrap(), text);
    }
}

#[test]
fn constructors_write_what_they_were_given_and_nothing_else() {
    let v2 = r#""SchemaVersion":{"Major":2,"Minor":0}"#;
    let subnet = Subnet::new("10.1.0.0/24").with_gateway("10.1.0.1").with_policy(Vsid::new(4096));
    let network =
        Network::new(NetworkKind::Overlay, "lab").with_subnet(subnet).with_policy(NetAdapterName::new("e0"));
    assert_eq!(
        network.to_json(),
        format!(
            r#"{{"Name":"lab",{v2},"Type":"Overlay","Policies":[{{"Type":"NetAdapterName","Settings":{{"NetworkAdapterName":"e0"}}}}],"Ipams":[{{"Type":"Static","Subnets":[{{"IpAddressPrefix":"10.1.0.0/24","Policies":[{{"Type":"VSID","Settings":{{"IsolationId":4096}}}}],"Routes":[{{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}}]}}]}}]}}"#
        )
    );
    let id = "6b29fc40-ca47-1067-b31d-00dd010662da";
    let endpoint =
        Endpoint::on(id.parse().unwrap()).with_address("10.1.0.5").with_policy(PortMapping::udp(53, 5353));
    assert_eq!(
        endpoint.to_json(),
        format!(
            r#"{{{v2},"HostComputeNetwork":"{id}","Policies":[{{"Type":"PortMapping","Settings":{{"Protocol":17,"InternalPort":53,"ExternalPort":5353}}}}],"IpConfigurations":[{{"IpAddress":"10.1.0.5"}}]}}"#
        )
    );
    assert_eq!(Namespace::new(NamespaceKind::Guest).to_json(), format!(r#"{{{v2},"Type":"Guest"}}"#));
}

#[test]
fn a_gateway_is_the_default_route_of_its_own_family() {
    let six = Subnet::new("fd00::/64").with_gateway("fd00::1");
    assert_eq!(six.routes.as_ref().unwrap()[0].destination_prefix.as_deref(), Some("::/0"));
    assert_eq!((six.gateway(), Subnet::new("10.1.0.0/24").gateway()), (Some("fd00::1"), None));
}

#[test]
fn an_endpoint_has_addresses_and_routes_of_both_families() {
    let endpoint = Endpoint::default().with_address("10.1.0.5").with_address("fd00:1::5");
    let routes = ["10.1.0.1", "fd00:1::1"].map(Route::default_through).to_vec();
    let endpoint = Endpoint { routes: Some(routes), ..endpoint };
    assert_eq!(
        endpoint.to_json(),
        r#"{"IpConfigurations":[{"IpAddress":"10.1.0.5"},{"IpAddress":"fd00:1::5"}],"Routes":[{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"},{"NextHop":"fd00:1::1","DestinationPrefix":"::/0"}]}"#
    );
    assert_eq!(Endpoint::from_json(&endpoint.to_json()), Ok(endpoint));
}

#[test]
fn requests_name_their_part_and_hold_no_more_than_it() {
    let id: crate::Guid = "6b29fc40-ca47-1067-b31d-00dd010662da".parse().unwrap();
    let route = Policy::from(SdnRoute::encapsulated("10.0.0.0/8"));
    let requests = [
        (Modify::endpoint(RequestType::Add, id.into()), "Endpoint", "Add", format!(r#"{{"EndpointId":"{id}"}}"#)),
        (Modify::container(RequestType::Remove, "c"), "Container", "Remove", r#"{"ContainerId":"c"}"#.to_owned()),
        (
            Modify::policies(RequestType::Update, [route]),
            "Policy",
            "Update",
            r#"{"Policies":[{"Type":"SDNRoute","Settings":{"DestinationPrefix":"10.0.0.0/8","NeedEncap":true}}]}"#.to_owned(),
        ),
        (Modify::dns(&Dns::servers(["1.1.1.1"])), "DNS", "Update", r#"{"ServerList":["1.1.1.1"]}"#.to_owned()),
        (Modify::extension(id, true), "Extension", "Update", format!(r#"{{"Id":"{id}","IsEnabled":true}}"#)),
        (
            Modify::subnets(RequestType::Add, [Subnet::new("10.2.0.0/24")]),
            "Subnet",
            "Add",
            r#"{"Subnets":[{"IpAddressPrefix":"10.2.0.0/24"}]}"#.to_owned(),
        ),
        (
            Modify::ip_subnets(RequestType::Remove, id, [IpSubnet::new("10.2.0.0/28")]),
            "IPSubnet",
            "Remove",
            format!(r#"{{"SubnetId":"{id}","IpSubnets":[{{"IpAddressPrefix":"10.2.0.0/28"}}]}}"#),
        ),
        (Modify::port_removed(), "Port", "Remove", "{}".to_owned()),
    ];
    for (request, part, verb, settings) in requests {
        let text = format!(r#"{{"ResourceType":"{part}","RequestType":"{verb}","Settings":{settings}}}"#);
        assert_eq!(request.to_json(), text);
    }
    assert_eq!(Modify::port_refreshed().to_json(), r#"{"ResourceType":"Port","RequestType":"Refresh"}"#);
}

#[test]
fn a_part_by_its_ordinal_stays_a_number() {
    let text = r#"{"ResourceType":1,"RequestType":"Add"}"#;
    let request = Modify::from_json(text).unwrap();
    assert_eq!((request.to_json().as_str(), request.resource_type.as_deref()), (text, Some("1")));
}

#[test]
fn one_inside_serves_every_owner_that_has_it() {
    let (on_network, on_endpoint) = (
        Policy::<OnNetwork>::from(ProviderAddress::new("a")),
        Policy::<OnEndpoint>::from(ProviderAddress::new("a")),
    );
    assert_eq!((on_network.kind(), on_endpoint.kind()), ("ProviderAddress", "ProviderAddress"));
    let rule = Acl::new(AclAction::Block, AclDirection::Out);
    assert_eq!(Policy::<OnNetwork>::from(rule.clone()).kind(), "NetworkACL");
    assert_eq!(Policy::<OnEndpoint>::from(rule.clone()).read::<Acl>(), Some(Ok(rule)));
}

#[test]
fn each_inside_has_the_name_that_its_owner_has_at_its_ordinal() {
    fn check<On: PolicyOwner, S: Settings<On>>() {
        assert_eq!(On::TYPES[S::ORDINAL as usize], S::TYPE);
    }
    check::<OnNetwork, NetAdapterName>();
    check::<OnNetwork, ProviderAddress>();
    check::<OnNetwork, Acl>();
    check::<OnSubnet, Vlan>();
    check::<OnSubnet, Vsid>();
    check::<OnEndpoint, PortMapping>();
    check::<OnEndpoint, Acl>();
    check::<OnEndpoint, OutBoundNat>();
    check::<OnEndpoint, SdnRoute>();
    check::<OnEndpoint, ProviderAddress>();
    check::<OnEndpoint, Vlan>();
}

#[test]
fn a_filter_travels_as_text() {
    let filter = Filter { name: Some("a\"b".to_owned()), ..Filter::default() };
    let query = r#"{"SchemaVersion":{"Major":2,"Minor":0},"Filter":"{\"Name\":\"a\\\"b\"}"}"#;
    assert_eq!(QueryDocument::v2_where(&filter).to_json(), query);
}

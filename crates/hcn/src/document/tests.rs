//! Documents: what is written, what is kept, what is refused and where.

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
fn a_filter_travels_as_text() {
    let filter = Filter { name: Some("a\"b".to_owned()), ..Filter::default() };
    let query = r#"{"SchemaVersion":{"Major":2,"Minor":0},"Filter":"{\"Name\":\"a\\\"b\"}"}"#;
    assert_eq!(QueryDocument::v2_where(&filter).to_json(), query);
}

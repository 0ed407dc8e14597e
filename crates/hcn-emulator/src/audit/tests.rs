//! Each way in which a store can be wrong is seen; a store that only the service changed is right.

use hcn::{Api, Kind};
use rusqlite::Connection;

use crate::Emulator;

const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
const NETWORK: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0},"Name":"lab","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/24"}]}]}"#;
const ENDPOINT: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0},"IpConfigurations":[{"IpAddress":"10.1.0.5"}],"MacAddress":"00-15-5D-00-00-05","Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}}]}"#;

/// What is wrong after somebody else has changed the file: a network (row 1), an endpoint (2) in a namespace (3).
fn after(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hns.db");
    let hns = Emulator::open(&path).unwrap();
    let network = hns.create(Kind::Network, None, hcn::Guid::from_u128(1), NETWORK).unwrap();
    hns.create(Kind::Endpoint, Some(network), hcn::Guid::from_u128(2), ENDPOINT).unwrap();
    let namespace = hns.create(Kind::Namespace, None, hcn::Guid::from_u128(3), V2).unwrap();
    let add = format!(
        r#"{{"ResourceType":"Endpoint","RequestType":"Add","Settings":{{"EndpointId":"{}"}}}}"#,
        hcn::Guid::from_u128(2)
    );
    hns.modify(Kind::Namespace, namespace, &add).unwrap();
    let stranger = Connection::open(&path).unwrap();
    stranger.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    stranger.execute_batch(sql).unwrap();
    hns.check().unwrap()
}

#[track_caller]
fn sees(sql: &str, wrong: &str) {
    let found = after(sql);
    assert!(found.iter().any(|line| line.contains(wrong)), "{sql}: {found:?}");
}

#[test]
fn a_store_that_the_service_made_is_right() {
    assert_eq!(after("SELECT 1"), [""; 0]);
}

#[test]
fn what_is_held_and_not_marked_or_marked_and_not_held_is_seen() {
    sees("DELETE FROM address", "it has address 10.1.0.5, which is not marked as taken");
    sees("DELETE FROM mac", "it has MAC address 00-15-5D-00-00-05, which is not marked");
    sees("DELETE FROM port", "it has port 6/8080, which is not marked");
    sees("INSERT INTO address VALUES (1, '10.1.0.6', 2)", "address 10.1.0.6 is marked as taken, but");
    sees("INSERT INTO mac VALUES (1, 7, 2)", "MAC address 00-00-00-00-00-07 is marked as taken, but");
    sees("INSERT INTO port VALUES (17, 53, '', 2)", "port 17/53 is marked as taken, but");
    sees("INSERT INTO address VALUES (1, '10.1.0.7', 9)", "10.1.0.7 is taken by what is no endpoint");
    sees("INSERT INTO address VALUES (1, '10.1.0.1', 2)", "10.1.0.1 is not its network's to give");
}

#[test]
fn references_that_lead_nowhere_are_seen() {
    sees("DELETE FROM object WHERE seq = 1", "it is on no network");
    sees("DELETE FROM object WHERE seq = 2", "a row of table member refers to a row of object");
    sees("DELETE FROM object WHERE seq = 3", "is a member of what is no namespace");
    sees("UPDATE member SET id = 'x'", "its member x cannot be in it");
}

#[test]
fn two_networks_of_one_name_or_one_subnet_are_seen() {
    let copy = "INSERT INTO object SELECT 9, kind, '00000000-0000-0000-0000-000000000009', parent, name, doc FROM object WHERE seq = 1";
    sees(copy, "both are named `lab`");
    sees(copy, "their subnets overlap");
}

#[test]
fn damaged_documents_and_a_second_default_namespace_are_seen() {
    sees("UPDATE object SET doc = '{' WHERE seq = 2", "its document is damaged");
    sees(
        r#"UPDATE object SET doc = '{"Type":"HostDefault"}' WHERE seq = 3"#,
        "the host's own namespace is 910f7d92",
    );
    sees(
        "UPDATE object SET doc = replace(doc, '000000000001', '00000000000f') WHERE seq = 2",
        "names another network",
    );
}

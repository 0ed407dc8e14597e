//! Listing, reading, finding, making and deleting.

use hcn::{
    Code, EndpointId, ErrorKind, Filter, Namespace, NamespaceId, NamespaceKind, NetworkKind, SchemaVersion,
};

use crate::{endpoint, endpoints, hcn, lab, namespace};

#[test]
fn a_namespace_is_made_listed_read_and_deleted() {
    let hcn = hcn();
    let id = namespace(&hcn);
    assert_eq!(hcn.namespaces().ids().unwrap(), [id]);
    assert_eq!(hcn.namespaces().get(id).unwrap().kind(), NamespaceKind::Host);
    hcn.namespaces().delete(id).unwrap();
    assert_eq!(hcn.namespaces().list().unwrap(), []);
    let gone = hcn.namespaces().delete(id).unwrap_err();
    assert_eq!((gone.kind(), gone.code()), (ErrorKind::NotFound, Code::ELEMENT_NOT_FOUND));
}

#[test]
fn the_callers_id_is_the_objects_id_and_taken_once() {
    let hcn = hcn();
    let id = NamespaceId::random();
    assert_eq!(hcn.namespaces().create_as(id, &Namespace::for_container()).unwrap().id, Some(id));
    let taken = hcn.namespaces().create_as(id, &Namespace::for_container()).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    assert_eq!(hcn.namespaces().ids().unwrap(), [id], "the one that was there stays");
}

#[test]
fn a_network_is_found_by_its_name() {
    let hcn = hcn();
    let id = lab(&hcn);
    let found = hcn.networks().find("lab").unwrap().unwrap();
    assert_eq!((found.id, found.kind()), (Some(id), NetworkKind::Nat));
    assert_eq!(found.subnets().next().unwrap().ip_address_prefix.as_deref(), Some("10.1.0.0/24"));
    assert_eq!(hcn.networks().find("nosuch").unwrap(), None);
}

#[test]
fn an_endpoint_is_found_by_its_network() {
    let hcn = hcn();
    let network = lab(&hcn);
    let made = hcn.endpoints().create(&endpoint(network, "10.1.0.5")).unwrap();
    let on_it = Filter { virtual_network: Some(network), ..Filter::default() };
    let found = hcn.endpoints().list_where(&on_it).unwrap();
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [made.id]);
    assert_eq!(found[0].addresses().collect::<Vec<_>>(), ["10.1.0.5"]);
}

#[test]
fn a_taken_address_is_refused_and_leaves_nothing() {
    let hcn = hcn();
    let network = lab(&hcn);
    let first = hcn.endpoints().create(&endpoint(network, "10.1.0.5")).unwrap();
    let refused = hcn.endpoints().create(&endpoint(network, "10.1.0.5")).unwrap_err();
    assert_eq!((refused.kind(), refused.operation()), (ErrorKind::AddressInUse, "create an endpoint"));
    assert_eq!(endpoints(&hcn), [first.id.unwrap()]);
}

#[test]
fn an_endpoint_on_an_absent_network_is_refused() {
    let hcn = hcn();
    let id = EndpointId::random();
    let nowhere = endpoint(hcn::NetworkId::random(), "10.1.0.5");
    let refused = hcn.endpoints().create_as(id, &nowhere).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::NotFound, Code::NETWORK_NOT_FOUND));
    assert_eq!(refused.operation(), format!("create endpoint `{id}`"));
}

#[test]
fn a_member_that_the_release_does_not_know_is_named_by_the_record() {
    let asked = Namespace { create_with_compartment: Some(true), ..Namespace::for_container() };
    let refused = hcn().namespaces().create(&asked).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::InvalidDocument, Code::INVALID_JSON));
    let said = refused.record().unwrap().error().unwrap();
    assert!(said.contains("{{CreateWithCompartment,UnknownField}}"), "{said}");
}

#[test]
fn containerds_own_document_is_taken() {
    let asked = Namespace { schema_version: Some(SchemaVersion::default()), ..Namespace::default() };
    assert_eq!(asked.to_json(), r#"{"SchemaVersion":{"Major":0,"Minor":0}}"#);
    assert_eq!(hcn().namespaces().create(&asked).unwrap().kind(), NamespaceKind::Host);
}

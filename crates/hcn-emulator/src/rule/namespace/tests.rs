//! Namespaces, through the emulator in memory.

use hcn::{Api, Failure, Query};

use super::*;
use crate::Emulator;
use crate::lab::Lab;

const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
const CONTAINERD: &str = r#"{"SchemaVersion":{"Major":0,"Minor":0}}"#;
const HOST: &str = r#"{"Type":"HostDefault","NamespaceId":5,"SchemaVersion":{"Major":2,"Minor":0}}"#;

fn create(hns: &Emulator, id: Guid, settings: &str) -> Result<String, Failure> {
    let handle = hns.create(Kind::Namespace, None, id, settings)?;
    let document = hns.query(Kind::Namespace, handle, Query::Properties, Some(V2))?;
    hns.close(Kind::Namespace, handle)?;
    Ok(document)
}

fn list(hns: &Emulator) -> String {
    hns.enumerate(Kind::Namespace, None).unwrap()
}

#[test]
fn what_hcn_and_what_containerd_sends_makes_a_host_namespace() {
    let hns = Emulator::in_memory();
    for (settings, id) in [(V2, Guid::from_u128(7)), (CONTAINERD, Guid::from_u128(8))] {
        assert_eq!(
            create(&hns, id, settings).unwrap(),
            format!(
                r#"{{"ID":"{id}","Version":38654705666,"Health":{{"Extra":{{"SharedContainers":[]}}}},"SchemaVersion":{{"Major":2,"Minor":0}},"Type":"Host"}}"#
            )
        );
    }
}

#[test]
fn a_zero_id_takes_the_documents_else_a_new_one() {
    let hns = Emulator::in_memory();
    let id = Guid::from_u128(0xabc);
    let named = format!(r#"{{"ID":"{}","SchemaVersion":{{"Major":2}}}}"#, id.to_string().to_uppercase());
    create(&hns, Guid::ZERO, &named).unwrap();
    assert_eq!(list(&hns), format!(r#"["{id}"]"#));
    create(&hns, Guid::ZERO, V2).unwrap();
    assert_eq!(list(&hns).matches('"').count(), 4);
}

#[test]
fn a_taken_id_is_refused() {
    let hns = Emulator::in_memory();
    create(&hns, Guid::from_u128(7), V2).unwrap();
    assert_eq!(create(&hns, Guid::from_u128(7), V2).unwrap_err().code, Code::ALREADY_EXISTS);
    assert_eq!(list(&hns), format!(r#"["{}"]"#, Guid::from_u128(7)));
}

#[test]
fn a_member_of_a_later_windows_is_refused_with_the_logged_record() {
    let refused = create(
        &Emulator::in_memory(),
        Guid::ZERO,
        r#"{"SchemaVersion":{"Major":2,"Minor":0},"CreateWithCompartment":true}"#,
    );
    assert_eq!(
        refused.unwrap_err().record.as_deref(),
        Some(
            r#"{"Success":false,"Error":"Invalid JSON document string. {{CreateWithCompartment,UnknownField}}","ErrorCode":2151350299}"#
        )
    );
}

#[test]
fn the_hosts_own_namespace_is_one_whatever_id_is_asked_for() {
    let hns = Emulator::in_memory();
    for id in [Guid::ZERO, Guid::from_u128(7)] {
        create(&hns, id, HOST).unwrap();
    }
    create(&hns, Guid::ZERO, r#"{"IsDefault":true}"#).unwrap();
    assert_eq!(list(&hns), format!(r#"["{HOST_DEFAULT}"]"#));
    hns.delete(Kind::Namespace, HOST_DEFAULT).unwrap();
    assert_eq!(list(&hns), "[]");
}

#[test]
fn an_absent_namespace_is_element_not_found() {
    let hns = Emulator::in_memory();
    for id in [Guid::ZERO, Guid::from_u128(7)] {
        for refused in [hns.open(Kind::Namespace, id).err(), hns.delete(Kind::Namespace, id).err()] {
            let record = r#"{"Success":false,"Error":"Element not found. ","ErrorCode":2147943568}"#;
            assert_eq!(refused.unwrap().record.as_deref(), Some(record));
        }
    }
}

fn change(hns: &Emulator, id: Guid, request: &str) -> Result<(), Failure> {
    let handle = hns.open(Kind::Namespace, id)?;
    let done = hns.modify(Kind::Namespace, handle, request);
    hns.close(Kind::Namespace, handle)?;
    done
}

#[test]
fn a_container_is_in_the_way_of_a_delete_until_it_is_removed() {
    let hns = Emulator::in_memory();
    let id = Guid::from_u128(7);
    create(&hns, id, V2).unwrap();
    let request = |verb| {
        format!(r#"{{"ResourceType":"Container","RequestType":"{verb}","Settings":{{"ContainerId":"c1"}}}}"#)
    };
    change(&hns, id, &request("Add")).unwrap();
    assert_eq!(hns.delete(Kind::Namespace, id).unwrap_err().code, Code::REQUEST_UNSUPPORTED);
    change(&hns, id, &request("Remove")).unwrap();
    assert_eq!(change(&hns, id, &request("Remove")).unwrap_err().code, Code::ELEMENT_NOT_FOUND);
    hns.delete(Kind::Namespace, id).unwrap();
}

#[test]
fn a_request_without_what_it_is_about_is_refused_by_the_member() {
    let hns = Emulator::in_memory();
    let id = Guid::from_u128(7);
    create(&hns, id, V2).unwrap();
    for (request, detail) in [
        (r#"{"ResourceType":"Endpoint"}"#, "{{Settings,MissingField}}"),
        (r#"{"ResourceType":1,"RequestType":0,"Settings":{}}"#, "{{EndpointId,MissingField}}"),
        (r#"{"ResourceType":"Endpoint","Settings":"{}"}"#, "{{Settings,ExpectedObject}}"),
        (r#"{"ResourceType":"Port","Settings":{}}"#, "{{ResourceType,UnknownValue}}"),
    ] {
        let refused = change(&hns, id, request).unwrap_err();
        assert_eq!(refused.code, Code::INVALID_JSON);
        assert!(refused.record.unwrap().contains(detail), "{request}");
    }
}

#[test]
fn an_endpoint_that_is_not_there_cannot_be_added() {
    let hns = Emulator::in_memory();
    let id = Guid::from_u128(7);
    create(&hns, id, V2).unwrap();
    let request = format!(r#"{{"ResourceType":"Endpoint","Settings":{{"EndpointId":"{id}"}}}}"#);
    assert_eq!(change(&hns, id, &request).unwrap_err().code, Code::ENDPOINT_NOT_FOUND);
}

#[test]
fn a_create_with_resources_is_as_if_each_had_been_added() {
    let lab = Lab::new();
    let network = lab.nat("lab", "10.1.0.0/24").unwrap();
    let endpoint = lab.any_endpoint(&network).id.unwrap();
    let inside = format!(
        r#""Resources":[{{"Type":"Endpoint","Data":{{"Id":"{endpoint}"}}}},{{"Type":"Container","Data":{{"Id":"c1"}}}}]"#
    );
    let made = Namespace::from_json(&lab.make(Kind::Namespace, None, Guid::ZERO, &inside).unwrap()).unwrap();
    assert_eq!(made.endpoints().collect::<Vec<_>>(), [endpoint]);
    assert_eq!(made.containers().collect::<Vec<_>>(), ["c1"]);
    let again = lab.make(Kind::Namespace, None, Guid::ZERO, &inside);
    assert_eq!(again, Err(Code::ENDPOINT_NAMESPACE_ALREADY_EXISTS));
    assert_eq!(lab.list(Kind::Namespace).len(), 1, "a refused create leaves nothing");
    assert_eq!(lab.0.check(), Ok(vec![]));
}

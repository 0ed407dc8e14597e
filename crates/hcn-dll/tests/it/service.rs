//! The service through the ABI: objects made, read, changed and gone, from several threads and processes.

use std::process::Command;

use hcn::Guid;
use hcn_dll::*;

use crate::calls::{self, V2};

const NAT: &str = r#"{"Type":"NAT","SchemaVersion":{"Major":2,"Minor":0}}"#;

#[test]
fn a_namespace_is_made_listed_read_and_gone() {
    let id = Guid::random();
    let handle = calls::create(HcnCreateNamespace, id, V2).good();
    assert!(!handle.is_null());
    let listed = || calls::enumerate(HcnEnumerateNamespaces, Some(V2)).good().unwrap();
    assert!(listed().contains(&format!("\"{id}\"")));
    let document = calls::query(HcnQueryNamespaceProperties, handle, Some(V2)).good().unwrap();
    assert!(document.starts_with(&format!(r#"{{"ID":"{id}""#)), "{document}");
    calls::delete(HcnDeleteNamespace, id).good();
    assert!(!listed().contains(&id.to_string()));
    assert_eq!(calls::close(HcnCloseNamespace, handle), 0, "closing after a delete is legal");
    assert_eq!(calls::close(HcnCloseNamespace, handle).cast_unsigned(), 0x8007_0006, "twice is not");
}

#[test]
fn an_absent_namespace_leaves_the_logged_record() {
    let record = r#"{"Success":false,"Error":"Element not found. ","ErrorCode":2147943568}"#;
    let absent = (0x8007_0490, record.to_owned());
    assert_eq!(calls::open(HcnOpenNamespace, Guid::random()).bad(), absent);
    assert_eq!(calls::delete(HcnDeleteNamespace, Guid::random()).bad(), absent);
}

#[test]
fn bad_documents_are_refused_and_make_nothing() {
    let id = Guid::random();
    for (settings, detail) in [
        ("{", "Invalid JSON document string. \""),
        (
            r#"{"SchemaVersion":{"Major":2},"CreateWithCompartment":true}"#,
            "{{CreateWithCompartment,UnknownField}}",
        ),
        (r#"{"SchemaVersion":{"Major":2},"Type":[]}"#, "{{Type,ExpectedString}}"),
    ] {
        let (code, record) = calls::create(HcnCreateNamespace, id, settings).bad();
        assert_eq!(code, 0x803B_001B);
        assert!(record.contains(detail), "{record}");
    }
    assert_eq!(calls::open(HcnOpenNamespace, id).bad().0, 0x8007_0490);
}

#[test]
fn an_endpoint_is_attached_through_handles() {
    let (network_id, endpoint_id, namespace_id) = (Guid::random(), Guid::random(), Guid::random());
    let network = calls::create(HcnCreateNetwork, network_id, NAT).good();
    let endpoint = calls::create_endpoint(network, endpoint_id, V2).good();
    let namespace = calls::create(HcnCreateNamespace, namespace_id, V2).good();
    let add = format!(
        r#"{{"ResourceType":"Endpoint","RequestType":"Add","Settings":{{"EndpointId":"{endpoint_id}"}}}}"#
    );
    calls::modify(HcnModifyNamespace, namespace, &add).good();
    assert_eq!(calls::modify(HcnModifyNamespace, namespace, &add).bad().0, 0x803B_002B);
    let read = calls::query(HcnQueryEndpointProperties, endpoint, Some(V2)).good().unwrap();
    assert!(read.contains(&format!(r#""HostComputeNamespace":"{namespace_id}""#)), "{read}");
    calls::delete(HcnDeleteNetwork, network_id).good();
    assert_eq!(calls::delete(HcnDeleteEndpoint, endpoint_id).bad().0, 0x803B_0002, "gone with its network");
    calls::delete(HcnDeleteNamespace, namespace_id).good();
    for (close, handle) in [
        (HcnCloseNetwork as calls::Close, network),
        (HcnCloseEndpoint, endpoint),
        (HcnCloseNamespace, namespace),
    ] {
        assert_eq!(calls::close(close, handle), 0);
    }
}

#[test]
fn the_version_is_told_through_the_v1_front_door() {
    assert_eq!(
        calls::hns_call("GET", "/globals/version").good().as_deref(),
        Some(r#"{"Success":true,"Output":{"Major":9,"Minor":2}}"#)
    );
    assert!(calls::hns_call("GET", "/plugins").good().unwrap().starts_with(r#"{"Success":false,"#));
}

#[test]
fn threads_lose_nothing() {
    let ids: Vec<Guid> = (0..40).map(|_| Guid::random()).collect();
    std::thread::scope(|scope| {
        for ids in ids.chunks(10) {
            scope.spawn(move || {
                for id in ids {
                    let handle = calls::create(HcnCreateNamespace, *id, V2).good();
                    assert_eq!(calls::close(HcnCloseNamespace, handle), 0);
                }
            });
        }
    });
    let listed = calls::enumerate(HcnEnumerateNamespaces, None).good().unwrap();
    assert_eq!(ids.iter().filter(|id| !listed.contains(&id.to_string())).count(), 0);
    ids.iter().for_each(|id| calls::delete(HcnDeleteNamespace, *id).good());
}

/// What the processes below do: nothing unless the variable is set.
#[test]
fn as_a_child() {
    let Ok(job) = std::env::var("HCN_DLL_TEST_CHILD") else { return };
    match job.as_str() {
        "create" => {
            for _ in 0..20 {
                let handle = calls::create(HcnCreateNamespace, Guid::ZERO, V2).good();
                assert_eq!(calls::close(HcnCloseNamespace, handle), 0);
            }
        }
        _ => println!("{:?}", calls::create(HcnCreateNamespace, Guid::ZERO, V2).bad()),
    }
}

fn child(job: &str, store: &std::path::Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "service::as_a_child", "--nocapture"])
        .env("HCN_DLL_TEST_CHILD", job)
        .env("HCN_EMULATOR_STORE", store)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn processes_on_one_store_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("hns.db");
    let children: Vec<_> = (0..4).map(|_| child("create", &store)).collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let hns = hcn_emulator::Emulator::open(&store).unwrap();
    let listed = hcn::Api::enumerate(&hns, hcn::Kind::Namespace, None).unwrap();
    assert_eq!(listed.matches('"').count(), 2 * 80);
}

#[test]
fn a_store_that_cannot_be_opened_fails_the_call_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("notes.txt");
    std::fs::write(&store, "dear diary").unwrap();
    let output = child("fail", &store).wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(&0x8007_06BA_u32.to_string()), "{said}");
    assert!(said.contains("cannot open the emulator's store"), "{said}");
    assert!(said.contains(store.to_str().unwrap()), "{said}");
}

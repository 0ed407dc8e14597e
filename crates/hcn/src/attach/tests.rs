//! What attaching and detaching call, and that nothing is left half-way.

use std::sync::Arc;

use crate::recorder::Recorder;
use crate::*;

const ENDPOINT: &str = "eeeeeeee-0000-0000-0000-000000000000";
const NAMESPACE: &str = "aaaaaaaa-0000-0000-0000-000000000000";
const NETWORK: &str = "bbbbbbbb-0000-0000-0000-000000000000";

fn ids() -> (EndpointId, NamespaceId) {
    (ENDPOINT.parse().unwrap(), NAMESPACE.parse().unwrap())
}

fn attach(recorder: &Arc<Recorder>) -> Result<Attachment, Error> {
    let (endpoint, namespace) = ids();
    let document = Endpoint { host_compute_network: Some(NETWORK.parse().unwrap()), ..Endpoint::default() };
    Hcn::from_arc(recorder.clone()).attach(endpoint, &document, namespace)
}

/// The changes among the calls: what was created, modified, deleted.
fn changes(recorder: &Recorder) -> Vec<String> {
    let changing = ["create", "modify", "delete"];
    recorder.log().into_iter().filter(|line| changing.iter().any(|verb| line.starts_with(verb))).collect()
}

fn modified(handle: u32, request: &str) -> String {
    format!(
        r#"modify namespace #{handle} {{"ResourceType":"Endpoint","RequestType":"{request}","Settings":{{"EndpointId":"{ENDPOINT}"}}}}"#
    )
}

#[test]
fn an_endpoint_is_made_then_added_and_detached_in_reverse() {
    let recorder = Arc::new(Recorder::default());
    attach(&recorder).unwrap().detach().unwrap();
    let created = format!(
        r#"create endpoint on #1 {{"SchemaVersion":{{"Major":2,"Minor":0}},"HostComputeNetwork":"{NETWORK}"}}"#
    );
    let changed = [created, modified(6, "Add"), modified(9, "Remove"), format!("delete endpoint {ENDPOINT}")];
    assert_eq!(changes(&recorder), changed);
}

#[test]
fn a_refused_add_deletes_the_endpoint() {
    let recorder = Arc::new(Recorder::default().refuse("open namespace", Code::ELEMENT_NOT_FOUND));
    let error = attach(&recorder).unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::NotFound, &*format!("modify namespace `{NAMESPACE}`"))
    );
    assert_eq!(changes(&recorder).last(), Some(&format!("delete endpoint {ENDPOINT}")));
}

#[test]
fn a_taken_id_is_left_alone() {
    let recorder = Arc::new(Recorder::default().refuse("create", Code::ALREADY_EXISTS));
    assert_eq!(attach(&recorder).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(changes(&recorder).len(), 1, "the create alone: {:?}", recorder.log());
}

#[test]
fn a_drop_undoes_and_keep_does_not() {
    let (dropped, kept) = (Arc::new(Recorder::default()), Arc::new(Recorder::default()));
    drop(attach(&dropped).unwrap());
    let _: Endpoint = attach(&kept).unwrap().keep();
    assert_eq!((changes(&dropped).len(), changes(&kept).len()), (4, 2));
}

#[test]
fn what_is_absent_is_detached_already() {
    for code in [Code::ELEMENT_NOT_FOUND, Code::ENDPOINT_NOT_FOUND, Code::ENDPOINT_NOT_ATTACHED] {
        let recorder = Recorder::default().refuse("modify", code).refuse("delete", Code::ENDPOINT_NOT_FOUND);
        let (endpoint, namespace) = ids();
        Hcn::new(recorder).detach(endpoint, namespace).unwrap();
    }
}

#[test]
fn a_missing_port_is_no_detached_endpoint() {
    let recorder = Recorder::default().refuse("delete", Code::PORT_NOT_FOUND);
    let (endpoint, namespace) = ids();
    let error = Hcn::new(recorder).detach(endpoint, namespace).unwrap_err();
    assert_eq!((error.code(), error.is_absence()), (Code::PORT_NOT_FOUND, false));
}

#[test]
fn an_endpoint_is_deleted_even_when_its_namespace_will_not_let_go() {
    let recorder = Arc::new(Recorder::default().refuse("modify", Code::DEGRADED_OPERATION));
    let (endpoint, namespace) = ids();
    let error = Hcn::from_arc(recorder.clone()).detach(endpoint, namespace).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Degraded);
    assert_eq!(changes(&recorder).last(), Some(&format!("delete endpoint {ENDPOINT}")));
}

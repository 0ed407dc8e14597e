//! What the client calls, in which order, and how often.

use std::sync::Arc;

use crate::recorder::Recorder;
use crate::*;

const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
const A: &str = "aaaaaaaa-0000-0000-0000-000000000000";
const B: &str = "bbbbbbbb-0000-0000-0000-000000000000";

/// Runs `act` against a recorder; what it gave, and the calls.
fn recorded<R>(recorder: Recorder, act: impl FnOnce(Hcn) -> R) -> (R, Vec<String>) {
    let recorder = Arc::new(recorder);
    let given = act(Hcn::from_arc(recorder.clone()));
    (given, recorder.log())
}

fn id<T: From<Guid>>(text: &str) -> T {
    text.parse::<Guid>().unwrap().into()
}

fn endpoint() -> Endpoint {
    Endpoint { host_compute_network: Some(id(B)), ..Endpoint::default() }
}

#[test]
fn a_namespace_is_created_from_the_schema_version_alone_and_its_handle_closed_once() {
    let recorder = Recorder::default().answer("query", &format!(r#"{{"ID":"{A}"}}"#));
    let (made, log) = recorded(recorder, |hcn| hcn.namespaces().create(&Namespace::for_container()));
    assert_eq!(made.unwrap().id, Some(id(A)));
    assert_eq!(
        log,
        [
            format!("create namespace {V2}"),
            format!("query namespace #1 {V2}"),
            "close namespace #1".to_owned()
        ]
    );
}

#[test]
fn a_refused_create_closes_nothing_and_deletes_nothing() {
    let recorder = Recorder::default().refuse("create", Code::INVALID_JSON);
    let (made, log) =
        recorded(recorder, |hcn| hcn.namespaces().create_as(id(A), &Namespace::for_container()));
    let error = made.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::InvalidDocument, &*format!("create namespace `{A}`"))
    );
    assert_eq!(log, [format!("create namespace {V2}")]);
}

#[test]
fn what_cannot_be_read_back_is_deleted_again() {
    let refusing = Recorder::default().refuse("query", Code::CALL_FAILED);
    let talking_nonsense = Recorder::default().answer("query", r#"{"ID":7}"#);
    for (recorder, code) in [(refusing, Code::CALL_FAILED), (talking_nonsense, Code::INVALID_DATA)] {
        let (made, log) =
            recorded(recorder, |hcn| hcn.namespaces().create_as(id(A), &Namespace::for_container()));
        assert_eq!(made.unwrap_err().code(), code);
        assert_eq!(log[2..], ["close namespace #1".to_owned(), format!("delete namespace {A}")]);
    }
}

#[test]
fn the_host_s_own_namespace_is_never_taken_back() {
    let own = Namespace { kind: Some(NamespaceKind::HostDefault), ..Namespace::default() };
    let refusing = Recorder::default().refuse("query", Code::CALL_FAILED);
    let talking_nonsense = Recorder::default().answer("query", r#"{"ID":7}"#);
    for recorder in [refusing, talking_nonsense] {
        let (made, log) = recorded(recorder, |hcn| hcn.namespaces().create_as(id(A), &own));
        made.unwrap_err();
        assert_eq!(log[2..], ["close namespace #1"]);
    }
}

#[test]
fn a_close_that_fails_is_the_error_and_not_tried_twice() {
    let recorder = Recorder::default().refuse("close", Code::CALL_FAILED);
    let (made, log) =
        recorded(recorder, |hcn| hcn.namespaces().create_as(id(A), &Namespace::for_container()));
    assert_eq!(made.unwrap_err().code(), Code::CALL_FAILED);
    assert_eq!(log.iter().filter(|line| line.starts_with("close")).count(), 1);
    assert_eq!(log.last(), Some(&format!("delete namespace {A}")));
}

#[test]
fn an_endpoint_is_created_on_its_network_and_both_handles_are_closed() {
    let (made, log) = recorded(Recorder::default(), |hcn| hcn.endpoints().create_as(id(A), &endpoint()));
    made.unwrap();
    let lines = [
        format!("open network {B}"),
        format!(r#"create endpoint on #1 {{"HostComputeNetwork":"{B}"}}"#),
        format!("query endpoint #2 {V2}"),
        "close endpoint #2".to_owned(),
        "close network #1".to_owned(),
    ];
    assert_eq!(log, lines);
}

#[test]
fn a_refused_endpoint_leaves_its_network_closed() {
    let recorder = Recorder::default().refuse("create", Code::ADDR_INVALID_OR_RESERVED);
    let (made, log) = recorded(recorder, |hcn| hcn.endpoints().create(&endpoint()));
    assert_eq!(made.unwrap_err().kind(), ErrorKind::AddressInUse);
    assert_eq!(log.last().unwrap(), "close network #1");
}

#[test]
fn an_endpoint_whose_network_fails_to_close_is_deleted_again() {
    let recorder = Recorder::default().refuse("close network", Code::CALL_FAILED);
    let (made, log) = recorded(recorder, |hcn| hcn.endpoints().create_as(id(A), &endpoint()));
    assert_eq!(made.unwrap_err().code(), Code::CALL_FAILED);
    assert_eq!(log.last(), Some(&format!("delete endpoint {A}")));
}

#[test]
fn an_endpoint_that_names_no_network_is_refused_before_any_call() {
    let (made, log) = recorded(Recorder::default(), |hcn| hcn.endpoints().create(&Endpoint::default()));
    let error = made.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidDocument, Some("HostComputeNetwork")));
    assert_eq!(log, [""; 0]);
}

#[test]
fn create_takes_the_id_of_the_document() {
    let document = Network { id: Some(id(A)), ..Network::default() };
    let recorder = Recorder::default().refuse("query", Code::CALL_FAILED);
    let (_, log) = recorded(recorder, |hcn| hcn.networks().create(&document));
    assert_eq!(log.last(), Some(&format!("delete network {A}")));
}

#[test]
fn a_list_leaves_out_what_vanished_meanwhile() {
    let ids = format!(r#"["{A}","{}"]"#, B.to_uppercase());
    let recorder = Recorder::default()
        .answer("enumerate", &ids)
        .refuse(&format!("open namespace {A}"), Code::ELEMENT_NOT_FOUND)
        .answer("query", &format!(r#"{{"ID":"{B}"}}"#));
    let (listed, log) = recorded(recorder, |hcn| hcn.namespaces().list());
    assert_eq!(listed.unwrap().iter().map(|read| read.id).collect::<Vec<_>>(), [Some(id(B))]);
    assert_eq!(log[0], format!("enumerate namespace {V2}"));
}

#[test]
fn a_list_reports_what_it_may_not_read() {
    let recorder =
        Recorder::default().answer("enumerate", &format!(r#"["{A}"]"#)).refuse("query", Code::ACCESS_DENIED);
    let (listed, log) = recorded(recorder, |hcn| hcn.networks().list());
    let error = listed.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::AccessDenied, &*format!("read network `{A}`")));
    assert_eq!(log.last().unwrap(), "close network #2");
}

#[test]
fn a_list_reports_an_object_that_lacks_what_it_needs() {
    for code in [Code::SWITCH_NOT_FOUND, Code::PORT_NOT_FOUND, Code::POLICY_NOT_FOUND] {
        let recorder = Recorder::default().answer("enumerate", &format!(r#"["{A}"]"#)).refuse("query", code);
        let (listed, _) = recorded(recorder, |hcn| hcn.endpoints().list());
        assert_eq!(listed.unwrap_err().code(), code);
    }
}

#[test]
fn nothing_null_and_an_empty_array_are_no_ids() {
    for text in ["", "null", "[]", " [\n] "] {
        let recorder = Recorder::default().answer("enumerate", text);
        assert_eq!(recorded(recorder, |hcn| hcn.networks().ids()).0.unwrap(), []);
    }
}

#[test]
fn a_list_of_anything_else_is_refused_with_its_path() {
    let recorder = Recorder::default().answer("enumerate", &format!(r#"["{A}","nat"]"#));
    let error = recorded(recorder, |hcn| hcn.networks().ids()).0.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidDocument, Some("[1]")));
}

#[test]
fn find_filters_by_name_and_gives_the_first() {
    let recorder = Recorder::default()
        .answer("enumerate", &format!(r#"["{A}","{B}"]"#))
        .answer("query network #2", &format!(r#"{{"ID":"{A}","Name":"a \"b\""}}"#));
    let (found, log) = recorded(recorder, |hcn| hcn.networks().find(r#"a "b""#));
    assert_eq!(found.unwrap().unwrap().id, Some(id(A)));
    let filter = r#"{\"Name\":\"a \\\"b\\\"\"}"#;
    assert_eq!(
        log[0],
        format!(r#"enumerate network {{"SchemaVersion":{{"Major":2,"Minor":0}},"Filter":"{filter}"}}"#)
    );
    assert_eq!(log.len(), 4, "the second is not looked at: {log:?}");
}

#[test]
fn find_without_a_match_is_no_error() {
    let recorder = Recorder::default().answer("enumerate", "[]");
    assert_eq!(recorded(recorder, |hcn| hcn.endpoints().find("x")).0.unwrap(), None);
}

#[test]
fn delete_is_one_call_and_names_what_is_absent() {
    let recorder = Recorder::default().refuse("delete", Code::ELEMENT_NOT_FOUND);
    let (deleted, log) = recorded(recorder, |hcn| hcn.namespaces().delete(id(A)));
    assert_eq!(
        deleted.unwrap_err().to_string(),
        format!("cannot delete namespace `{A}`: there is no such object (0x80070490 ERROR_NOT_FOUND)")
    );
    assert_eq!(log, [format!("delete namespace {A}")]);
}

#[test]
fn a_panic_inside_a_call_leaves_the_handle_closed() {
    let recorder = Arc::new(Recorder::default());
    let networks = Hcn::from_arc(recorder.clone()).networks();
    let panicking = || {
        let opened = networks.open(Kind::Network, id(A)).unwrap();
        opened.done(|_| -> Result<(), Failure> { panic!("a fault of ours") })
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(panicking)).unwrap_err();
    assert_eq!(recorder.log().last().unwrap(), "close network #1");
}

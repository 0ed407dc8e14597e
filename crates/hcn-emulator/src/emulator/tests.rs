//! What all kinds have in common: handles, queries, what is not modelled, the V1 front door.

use super::*;

const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;

fn namespace(hns: &Emulator) -> (Guid, Handle) {
    let id = Guid::random();
    (id, hns.create(Kind::Namespace, None, id, V2).unwrap())
}

fn ask(hns: &Emulator, handle: Handle, text: Option<&str>) -> Result<String, Failure> {
    hns.query(Kind::Namespace, handle, Query::Properties, text)
}

#[test]
fn the_dialect_is_chosen_by_the_query() {
    let hns = Emulator::in_memory();
    let (id, handle) = namespace(&hns);
    for v1 in [None, Some("{}"), Some(""), Some(r#"{"SchemaVersion":{"Major":1,"Minor":0}}"#)] {
        let document = ask(&hns, handle, v1).unwrap();
        assert!(document.contains(&format!(r#""ID":"{}""#, id.to_string().to_uppercase())), "{document}");
        assert!(document.contains(r#""IsDefault":false"#), "{document}");
    }
    assert!(ask(&hns, handle, Some(V2)).unwrap().starts_with(&format!(r#"{{"ID":"{id}""#)));
}

#[test]
fn a_handle_outlives_its_object_only_to_be_closed() {
    let hns = Emulator::in_memory();
    let (id, handle) = namespace(&hns);
    hns.delete(Kind::Namespace, id).unwrap();
    assert_eq!(ask(&hns, handle, None).unwrap_err().code, Code::OBJECT_USED_AFTER_UNLOAD);
    hns.create(Kind::Namespace, None, id, V2).unwrap();
    assert_eq!(ask(&hns, handle, None).unwrap_err().code, Code::OBJECT_USED_AFTER_UNLOAD, "not revived");
    assert_eq!(hns.close(Kind::Namespace, handle), Ok(()));
    assert_eq!(hns.close(Kind::Namespace, handle).unwrap_err().code, Code::INVALID_HANDLE);
}

#[test]
fn filters_name_ids_in_any_case_and_nothing_for_no_id() {
    let hns = Emulator::in_memory();
    let (id, _) = namespace(&hns);
    namespace(&hns);
    let matching = |filter: &str| {
        let query = format!(r#"{{"SchemaVersion":{{"Major":2}},"Filter":{}}}"#, serde_json::json!(filter));
        hns.enumerate(Kind::Namespace, Some(&query)).unwrap()
    };
    for text in [id.to_string(), id.to_string().to_uppercase()] {
        assert_eq!(matching(&format!(r#"{{"ID":"{text}"}}"#)), format!(r#"["{id}"]"#));
    }
    for none in [r#"{"ID":""}"#, r#"{"ID":"00000000-0000-0000-0000-000000000000"}"#, r#"{"Name":"x"}"#] {
        assert_eq!(matching(none), "[]");
    }
    assert_eq!(matching("{\r\n}"), hns.enumerate(Kind::Namespace, Some(V2)).unwrap());
}

#[test]
fn what_is_not_modelled_says_so_in_a_record() {
    let hns = Emulator::in_memory();
    for kind in [Kind::LoadBalancer, Kind::SdnRoute, Kind::GuestNetworkService] {
        let refused = hns.enumerate(kind, None).unwrap_err();
        let said = format!("Not implemented. {{{{the emulator does not model {}s}}}}", kind.noun());
        assert_eq!((refused.code, refused.record.unwrap().contains(&said)), (Code::NOT_IMPLEMENTED, true));
    }
}

#[test]
fn the_service_tells_its_version_and_refuses_other_paths_inside_an_answer() {
    let hns = Emulator::in_memory();
    let answer = hns.hns_call("GET", "/globals/version", "").unwrap();
    assert_eq!(answer, r#"{"Success":true,"Output":{"Major":9,"Minor":2}}"#);
    let refused = hns.hns_call("POST", "/networks/", "{}").unwrap();
    assert!(refused.contains(r#""Success":false"#) && refused.contains("2147500033"), "{refused}");
}

#[test]
fn two_openings_of_one_file_see_the_same_objects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hns.db");
    let (one, two) = (Emulator::open(&path).unwrap(), Emulator::open(&path).unwrap());
    let (id, _) = namespace(&one);
    assert_eq!(two.enumerate(Kind::Namespace, None).unwrap(), format!(r#"["{id}"]"#));
    two.delete(Kind::Namespace, id).unwrap();
    assert_eq!(one.enumerate(Kind::Namespace, None).unwrap(), "[]");
}

#[test]
fn threads_on_stores_of_their_own_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hns.db");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let hns = Emulator::open(&path).unwrap();
                for _ in 0..25 {
                    namespace(&hns);
                }
            });
        }
    });
    let all = Emulator::open(&path).unwrap().enumerate(Kind::Namespace, None).unwrap();
    assert_eq!(all.matches('"').count(), 2 * 100);
}

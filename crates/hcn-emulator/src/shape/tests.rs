//! The pass: what is refused and how, and what the canonical spelling is.

use super::namespace::NAMESPACE;
use super::*;
use crate::profile::Profile;
use crate::refusal::Refusal;

fn check(text: &str) -> Result<String, Refusal> {
    canonical(&Profile::SERVER_2019, &NAMESPACE, text)
}

#[track_caller]
fn refused(text: &str, detail: &str) {
    assert_eq!(check(text), Err(Refusal::detailed(Code::INVALID_JSON, detail)), "{text}");
}

#[test]
fn members_of_later_releases_and_unknown_ones_are_refused_by_name() {
    refused(r#"{"CreateWithCompartment":true}"#, "CreateWithCompartment,UnknownField");
    refused(r#"{"ReadyOnCreate":null}"#, "ReadyOnCreate,UnknownField");
    refused(r#"{"SchemaVersion":{"Major":2,"Patch":0}}"#, "Patch,UnknownField");
}

#[test]
fn wrong_types_are_refused_by_the_type_that_was_expected() {
    refused("[]", ",ExpectedObject");
    refused(r#"{"SchemaVersion":"2.0"}"#, "SchemaVersion,ExpectedObject");
    refused(r#"{"Name":7}"#, "Name,ExpectedString");
    refused(r#"{"Resources":{}}"#, "Resources,ExpectedArray");
    refused(r#"{"Resources":[null]}"#, "Resources,ExpectedObject");
    for number in ["-1", "1.0", "1e3", "4294967296", "\"5\""] {
        refused(&format!(r#"{{"NamespaceId":{number}}}"#), "NamespaceId,ExpectedNumber");
    }
    refused(r#"{"Type":"Hosts"}"#, "Type,UnknownValue");
    refused(r#"{"Type":4}"#, "Type,UnknownValue");
    refused(r#"{"Name":"a","name":"b"}"#, "Name,DuplicateField");
}

#[test]
fn what_is_no_json_is_refused_without_a_detail() {
    for text in ["", "{", "{}{}", "{\"Name\":}", "nul", "{'Name':1}"] {
        assert_eq!(check(text), Err(Code::INVALID_JSON.into()), "{text}");
    }
}

#[test]
fn guids_in_braces_are_refused() {
    let id = "6b29fc40-ca47-1067-b31d-00dd010662da";
    assert_eq!(check(&format!(r#"{{"ID":"{id}"}}"#)), Ok(format!(r#"{{"ID":"{id}"}}"#)));
    for text in [&format!("{{{id}}}"), "", "nat"] {
        let refused = check(&format!(r#"{{"ID":"{text}"}}"#));
        assert_eq!(refused, Err(Refusal::detailed(Code::GUID_CONVERSION_FAILURE, "ID")));
    }
}

#[test]
fn the_canonical_spelling_has_names_and_no_nulls_or_blanks() {
    let text = " {\n \"type\" : 2, \"NAME\" : \"a \\\" b\",\t\"Owner\": null,\
                \"Health\":{\"Extra\":{ \"Z\": 1.50, \"A\": \"x y\"}}}";
    let canonical = r#"{"Type":"Guest","Name":"a \" b","Health":{"Extra":{"Z":1.50,"A":"x y"}}}"#;
    assert_eq!(check(text).as_deref(), Ok(canonical));
}

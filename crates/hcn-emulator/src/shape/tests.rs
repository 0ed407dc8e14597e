//! The pass: what is refused and how, and what the canonical spelling is.

use proptest::prelude::*;

use super::endpoint::ENDPOINT;
use super::namespace::NAMESPACE;
use super::network::NETWORK;
use super::*;
use crate::profile::Profile;
use crate::refusal::Refusal;

mod wrong;

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

#[test]
fn a_document_of_any_depth_is_answered() {
    let deep = "[".repeat(200_000);
    assert_eq!(check(&deep), Err(Code::INVALID_JSON.into()));
    let closed = format!(r#"{{"AdditionalParams":{{"x":{deep}{}}}}}"#, "]".repeat(200_000));
    assert_eq!(check(&closed).unwrap(), closed, "what nobody looks into keeps its bytes");
}

/// Values that documents are made of, in every place.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<u32>().prop_map(|number| number.to_string()),
        Just("1e400".to_owned()),
        Just(r#""6b29fc40-ca47-1067-b31d-00dd010662da""#.to_owned()),
        prop::sample::select(vec![
            "NAT",
            "Host",
            "Static",
            "PortMapping",
            "10.1.0.0/24",
            "a \\\" b",
            "\\u00e9"
        ])
        .prop_map(|text| format!("\"{text}\"")),
    ];
    let names = [
        "ID",
        "Name",
        "Type",
        "Flags",
        "Policies",
        "Settings",
        "Ipams",
        "Subnets",
        "SchemaVersion",
        "Major",
        "Dns",
        "AdditionalParams",
        "Health",
        "Extra",
        "MacPool",
        "Ranges",
        "IpConfigurations",
        "IpAddress",
        "Protocol",
        "X",
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let member = (prop::sample::select(names.to_vec()), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|values| format!("[ {} ]", values.join(" , "))),
            prop::collection::vec(member, 0..5).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("\"{name}\" :\n{value}")).collect();
                format!("{{ {} }}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_passes_passes_again_unchanged(text in json()) {
        for shape in [&NAMESPACE, &NETWORK, &ENDPOINT] {
            if let Ok(once) = canonical(&Profile::SERVER_2019, shape, &text) {
                prop_assert_eq!(canonical(&Profile::SERVER_2019, shape, &once), Ok(once));
            }
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_answered(text in "[\\[\\]{}\":,a-eN0-9.\\\\ \u{e9}-]{0,40}") {
        let _ = check(&text);
    }
}

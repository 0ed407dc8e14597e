//! Properties: nothing that hcn does not know is changed, and what it knows survives the trip.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::*;

/// A text as JSON, sometimes with escapes that a rewriting library would undo.
pub(super) fn string() -> impl Strategy<Value = String> {
    let plain = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
    let escaped = "[a-zA-Z]{0,4}".prop_map(|text| format!(r#""{text}\u00e9\/\ud83d\ude34""#));
    prop_oneof![plain, escaped]
}

/// A number, often one that no 64 bits hold.
fn number() -> impl Strategy<Value = String> {
    prop_oneof!["-?(0|[1-9][0-9]{0,30})", "-?[1-9][0-9]{0,3}\\.[0-9]{1,30}", "[1-9]e[+-]?[0-9]{1,3}"]
}

/// Any JSON value as a text, blanks inside included.
pub(super) fn value() -> impl Strategy<Value = String> {
    let literal = prop_oneof![Just("null"), Just("true"), Just("false")].prop_map(str::to_owned);
    let leaf = prop_oneof![literal, number(), string()];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let array = (vec(inner.clone(), 0..4), "[ \n\t]{0,2}")
            .prop_map(|(items, blank)| format!("[{blank}{}]", items.join(&format!("{blank},"))));
        let object = (vec((string(), inner), 0..4), "[ \n\t]{0,2}").prop_map(|(members, blank)| {
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{key}{blank}:{blank}{value}")).collect();
            format!("{{{}{blank}}}", members.join(","))
        });
        prop_oneof![array, object]
    })
}

/// Members that no document knows, few names, so that duplicates come up.
pub(super) fn unknown() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![Just("X".to_owned()), Just("Ünknown \"1\"".to_owned()), "[a-z]{1,2}9"];
    vec((name, value()), 0..6)
}

pub(super) fn object(members: &[(String, String)]) -> String {
    let quoted = |name: &String| serde_json::to_string(name).unwrap();
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn route() -> impl Strategy<Value = Route> {
    (of(any::<String>()), of(any::<String>()), of(any::<u16>()), unknown()).prop_map(
        |(next_hop, destination_prefix, metric, unknown)| {
            let mut extra = Extra::default();
            unknown.iter().for_each(|(name, value)| extra.push(name, Raw::parse(value).unwrap()));
            Route { next_hop, destination_prefix, metric, extra }
        },
    )
}

proptest! {
    #[test]
    fn unknown_members_keep_their_bytes_and_their_order(unknown in unknown()) {
        let text = object(&unknown);
        prop_assert_eq!(Network::from_json(&text).unwrap().to_json(), text.clone());
        prop_assert_eq!(Namespace::from_json(&text).unwrap().to_json(), text);
    }

    #[test]
    fn a_known_member_moves_to_the_front_and_the_others_stay(unknown in unknown(), at in any::<prop::sample::Index>()) {
        let mut members = unknown.clone();
        members.insert(at.index(members.len() + 1), ("Owner".to_owned(), "\"me\"".to_owned()));
        let mut expected = vec![("Owner".to_owned(), "\"me\"".to_owned())];
        expected.extend(unknown);
        prop_assert_eq!(Endpoint::from_json(&object(&members)).unwrap().to_json(), object(&expected));
    }

    #[test]
    fn a_document_survives_the_trip(routes in vec(route(), 0..4), name in of(any::<String>()), flags in of(any::<u32>())) {
        let endpoint = Endpoint { name, flags, routes: Some(routes), ..Endpoint::default() };
        prop_assert_eq!(Endpoint::from_json(&endpoint.to_json()), Ok(endpoint));
    }

    #[test]
    fn settings_keep_their_bytes(settings in value().prop_filter("null is absent", |text| text != "null")) {
        let text = format!(r#"{{"Type":"ACL","Settings":{settings}}}"#);
        let policy: Policy<OnEndpoint> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&policy).unwrap(), text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = Network::from_json(&text);
        let _ = crate::Record::read(&text).to_string();
    }
}

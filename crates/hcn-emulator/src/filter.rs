//! Which objects an enumerate names.
//!
//! A filter is itself a document, as text. Its keys are V1 names, whatever dialect the query asks for; every one
//! has to be equal. GUIDs are compared without case, and a member that is a list never matches.

use hcn::{Guid, Kind};
use serde_json::{Map, Value};

use crate::dialect;
use crate::refusal::{Refusal, Ruling};
use crate::shape::query::Query;
use crate::store::{Object, Tx};

type Filter = Map<String, Value>;

/// The service keeps addresses as a list, so that a filter cannot name one.
const UNMATCHABLE: &str = "IPAddress";

/// The ids of the objects that match, oldest first.
pub(crate) fn ids(tx: &Tx<'_>, kind: Kind, query: &Query) -> Ruling<Vec<Guid>> {
    let filter = filter(query)?;
    if filter.is_empty() {
        return tx.ids(kind);
    }
    let mut found = Vec::new();
    for object in candidates(tx, kind, &filter)? {
        if matches(&filter, &dialect::canonical(tx, &object)?) {
            found.push(object.id);
        }
    }
    Ok(found)
}

fn filter(query: &Query) -> Ruling<Filter> {
    match &query.filter {
        None => Ok(Filter::new()),
        Some(text) => serde_json::from_str(text).map_err(|_| Refusal::json("Filter", "ExpectedObject")),
    }
}

/// As few objects as an index can tell.
fn candidates(tx: &Tx<'_>, kind: Kind, filter: &Filter) -> Ruling<Vec<Object>> {
    let text = |key| filter.get(key).and_then(Value::as_str);
    if let Some(id) = text("ID") {
        return Ok(id.parse().ok().map(|id| tx.find(kind, id)).transpose()?.flatten().into_iter().collect());
    }
    if let (Kind::Endpoint, Some(network)) = (kind, text("VirtualNetwork")) {
        let network = network.parse().ok().map(|id| tx.find(Kind::Network, id)).transpose()?.flatten();
        return network.map_or_else(|| Ok(Vec::new()), |network| tx.children(network.seq));
    }
    match text("Name") {
        Some(name) => tx.named(kind, name),
        None => tx.all(kind),
    }
}

/// INFERRED: several keys all have to match, names with case, and a member that the object lacks never does; an
/// enumerate of each sort on a real Windows would settle it.
fn matches(filter: &Filter, object: &Value) -> bool {
    let member = |key: &str| object.get(key).filter(|_| key != UNMATCHABLE);
    filter.iter().all(|(key, wanted)| member(key).is_some_and(|value| equal(wanted, value)))
}

fn equal(wanted: &Value, value: &Value) -> bool {
    let guid = |value: &Value| value.as_str().and_then(|text| text.parse::<Guid>().ok());
    match (guid(wanted), guid(value)) {
        (Some(wanted), Some(value)) => wanted == value,
        _ => wanted == value && !value.is_array(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matching(filter: &str, object: &Value) -> bool {
        matches(&serde_json::from_str(filter).unwrap(), object)
    }

    #[test]
    fn every_key_has_to_be_equal() {
        let object = json!({ "Name": "nat", "State": 1, "ID": "6B29FC40-CA47-1067-B31D-00DD010662DA" });
        assert!(matching("{}", &object));
        assert!(matching(r#"{"Name":"nat","State":1}"#, &object));
        assert!(matching(r#"{"ID":"6b29fc40-ca47-1067-b31d-00dd010662da"}"#, &object));
        for other in [r#"{"Name":"NAT"}"#, r#"{"Name":"nat","State":2}"#, r#"{"State":"1"}"#, r#"{"X":null}"#]
        {
            assert!(!matching(other, &object), "{other}");
        }
    }

    #[test]
    fn a_list_never_matches() {
        assert!(!matching(r#"{"IPAddress":["10.0.0.1"]}"#, &json!({ "IPAddress": ["10.0.0.1"] })));
        assert!(!matching(r#"{"IPAddress":"10.0.0.1"}"#, &json!({ "IPAddress": "10.0.0.1" })));
    }
}

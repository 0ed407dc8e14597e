//! Input that makes no sense, through the ABI: each call is refused with a code and a record, and nothing is made.

use hcn::{Endpoint, Guid, Namespace, Network};
use hcn_dll::*;

use crate::calls::{self, Said, V2};

const INVALID_JSON: u32 = 0x803B_001B;
const INVALID_ARGUMENT: u32 = 0x8007_0057;

/// A kind of object: its create, its open, its delete and the code that says that there is none.
struct Kind {
    name: &'static str,
    members: &'static [&'static str],
    create: fn(Guid, &str) -> Said<hcn_dll::abi::HANDLE>,
    open: calls::Open,
    delete: calls::Delete,
    absent: u32,
}

fn create_endpoint(id: Guid, settings: &str) -> Said<hcn_dll::abi::HANDLE> {
    let network = Guid::random();
    let handle = calls::create(HcnCreateNetwork, network, V2).good();
    let said = calls::create_endpoint(handle, id, settings);
    // With its network half an endpoint would vanish, too, so it is looked for before that.
    let there = calls::open(HcnOpenEndpoint, id);
    assert_eq!(there.code < 0, said.code < 0, "half an endpoint was made: {said:?}, {there:?}");
    assert_eq!(calls::close(HcnCloseNetwork, handle), 0);
    calls::delete(HcnDeleteNetwork, network).good();
    said
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "network",
        members: Network::MEMBERS,
        create: |id, settings| calls::create(HcnCreateNetwork, id, settings),
        open: HcnOpenNetwork,
        delete: HcnDeleteNetwork,
        absent: 0x803B_0001,
    },
    Kind {
        name: "endpoint",
        members: Endpoint::MEMBERS,
        create: create_endpoint,
        open: HcnOpenEndpoint,
        delete: HcnDeleteEndpoint,
        absent: 0x803B_0002,
    },
    Kind {
        name: "namespace",
        members: Namespace::MEMBERS,
        create: |id, settings| calls::create(HcnCreateNamespace, id, settings),
        open: HcnOpenNamespace,
        delete: HcnDeleteNamespace,
        absent: 0x8007_0490,
    },
];

impl Kind {
    /// The code and the record of a refused create that made nothing.
    #[track_caller]
    fn refuses(&self, settings: &str) -> (u32, String) {
        let id = Guid::random();
        let refused = (self.create)(id, settings).bad();
        assert_eq!(calls::open(self.open, id).bad().0, self.absent, "half a {} was made", self.name);
        refused
    }
}

#[test]
fn unknown_ids_have_the_code_of_their_kind() {
    for kind in KINDS {
        assert_eq!(calls::open(kind.open, Guid::random()).bad().0, kind.absent, "{}", kind.name);
        assert_eq!(calls::delete(kind.delete, Guid::random()).bad().0, kind.absent, "{}", kind.name);
        assert_eq!(calls::open(kind.open, Guid::ZERO).bad().0, kind.absent, "{}", kind.name);
    }
}

#[test]
fn names_that_nobody_can_have_are_refused() {
    let named = |name: &str| format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}},"Name":"{name}"}}"#);
    for kind in KINDS {
        let long = kind.refuses(&named(&"n".repeat(300)));
        assert!(long.0 == INVALID_ARGUMENT && long.1.contains("Name has 300 characters"), "{long:?}");
        assert_eq!(kind.refuses(&named("a\\u0000b")).0, INVALID_ARGUMENT, "a NUL");
        assert_eq!(kind.refuses(&named("\\ud800")).0, INVALID_JSON, "a lone surrogate");
        let id = Guid::random();
        let handle = (kind.create)(id, &named("")).good();
        assert!(!handle.is_null(), "an empty name is none");
    }
}

#[test]
fn every_document_that_is_cut_off_is_refused() {
    let whole = r#"{"SchemaVersion":{"Major":2,"Minor":0},"Name":"cut \u00e9","Policies":[],"Flags":8}"#;
    for kind in KINDS {
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            assert_eq!(kind.refuses(&whole[..end]).0, INVALID_JSON, "{} {end}", kind.name);
        }
    }
}

#[test]
fn deep_and_large_documents_are_refused_with_a_short_record() {
    let [network, ..] = &KINDS;
    let deep = format!(r#"{{"SchemaVersion":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let large = format!(r#"{{"SchemaVersion":{{"Major":2}},"{}":1}}"#, "x".repeat(10 << 20));
    let list = format!(r#"{{"SchemaVersion":{{"Major":2}},"Policies":[{}7]}}"#, "7,".repeat(1 << 17));
    for settings in [&deep, &large, &list] {
        let (code, record) = network.refuses(settings);
        assert_eq!(code, INVALID_JSON);
        assert!(record.len() < 400, "a record of {} bytes", record.len());
    }
}

/// A value of every form; at least one of them is wrong anywhere.
const VALUES: [&str; 8] = ["true", "-1", "1.5", "1e99", r#""7""#, "[7]", r#"{"x":7}"#, "[[]]"];

#[test]
fn every_member_refuses_values_of_another_type() {
    let known =
        [INVALID_JSON, INVALID_ARGUMENT, 0x803B_000A, 0x803B_000B, 0x803B_000E, 0x803B_0019, 0x803B_002F];
    for kind in KINDS {
        for member in kind.members.iter().filter(|member| **member != "SchemaVersion") {
            let mut refused = 0;
            for value in VALUES {
                let id = Guid::random();
                let settings = format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}},"{member}":{value}}}"#);
                let said = (kind.create)(id, &settings);
                if said.code < 0 {
                    let (code, record) = said.bad();
                    assert!(known.contains(&code), "{} {member}: {value}: {record}", kind.name);
                    assert_eq!(calls::open(kind.open, id).bad().0, kind.absent, "{member}: {value}");
                    refused += 1;
                } else if kind.name != "endpoint" {
                    calls::delete(kind.delete, id).good();
                }
            }
            assert!(refused >= VALUES.len() - 2, "{} {member} takes too much", kind.name);
        }
    }
}

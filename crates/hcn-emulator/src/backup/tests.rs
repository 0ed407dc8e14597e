//! A dump is the store: seeded elsewhere, everything answers the same.

use hcn::{Api, Kind};

use crate::Emulator;
use crate::lab::{Lab, V2};

/// A network with a mapped port, an endpoint in a namespace with a container, and a reference that dangles.
fn lab() -> Lab {
    let lab = Lab::new();
    let namespace = lab.namespace();
    let gone = lab.nat("gone", "10.9.0.0/24").unwrap();
    let network = lab.nat("lab", "10.1.0.0/24").unwrap();
    let port = r#""Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}}]"#;
    let endpoint = lab.endpoint(&network, port).unwrap();
    lab.move_endpoint("Add", &endpoint, &namespace).unwrap();
    lab.move_endpoint("Add", &lab.any_endpoint(&gone), &namespace).unwrap();
    lab.0.delete(Kind::Network, gone.id.unwrap().into()).unwrap();
    let container = r#"{"ResourceType":"Container","RequestType":"Add","Settings":{"ContainerId":"c1"}}"#;
    lab.modify(Kind::Namespace, namespace.id.unwrap().into(), container).unwrap();
    lab
}

#[test]
fn what_was_dumped_is_seeded_and_dumps_the_same() {
    let lab = lab();
    let dump = lab.0.dump().unwrap();
    let copy = Lab::new();
    copy.0.seed(&dump).unwrap();
    assert_eq!(copy.0.dump().unwrap(), dump);
    assert_eq!((copy.0.check(), copy.0.taken()), (Ok(vec![]), (1, 1, 1)));
    for kind in [Kind::Network, Kind::Endpoint, Kind::Namespace] {
        assert_eq!(copy.list(kind), lab.list(kind));
        for id in lab.list(kind) {
            assert_eq!(copy.read(kind, id, V2), lab.read(kind, id, V2));
        }
    }
}

#[test]
fn a_store_that_is_not_empty_keeps_what_it_has() {
    let lab = lab();
    let dump = lab.0.dump().unwrap();
    let refused = lab.0.seed(&dump).unwrap_err().to_string();
    assert_eq!(refused, "the store is not empty; `hcn-emulator reset` empties it");
    assert_eq!(lab.0.dump().unwrap(), dump);
    lab.0.reset().unwrap();
    assert_eq!((lab.list(Kind::Network), lab.0.taken()), (vec![], (0, 0, 0)));
    lab.0.seed(&dump).unwrap();
    assert_eq!(lab.0.dump().unwrap(), dump);
}

#[test]
fn a_reset_ends_every_handle() {
    let lab = lab();
    let id = lab.list(Kind::Network)[0];
    let handle = lab.0.open(Kind::Network, id).unwrap();
    lab.0.reset().unwrap();
    let refused = lab.0.query(Kind::Network, handle, hcn::Query::Properties, None).unwrap_err();
    assert_eq!(refused.code, hcn::Code::OBJECT_USED_AFTER_UNLOAD);
    assert_eq!(lab.0.close(Kind::Network, handle), Ok(()));
}

#[test]
fn texts_that_are_no_dump_are_refused_and_leave_nothing() {
    let dump = lab().0.dump().unwrap();
    let version = dump.replace(r#""hcn-emulator-dump": 1"#, r#""hcn-emulator-dump": 9"#);
    let twice = dump.replace("8080", "80").replace(r#""port": 80"#, r#""port": 80, "vip": 5"#);
    let homeless = dump.replacen(r#""kind": "network""#, r#""kind": "netwrk""#, 1);
    for (text, why) in [
        ("", "it is no dump: "),
        ("[]", "it is no dump: "),
        (&version, "it is a dump of version 9, this hcn-emulator knows 1"),
        (&twice, "it is no dump: "),
        (&homeless, "netwrk "),
    ] {
        let empty = Emulator::in_memory();
        let refused = empty.seed(text).unwrap_err().to_string();
        assert!(refused.starts_with(why), "{refused}");
        assert_eq!(empty.enumerate(Kind::Namespace, None).unwrap(), "[]", "{why}");
    }
}

//! What can go, what stays, and how it is told.

use super::*;
use crate::command::object::Format;

const GUID: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

/// Is the namespace of this document a leak, beside a run that names the GUIDs of this journal?
fn is_unused(document: &str, journal: &str) -> bool {
    let namespace = Namespace::from_json(&document.replace("GUID", GUID)).unwrap();
    let runs = users::guids(journal.as_bytes()).collect();
    Needs { runs, ..Needs::default() }.unused(namespace).is_some()
}

#[test]
fn only_a_container_s_namespace_that_holds_none_can_go() {
    let endpoint = r#"{"ID":"GUID","Resources":[{"Type":"Endpoint","Data":{"Id":"x"}}]}"#;
    for (document, wanted) in [
        (r#"{"ID":"GUID"}"#, true),
        (r#"{"ID":"GUID","Type":"Guest"}"#, true),
        (endpoint, true),
        (r#"{"ID":"GUID","Type":"HostDefault"}"#, false),
        (r#"{"ID":"GUID","Type":"GuestDefault"}"#, false),
        (r#"{"ID":"GUID","Type":"NewKind"}"#, false),
        (r#"{"ID":"GUID","Resources":[{"Type":"Container","Data":{"Id":"c"}}]}"#, false),
        (r#"{"ID":"GUID","Resources":[{"Type":"Container"}]}"#, false),
        (r#"{"ID":"GUID","Resources":[{"Type":"NewKind"}]}"#, false),
        (r#"{"ID":"00000000-0000-0000-0000-000000000000"}"#, false),
        ("{}", false),
    ] {
        assert_eq!(is_unused(document, ""), wanted, "{document}");
    }
}

#[test]
fn the_namespace_of_a_run_of_ours_stays() {
    let state = hcn_test::Scratch::new();
    state.file("runs/a/plan.json", format!(r#"{{"first":[{{"hcn_namespace":{{"id":"{GUID}"}}}}]}}"#));
    state.folder("runs/ended");
    state.file("runs/stray", "");
    assert_eq!(journals(state.path()).unwrap(), HashSet::from([GUID.parse().unwrap()]));
    assert!(!is_unused(r#"{"ID":"GUID"}"#, GUID));
    assert_eq!(journals(&state.join("none")).unwrap(), HashSet::new());
}

#[test]
fn the_age_of_a_look_is_told_in_minutes_or_hours() {
    let told = [0, 59, 60, 7199, 7200].map(|seconds| minutes(Duration::from_secs(seconds)));
    assert_eq!(told, ["0m", "0m", "1m", "119m", "2h"]);
}

#[test]
fn candidates_are_told_with_the_reason() {
    let seen = |id: &str, resources: &str, minutes: u64| {
        let namespace =
            Namespace::from_json(&format!(r#"{{"ID":"{id}","Resources":[{resources}]}}"#)).unwrap();
        Candidate { id: id.parse().unwrap(), namespace, since: Duration::from_secs(60 * minutes) }
    };
    let endpoint = r#"{"Type":"Endpoint","Data":{"Id":"EA000000-0000-0000-0000-000000000001"}}"#;
    let all = [seen(GUID, endpoint, 11), seen("ba000000-0000-0000-0000-000000000001", "", 180)];
    let [table, json, name] = [
        Shape::default(),
        Shape { output: Format::Json, ..Shape::default() },
        Shape { quiet: true, ..Shape::default() },
    ]
    .map(|shape| shown(&all, shape).unwrap());
    insta::assert_snapshot!(table, @"
    ID                                    ENDPOINTS  REASON
    6b29fc40-ca47-1067-b31d-00dd010662da  1          it holds no container, and no container of containerd and no run names it, for 11m
    ba000000-0000-0000-0000-000000000001  0          it holds no container, and no container of containerd and no run names it, for 3h
    ");
    insta::assert_snapshot!(json, @r#"
    [
      {
        "ID": "6b29fc40-ca47-1067-b31d-00dd010662da",
        "Resources": [
          {
            "Type": "Endpoint",
            "Data": {
              "Id": "EA000000-0000-0000-0000-000000000001"
            }
          }
        ],
        "Reason": "it holds no container, and no container of containerd and no run names it, for 11m"
      },
      {
        "ID": "ba000000-0000-0000-0000-000000000001",
        "Resources": [],
        "Reason": "it holds no container, and no container of containerd and no run names it, for 3h"
      }
    ]
    "#);
    assert_eq!(name, format!("{GUID}\nba000000-0000-0000-0000-000000000001\n"));
    assert_eq!(shown(&[], Shape::default()).unwrap(), "ID  ENDPOINTS  REASON\n");
}

#[cfg(not(windows))]
mod once_more {
    use hcn_emulator::Emulator;

    use super::*;
    use crate::exit::Exit;

    /// Leaks of more than ten minutes.
    fn leaks(hcn: &Hcn) -> Vec<Candidate> {
        let made = (0..3).map(|_| hcn.namespaces().create(&Namespace::for_container()).unwrap());
        made.map(|made| Candidate { id: made.id.unwrap(), namespace: made, since: APART }).collect()
    }

    #[test]
    fn what_is_used_since_the_look_stays() {
        let hcn = Hcn::new(Emulator::in_memory());
        let leaks = leaks(&hcn);
        let taken = leaks[1].id;
        let ask = || Ok(Needs { runs: HashSet::from([taken.0]), ..Needs::default() });
        assert_eq!(delete(&hcn, &leaks, ask).unwrap(), 0);
        assert_eq!(hcn.namespaces().ids().unwrap(), [taken]);
    }

    #[test]
    fn what_nobody_can_be_asked_about_any_more_stays() {
        let hcn = Hcn::new(Emulator::in_memory());
        let (leaks, mut asked) = (leaks(&hcn), 0);
        let ask = || {
            asked += 1;
            match asked {
                1 => Ok(Needs::default()),
                _ => Err(Failure::new(Exit::Unavailable, "containerd is gone")),
            }
        };
        let refused = delete(&hcn, &leaks, ask).unwrap_err();
        assert_eq!((refused.exit, refused.to_string().as_str()), (Exit::Unavailable, "containerd is gone"));
        let left: Vec<_> = leaks[1..].iter().map(|leak| leak.id).collect();
        assert_eq!((asked, hcn.namespaces().ids().unwrap()), (2, left));
    }
}

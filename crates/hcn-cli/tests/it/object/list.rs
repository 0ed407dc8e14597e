//! What `list` and `show` print, in every shape.

#[cfg(target_os = "linux")]
use hcn_test::require;

use super::{Lab, said};

#[test]
fn lists_are_tables() {
    let lab = Lab::furnished();
    lab.done("namespace attach ba web");
    insta::assert_snapshot!(said(&lab, &["network list", "endpoint list", "namespace list"]), @r"
    $ hcn network list
    ID                                    NAME  TYPE      SUBNET       GATEWAY
    aa000000-0000-0000-0000-000000000001  nat   NAT       10.1.0.0/24  10.1.0.1
    ab000000-0000-0000-0000-000000000002  lab   L2Bridge  10.2.0.0/24  -
    $ hcn endpoint list
    ID                                    NAME  NETWORK  ADDRESS   MAC                NAMESPACE
    ea000000-0000-0000-0000-000000000001  web   nat      10.1.0.7  00-15-5D-00-00-07  ba000000-0000-0000-0000-000000000001
    $ hcn namespace list
    ID                                    TYPE  ENDPOINTS  CONTAINERS
    ba000000-0000-0000-0000-000000000001  Host  1          0
    hcn: note: the containers that use them are not shown: cannot connect to containerd at /nonexistent/c.sock: there is no such socket; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_containerd_that_never_answers_is_not_waited_for() {
    let lab = Lab::furnished();
    let socket = lab.scratch.join("mute.sock");
    // Whoever connects is in the queue for ever.
    let _mute = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let address = socket.display().to_string();
    let asked = |words: &[&str]| lab.program(words).env("CONTAINERD_ADDRESS", &address).run();
    // Connecting and the question share the limit: on a busy machine either may be what ran into it.
    let list = asked(&["--connect-timeout", "1s", "namespace", "list"]);
    assert_eq!(list.exit, 0);
    let note = list.stderr();
    assert!(
        note.contains("the containers that use them are not shown: ") && note.contains("mute.sock"),
        "{note}"
    );
    let prune = asked(&["--timeout", "1s", "namespace", "prune"]);
    assert_eq!((prune.exit, prune.stdout()), (6, String::new()));
    assert!(prune.stderr().starts_with("hcn: cannot prune namespaces: "), "{}", prune.stderr());
    assert!(prune.stderr().contains("mute.sock"), "{}", prune.stderr());
}

#[test]
fn names_and_ids_are_a_line_each() {
    let lab = Lab::furnished();
    lab.done("endpoint create --network nat --id ea000000-0000-0000-0000-000000000002");
    insta::assert_snapshot!(said(&lab, &["network list -q", "network list -o name", "endpoint ls -o name", "namespace ls -q", "namespace ls -o name"]), @r"
    $ hcn network list -q
    aa000000-0000-0000-0000-000000000001
    ab000000-0000-0000-0000-000000000002
    $ hcn network list -o name
    nat
    lab
    $ hcn endpoint ls -o name
    web
    ea000000-0000-0000-0000-000000000002
    $ hcn namespace ls -q
    ba000000-0000-0000-0000-000000000001
    $ hcn namespace ls -o name
    ba000000-0000-0000-0000-000000000001
    ");
}

#[test]
fn json_is_an_array_of_the_service_s_documents() {
    let lab = Lab::furnished();
    let said = [
        lab.done("network show nat -o json"),
        lab.done("endpoint list -o json"),
        lab.done("namespace show ba -o json"),
    ]
    .concat();
    let is_chosen = |line: &&str| {
        let is_id = line.trim_start().starts_with("\"ID\": \"") && !line.contains("-0000-");
        !is_id && !["StartMacAddress", "EndMacAddress"].iter().any(|member| line.contains(member))
    };
    insta::assert_snapshot!(said.lines().filter(is_chosen).collect::<Vec<_>>().join("\n"), @r#"
    [
      {
        "ID": "aa000000-0000-0000-0000-000000000001",
        "Name": "nat",
        "Version": 38654705666,
        "Health": {
          "Extra": {
            "SharedContainers": []
          }
        },
        "SchemaVersion": {
          "Major": 2,
          "Minor": 0
        },
        "MacPool": {
          "Ranges": [
            {
            }
          ]
        },
        "Dns": {
          "ServerList": [
            "1.1.1.1"
          ]
        },
        "Ipams": [
          {
            "Type": "Static",
            "Subnets": [
              {
                "IpAddressPrefix": "10.1.0.0/24",
                "Routes": [
                  {
                    "NextHop": "10.1.0.1",
                    "DestinationPrefix": "0.0.0.0/0"
                  }
                ]
              }
            ]
          }
        ]
      }
    ]
    [
      {
        "ID": "ea000000-0000-0000-0000-000000000001",
        "Name": "web",
        "Version": 38654705666,
        "Health": {
          "Extra": {
            "SharedContainers": []
          }
        },
        "SchemaVersion": {
          "Major": 2,
          "Minor": 0
        },
        "HostComputeNetwork": "aa000000-0000-0000-0000-000000000001",
        "HostComputeNamespace": "00000000-0000-0000-0000-000000000000",
        "IpConfigurations": [
          {
            "IpAddress": "10.1.0.7",
            "PrefixLength": 24
          }
        ],
        "Dns": {
          "ServerList": [
            "1.1.1.1"
          ]
        },
        "Routes": [
          {
            "NextHop": "10.1.0.1",
            "DestinationPrefix": "0.0.0.0/0"
          }
        ],
        "MacAddress": "00-15-5D-00-00-07"
      }
    ]
    [
      {
        "ID": "ba000000-0000-0000-0000-000000000001",
        "Version": 38654705666,
        "Health": {
          "Extra": {
            "SharedContainers": []
          }
        },
        "SchemaVersion": {
          "Major": 2,
          "Minor": 0
        },
        "Type": "Host"
      }
    ]
    "#);
}

#[test]
fn show_has_a_line_a_value_and_leaves_out_what_is_empty() {
    let lab = Lab::furnished();
    lab.done("namespace attach ba web");
    let said = said(&lab, &["network show lab", "endpoint show web", "namespace show ba"]);
    let without_pool: Vec<_> = said.lines().filter(|line| !line.starts_with("mac addresses")).collect();
    insta::assert_snapshot!(without_pool.join("\n"), @r"
    $ hcn network show lab
    id             ab000000-0000-0000-0000-000000000002
    name           lab
    type           L2Bridge
    subnets        10.2.0.0/24
    dns servers    192.0.2.53
    $ hcn endpoint show web
    id           ea000000-0000-0000-0000-000000000001
    name         web
    network      aa000000-0000-0000-0000-000000000001
    namespace    ba000000-0000-0000-0000-000000000001
    addresses    10.1.0.7/24
    mac address  00-15-5D-00-00-07
    routes       0.0.0.0/0 through 10.1.0.1
    dns servers  1.1.1.1
    $ hcn namespace show ba
    id         ba000000-0000-0000-0000-000000000001
    type       Host
    endpoints  ea000000-0000-0000-0000-000000000001
    ");
}

#[test]
fn what_is_empty_has_a_header_or_nothing() {
    let lab = Lab::new();
    insta::assert_snapshot!(said(&lab, &["network list", "endpoint list -q", "endpoint list", "namespace list -o name", "network list -o json"]), @r"
    $ hcn network list
    ID  NAME  TYPE  SUBNET  GATEWAY
    $ hcn endpoint list -q
    $ hcn endpoint list
    ID  NAME  NETWORK  ADDRESS  MAC  NAMESPACE
    $ hcn namespace list -o name
    $ hcn network list -o json
    []
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn who_did_not_choose_the_emulator_is_told_behind_the_answer_and_never_before_an_error() {
    require!(Root);
    let lab = Lab::new();
    // In a user namespace without a map nobody is root, whose default store is the machine's.
    let unchosen = |words: &[&str]| {
        let hcn = [&["-U", env!("CARGO_BIN_EXE_hcn")], words].concat();
        let program =
            hcn_test::Program::new("unshare").args(hcn).env_remove("HCN_HNS").scratch(lab.scratch.path());
        program.env("HOME", lab.scratch.path()).env("XDG_STATE_HOME", lab.scratch.path()).run()
    };
    insta::assert_snapshot!(unchosen(&["network", "list", "-q"]).snapshot(), @"
    exit 0
    stderr: hcn: note: this is the emulator, no packet flows; its store is [SCRATCH]/hcn/hns.db (HCN_HNS chooses)
    ");
    assert_eq!(unchosen(&["network", "show", "x"]).stderr().lines().count(), 1);
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let lab = Lab::furnished();
    let hcn = env!("CARGO_BIN_EXE_hcn");
    let line = format!("({hcn} network list; echo $? >&2) | :");
    let store = format!("emulator:{}", lab.scratch.join("hns.db").display());
    let output = hcn_test::Program::new("/bin/sh").args(["-c", &line]).env("HCN_HNS", store).run();
    assert_eq!(output.stderr(), "0\n");
}

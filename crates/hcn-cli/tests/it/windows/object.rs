//! The object commands of `hcn.exe`, through computenetwork.dll.

use hcn_test::{Output, require, tools};

use super::lab::{Lab, hidden};

fn hcn(lab: &Lab, line: &str) -> Output {
    lab.program(&tools::windows().join("hcn.exe")).args(line.split_whitespace()).run()
}

#[test]
fn every_verb_works_through_the_dll() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let said = |line: &str| hidden(&lab, &hcn(&lab, line));
    let id = "ea000000-0000-0000-0000-000000000001";
    let room = "ba000000-0000-0000-0000-000000000001";
    for line in [
        "network create own --subnet 10.77.0.0/24 --gateway 10.77.0.1",
        &format!("endpoint create web --network own --id {id} --ip 10.77.0.7 --mac 00-15-5D-00-00-07"),
        &format!("namespace create --id {room}"),
        "namespace attach ba web",
    ] {
        assert_eq!((hcn(&lab, line).success().stderr().as_str(), line), ("", line));
    }
    insta::assert_snapshot!(said("endpoint show web"), @r"
    exit 0
    stdout:
    id           [GUID]
    name         web
    network      [GUID]
    namespace    [GUID]
    addresses    10.77.0.7/24
    mac address  [MAC]
    routes       0.0.0.0/0 through 10.77.0.1
    dns servers  192.0.2.53
    ");
    insta::assert_snapshot!(said("network show nosuch"), @"
    exit 3
    stderr: hcn: cannot find the network `nosuch`: no id begins so and none has this name; `hcn network list` shows those that there are
    ");
    insta::assert_snapshot!(said("network list --hns emulator"), @"
    exit 2
    stderr: hcn: cannot use the host network service `emulator`: on Windows there is the system's alone; use `system`, or leave --hns and HCN_HNS out
    ");
    for line in ["namespace detach ba web", "endpoint rm ea", "namespace rm ba", "network rm own"] {
        hcn(&lab, line).success();
    }
    lab.assert_unchanged();
}

#[test]
fn a_document_of_a_windows_file_and_of_standard_input_is_read() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    std::fs::write(lab.unix("work/network.json"), "\u{feff}{\r\n\"Name\":\"own\",\"Type\":\"Private\"}\r\n")
        .unwrap();
    assert_eq!(hcn(&lab, r"network create -f .\network.json -o name").success().stdout(), "own\n");
    let program =
        lab.program(&tools::windows().join("hcn.exe")).args(["namespace", "create", "-f", "-", "-q"]);
    let id = program.stdin("{}").run().success().stdout();
    hcn(&lab, &format!("namespace delete {}", id.trim().to_uppercase())).success();
    hcn(&lab, "network delete own").success();
    lab.assert_unchanged();
}

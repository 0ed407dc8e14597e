//! `--net nat`: no plugin and no CNI configuration, an endpoint made directly through HCN.

use hcn_test::require;

use super::lab::{Lab, hidden};

/// A host without a folder of CNI configurations.
fn without_cni() -> Lab {
    let lab = Lab::new();
    std::fs::remove_dir_all(lab.unix("conf")).expect("it is the test's");
    lab
}

/// The names of the networks and the number of endpoints that there are.
fn networks_and_endpoints(lab: &Lab) -> (Vec<String>, usize) {
    let networks = lab.hcn().networks().list().expect("they can be listed");
    let names = networks.into_iter().filter_map(|network| network.name).collect();
    (names, lab.hcn().endpoints().ids().expect("they can be listed").len())
}

#[test]
fn the_endpoint_is_in_the_namespace_before_the_task_and_gone_afterwards() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = without_cni();
    let output = lab.config(&["-q", "--net", "nat"], "nat", &["say hello", "exit 7"]).run();
    assert_eq!((output.exit, output.stdout().trim()), (7, "hello"), "{}", output.snapshot());
    let journal = lab.assert_unchanged();
    assert!(!journal.has("CNI/ADD") && !journal.has("CNI/DEL"));
    for when in ["Tasks/Create", "Tasks/Delete"] {
        let seen = journal.the(&format!("seen at {when}"));
        let endpoints = seen["endpoints"].as_array().expect("a list");
        assert_eq!((&seen["there"], endpoints.len()), (&true.into(), 1), "{when}");
        assert!(endpoints[0].as_str().is_some_and(|name| name.starts_with("hcn-")), "{endpoints:?}");
        assert_eq!(seen["namespace"], journal.the("Containers/Create")["namespace"], "{when}");
    }
}

#[test]
fn nat_is_the_way_where_no_configuration_is_and_its_network_stays() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = without_cni();
    let there = lab.hcn().networks().find("lab").expect("it can be looked for").and_then(|lab| lab.id);
    lab.hcn().networks().delete(there.expect("the lab made it")).expect("it can be deleted");
    for id in ["first", "second"] {
        lab.config(&["-q"], id, &[]).run().success();
        assert_eq!(networks_and_endpoints(&lab), (vec!["nat".to_owned()], 0));
    }
}

#[test]
fn what_fails_behind_the_endpoint_leaves_nothing_of_it() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::refusing("Tasks/Create", "no room");
    assert_eq!(lab.config(&["-q", "--net", "nat"], "fails", &[]).run().exit, 125);
    lab.assert_unchanged();
}

#[test]
fn a_network_that_cannot_be_is_named_before_anything_is_made() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = without_cni();
    let output = lab.config(&["-q", "--net", "nat", "--network", "nosuch"], "no", &[]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 125
    stderr: hcn: cannot use the network `nosuch`: there is no such network; use `lab`
    ");
    assert!(!lab.assert_unchanged().has("Containers/Create"));
}

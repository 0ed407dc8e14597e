//! The namespace and its network: whose they are, and what a failing plugin leaves.

use hcn_test::require;

use super::lab::{Lab, hidden};

#[test]
fn a_namespace_that_the_spec_names_is_used_and_kept() {
    require!(Wine, WindowsArtefacts, StandIns);
    let mut lab = Lab::new();
    let named = lab.namespace().to_string();
    lab.spec(&lab.seed(&["exit 7"], &named));
    let output = lab.hcn_run().args(["-q", "--config", &lab.win("config.json"), "kept"]).run();
    assert_eq!(output.exit, 7, "{}", output.snapshot());
    let journal = lab.assert_unchanged();
    assert_eq!(journal.the("CNI/ADD")["netns"], named.as_str());
    assert_eq!(journal.the("Containers/Create")["namespace"], named.as_str());
}

#[test]
fn a_namespace_that_is_not_there_is_refused_before_anything_is_made() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.spec(&lab.seed(&[], "6b29fc40-ca47-1067-b31d-00dd010662da"));
    let output = lab.hcn_run().args(["-q", "--config", &lab.win("config.json"), "stale"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 125
    stderr: hcn: cannot use the network namespace `[GUID]` that C:\[TEST]\config.json names: there is no such namespace; correct the name, or let the run make one with --new-namespace
    ");
    let journal = lab.assert_unchanged();
    assert!(!journal.has("CNI/ADD") && !journal.has("Containers/Create"));
}

/// A run whose ADD fails: what it says. The task is never created, and everything is as before.
fn failing(how: &str) -> String {
    let lab = Lab::with_failing_plugin("ADD", how);
    let output = lab.config(&["-q"], "fails", &[]).run();
    let journal = lab.assert_unchanged();
    assert!(journal.has("CNI/ADD") && journal.has("CNI/DEL") && !journal.has("Tasks/Create"));
    hidden(&lab, &output)
}

#[test]
fn a_plugin_that_fails_leaves_nothing_and_no_task_is_created() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(failing("error"), @r"
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` failed: no room: all 3 taken (CNI code 100: the plugin's own code); check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    ");
}

#[test]
fn a_plugin_that_prints_plain_text_is_quoted() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(failing("text"), @r"
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` failed: panic: no room; check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    ");
}

#[test]
fn a_plugin_that_crashes_leaves_nothing() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(failing("crash"), @r"
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` exited with 0xC0000409 and said nothing; check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    ");
}

#[test]
fn an_endpoint_that_a_failing_plugin_leaves_is_removed() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(failing("leave"), @r"
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` failed: no room any more (CNI code 100: the plugin's own code); check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    ");
}

#[test]
fn a_plugin_that_succeeds_without_a_result_leaves_nothing() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(["nothing", "rubbish", "version", "flood"].map(failing).join("\n"), @r#"
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` succeeded, but what it printed is no result: it is empty; check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` succeeded, but what it printed is no result: expected value at line 1 column 1, in `done`; check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` succeeded, but what it printed is no result: version 9.9.9 of a result is not known, in `{"cniVersion":"9.9.9","ips":[]}`; check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    exit 125
    stderr: hcn: cannot attach container `default-fails-[RUN]` to network `lab`: plugin `cni-stand-in` printed more than 4194304 bytes and was killed; no result is that long: check what C:\[TEST]\cni\cni-stand-in.exe is
    "#);
}

#[test]
fn a_plugin_that_hangs_is_killed_with_its_child_at_the_time_limit() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::with_failing_plugin("DEL", "hang");
    lab.attachment("default-stuck");
    let del = |limit| lab.hcn_exe(&["cni", "del", "--timeout", limit, "lab", "default-stuck", "eth0"]);
    // On a busy machine the first limit may be over before the plugin has a child.
    let started = || lab.journal().holds("answer CNI/ADD");
    let limits = ["5s", "60s"].into_iter();
    let output = limits.map(del).find(|_| started()).expect("there was a child to kill");
    lab.wait_until_free("journal.hold");
    let told = hidden(&lab, &output).replace("within 60 s", "within 5 s");
    insta::assert_snapshot!(told, @r"
    exit 1
    stderr: hcn: cannot detach container `default-stuck` from network `lab`: plugin `cni-stand-in` did not end within 5 s and was killed with its children; check C:\[TEST]\conf\0-lab.conf and what the plugin logs
    ");
}

#[test]
fn an_attachment_of_the_cache_is_removed_on_windows_too() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.attachment("default-stuck");
    insta::assert_snapshot!(hidden(&lab, &lab.hcn_exe(&["cni", "list"])), @"
    exit 0
    stdout:
    NETWORK  CONTAINERID    IFNAME  ADDRESSES
    lab      default-stuck  eth0    172.16.0.5
    ");
    assert_eq!(lab.hcn_exe(&["cni", "del", "lab", "default-stuck", "eth0"]).snapshot(), "exit 0");
    assert_eq!(lab.assert_unchanged().the("CNI/DEL")["netns"], "6b29fc40-ca47-1067-b31d-00dd010662da");
}

#[test]
fn a_plugin_and_its_child_die_with_hcn() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::with_failing_plugin("ADD", "hang");
    let run = lab.config(&["-q"], "hangs", &[]).spawn();
    lab.wait_for("answer CNI/ADD");
    assert!(!lab.is_free("journal.hold"), "the child lives");
    drop(run);
    lab.wait_until_free("journal.hold");
}

//! What goes wrong: one clear error, the right exit code, and nothing left (which `lab` looks at).

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;

use super::lab::{lab, names_hidden};

#[test]
fn a_plugin_that_fails_is_quoted() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let json = r#"[ $CNI_COMMAND = DEL ] && exit; echo '{"cniVersion":"1.0.0","code":100,"msg":"no room","details":"all 3 taken"}'; exit 1"#;
    let said = lab(move |lab| lab.on_network("json", &[("fails", json)]).run().snapshot());
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot attach container `[TENANT]-json-[RUN]` to network `json`: plugin `fails` failed: no room: all 3 taken (CNI code 100: the plugin's own code); check [SCRATCH]/json/net.d/10-json.conflist and what the plugin logs
    "#);
    let text = "[ $CNI_COMMAND = DEL ] && exit; echo 'panic: no room'; exit 2";
    let said = lab(move |lab| lab.on_network("text", &[("fails", text)]).run().snapshot());
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot attach container `[TENANT]-text-[RUN]` to network `text`: plugin `fails` failed: panic: no room; check [SCRATCH]/text/net.d/10-text.conflist and what the plugin logs
    "#);
    let silent = "[ $CNI_COMMAND = DEL ] && exit; echo 'no room' >&2; exit 3";
    let said = lab(move |lab| lab.on_network("silent", &[("fails", silent)]).run().snapshot());
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot attach container `[TENANT]-silent-[RUN]` to network `silent`: plugin `fails` failed: no room; check [SCRATCH]/silent/net.d/10-silent.conflist and what the plugin logs
    "#);
}

#[test]
fn what_earlier_plugins_made_is_undone_when_a_later_one_fails() {
    require!(Root, Containerd);
    let verbs = lab(|lab| {
        let log = lab.daemon.scratch().join("verbs");
        let note = format!("cat > /dev/null; echo $CNI_COMMAND $CNI_NETNS >> {}", log.display());
        let good = format!("{note}; echo '{{\"cniVersion\":\"1.0.0\"}}'");
        let bad = format!("{note}; [ $CNI_COMMAND = DEL ] || exit 1");
        lab.on_network("chain", &[("good", &good), ("bad", &bad)]).run();
        std::fs::read_to_string(log).expect("plugins ran")
    });
    let lines: Vec<(&str, &str)> = verbs.lines().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(lines.iter().map(|(verb, _)| *verb).collect::<Vec<_>>(), ["ADD", "ADD", "DEL", "DEL"]);
    let namespace = lines[0].1;
    assert!(
        namespace.starts_with("/run/netns/hcn-") && lines.iter().all(|line| line.1 == namespace),
        "{verbs}"
    );
}

#[test]
fn a_plugin_that_is_missing_is_named() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let said = lab(|lab| lab.on_network("missing", &[("nosuch", "")]).run().snapshot());
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot attach container `[TENANT]-missing-[RUN]` to network `missing`: plugin `nosuch` is not in [SCRATCH]/missing/bin; install the plugin, or name its folder in CNI_PATH
    "#);
}

#[test]
fn a_configuration_that_is_no_json_is_named() {
    require!(Root, Containerd);
    let said = lab(|lab| {
        let file = lab.daemon.scratch().file("broken/10-broken.conflist", "{ \"name\": ");
        let folder = file.parent().expect("a file has a folder").to_owned();
        lab.hcn_run().arg("--cni-netconfpath").arg(folder).args([IMAGE, "broken", "true"]).run().snapshot()
    });
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot use the network configuration [SCRATCH]/broken/10-broken.conflist: it is no JSON object: EOF while parsing a value at line 1 column 10; correct it; the CNI specification, section 1, says what it must look like
    "#);
}

#[test]
fn an_image_that_is_not_there_is_named() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let absent = ["--pull", "never", "docker.io/library/nosuch:1", "t", "true"];
    let said = lab(move |lab| lab.hcn_run().args(absent).run().snapshot());
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot run image `docker.io/library/nosuch:1`: it is not in containerd's namespace [TENANT]; pull it with `ctr -a [SCRATCH]/c.sock -n [TENANT] images pull --snapshotter overlayfs docker.io/library/nosuch:1`
    "#);
}

#[test]
fn a_containerd_that_is_not_there_is_named() {
    require!(Root, Containerd);
    let said = lab(|lab| {
        let nowhere = lab.daemon.scratch().join("nowhere.sock");
        lab.hcn_run().arg("--address").arg(nowhere).args([IMAGE, "t", "true"]).run().snapshot()
    });
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot connect to containerd at [SCRATCH]/nowhere.sock: there is no such socket; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS
    "#);
}

#[test]
fn who_may_not_is_told_so() {
    require!(Root, Containerd);
    let said = lab(|lab| {
        let program = lab.daemon.program("setpriv").args(["--reuid", "65534", "--clear-groups", "--"]);
        program.args([env!("CARGO_BIN_EXE_hcn"), "run", IMAGE, "t", "true"]).run().snapshot()
    });
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot make a network namespace: this process does not have CAP_SYS_ADMIN; run it as root
    "#);
}

#[test]
fn what_no_image_would_mend_is_told_before_one_is_looked_up() {
    require!(Root, Containerd);
    let said = lab(|lab| {
        let absent = ["run", "docker.io/library/nosuch:1", "t"];
        let flags = [&["-v", "/nosuch:/x"][..], &["-t"], &["-u", "a:b:c"]];
        let told = flags.map(|flags| lab.hcn(&[&absent[..1], flags, &absent[1..]].concat()).run().stderr());
        let user = lab.daemon.program("setpriv").args(["--reuid", "65534", "--clear-groups", "--"]);
        told.concat() + &user.arg(env!("CARGO_BIN_EXE_hcn")).args(absent).run().stderr()
    });
    assert_snapshot!(said, @"
    hcn: cannot mount `/nosuch` at `/x`: it is not there; make it first, or correct the path
    hcn: cannot run with a terminal: standard input is none; start hcn from one, or do without: leave --tty out, and process.terminal in config.json
    hcn: cannot run as user `a:b:c`: it is not USER[:GROUP]; write it as in root, joe:staff or 1000:1000
    hcn: cannot make a network namespace: this process does not have CAP_SYS_ADMIN; run it as root
    ");
}

#[test]
fn a_taken_id_is_refused_and_nothing_of_its_container_is_touched() {
    require!(Root, Containerd);
    let (said, before, after) = lab(|lab| {
        let snapshotter = lab.daemon.snapshotter();
        lab.daemon.ctr(&format!("run -d --snapshotter {snapshotter} {IMAGE} taken sleep 600")).success();
        let before = lab.daemon.state();
        let said = lab.run("taken", &["true"]).run().snapshot();
        let after = lab.daemon.state_like(&before);
        lab.daemon.ctr("task delete --force taken");
        lab.daemon.ctr("container delete taken").success();
        (said, before, after)
    });
    assert_eq!(after, before);
    assert!(before.iter().any(|line| line.ends_with("/taken") && line.starts_with("task")), "{before:?}");
    assert_snapshot!(said, @r#"
    exit 125
    stderr: hcn: cannot create container `taken`: container "taken": already exists; choose another id, or delete that container
    "#);
}

#[test]
fn a_failed_clean_up_is_told_and_the_exit_code_stays_the_containers() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let (said, journals) = lab(|lab| {
        let script = "[ $CNI_COMMAND = DEL ] && exit 1; echo '{\"cniVersion\":\"1.0.0\"}'";
        let said = lab.on_network("sticky", &[("sticky", script)]).run().snapshot();
        let runs = lab.daemon.hcn_state().join("runs");
        let journals = std::fs::read_dir(&runs).expect("there were runs").count();
        lab.daemon.scratch().script("sticky/bin/sticky", "echo '{\"cniVersion\":\"1.0.0\"}'");
        lab.hcn(&["gc"]).run().success();
        (said, journals)
    });
    assert_eq!(journals, 1, "the journal stays, for another try");
    assert_snapshot!(said, @r#"
    exit 0
    stderr:
    hcn: cannot detach container `[TENANT]-sticky-[RUN]` from network `sticky`: plugin `sticky` exited with 1 and said nothing; check [SCRATCH]/sticky/net.d/10-sticky.conflist and what the plugin logs
    hcn: not everything could be unmade: what is left is noted in `[SCRATCH]/hcn/runs/[RUN]`; `hcn gc` tries again
    "#);
}

//! `hcn namespace` beside a daemon: who uses which namespace, and which of them are leaks.

use std::path::Path;

use hcn::NamespaceId;
use hcn_test::{Output, Running, require, tools};

use super::lab::Lab;

/// `hcn.exe namespace WORDS` on this host, whose runs keep their journals elsewhere.
fn namespace(lab: &Lab, words: &[&str]) -> Output {
    let hcn = lab.program(&tools::windows().join("hcn.exe")).env("HCN_STATE", lab.win("prune"));
    hcn.arg("namespace").args(words).run()
}

/// A container that lives until its input ends, in a containerd namespace, and in the namespace that its spec names.
fn container(lab: &Lab, tenant: &str, id: &str, named: Option<NamespaceId>) -> Running {
    let named = named.map(|id| id.to_string()).unwrap_or_default();
    lab.spec(&lab.seed(&["say ready", "echo"], &named));
    let hcn = lab.program(&tools::windows().join("hcn.exe"));
    let run = hcn.args(["-n", tenant, "run", "-q", "-i", "--config", &lab.win("config.json"), id]);
    let mut run = run.spawn();
    run.wait_for_stdout("ready");
    run
}

/// What a look found is of ten minutes before.
fn let_time_pass(file: &Path) {
    let text = std::fs::read(file).expect("a look was kept");
    let mut kept: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    for look in kept["looks"].as_array_mut().expect("a list of looks") {
        look["uptime"] = (look["uptime"].as_i64().expect("a number of seconds") - 600).into();
    }
    std::fs::write(file, kept.to_string()).expect("the folder is ours");
}

fn ids(lab: &Lab) -> Vec<NamespaceId> {
    lab.hcn().namespaces().ids().expect("they can be listed")
}

#[test]
fn prune_removes_exactly_the_leak_after_the_second_look() {
    require!(Wine, WindowsArtefacts, StandIns);
    let mut lab = Lab::new();
    let mut live = vec![container(&lab, "default", "one", None), container(&lab, "k8s.io", "two", None)];
    let (leak, sandbox) = (lab.namespace(), lab.namespace());
    let before = ids(&lab);
    let first = namespace(&lab, &["prune", "--yes"]);
    assert_eq!(
        (first.exit, first.stdout().as_str(), ids(&lab)),
        (0, "", before.clone()),
        "{}",
        first.stderr()
    );
    assert_eq!(
        first.stderr(),
        "hcn: note: 2 namespaces look unused, but not for ten minutes yet; look again in 10m\n"
    );
    let_time_pass(&lab.unix("prune/looks.json"));
    // CRI made the namespace minutes before the container that is in it.
    live.push(container(&lab, "k8s.io", "sandbox", Some(sandbox)));
    let late = lab.namespace();
    let listed = namespace(&lab, &["prune"]);
    assert!(
        listed.stdout().lines().nth(1).is_some_and(|row| row.starts_with(&leak.to_string())),
        "{}",
        listed.stdout()
    );
    assert_eq!((listed.stdout().lines().count(), ids(&lab).len()), (2, before.len() + 1));
    let pruned = namespace(&lab, &["prune", "--yes"]);
    assert_eq!((pruned.exit, pruned.stdout()), (0, format!("{leak}\n")), "{}", pruned.stderr());
    let left: Vec<_> = before.into_iter().filter(|id| *id != leak).chain([late]).collect();
    assert_eq!(ids(&lab), left);
    for mut run in live {
        run.close_stdin();
        run.wait().success();
    }
    assert_eq!(ids(&lab), [sandbox, late]);
}

#[test]
fn the_containers_of_each_namespace_are_listed_with_their_containerd_namespace() {
    require!(Wine, WindowsArtefacts, StandIns);
    let mut lab = Lab::new();
    let (used, unused) = (lab.namespace(), lab.namespace());
    let mut live = container(&lab, "k8s.io", "pod", Some(used));
    let table = namespace(&lab, &["list"]);
    assert_eq!((table.exit, table.stderr().as_str()), (0, ""));
    let wanted = format!(
        "ID{:34}  TYPE  ENDPOINTS  CONTAINERS  USED BY\n{used}  Host  1          0           k8s.io/pod\n{unused}  Host  0          0           -\n",
        ""
    );
    assert_eq!(table.stdout(), wanted);
    let json: serde_json::Value =
        serde_json::from_slice(&namespace(&lab, &["list", "-o", "json"]).stdout).unwrap();
    assert_eq!(json[0]["UsedBy"], serde_json::json!([{"ContainerdNamespace": "k8s.io", "Container": "pod"}]));
    assert_eq!(json[1]["UsedBy"], serde_json::json!([]));
    live.close_stdin();
    live.wait().success();
}

#[test]
fn without_containerd_prune_refuses_and_list_says_so() {
    require!(Wine, WindowsArtefacts, StandIns);
    let mut lab = Lab::new();
    let leak = lab.namespace();
    namespace(&lab, &["prune"]).success();
    let_time_pass(&lab.unix("prune/looks.json"));
    let gone = r"\\.\pipe\nobody";
    let refused = namespace(&lab, &["-a", gone, "prune", "--yes"]);
    insta::assert_snapshot!(refused.snapshot(), @r"
    exit 6
    stderr: hcn: cannot prune namespaces: cannot connect to containerd at \\.\pipe\nobody: there is no such named pipe; is containerd running? start it, or name its named pipe with --address or CONTAINERD_ADDRESS
    ");
    let listed = namespace(&lab, &["-a", gone, "list"]);
    assert!(listed.exit == 0 && listed.stdout().contains(&leak.to_string()), "{}", listed.stdout());
    assert!(
        listed.stderr().starts_with("hcn: note: the containers that use them are not shown: "),
        "{}",
        listed.stderr()
    );
    assert_eq!(ids(&lab), [leak]);
}

//! Plans of config.json, printed without any effect and without a daemon.

use std::path::Path;

use hcn_cli::run::plan::Plan;
#[cfg(target_os = "linux")]
use hcn_test::require;
use hcn_test::{Output, Program, Scratch};

const SPEC: &str = r#"{"ociVersion":"1.1.0","root":{"path":"rootfs"},"process":{"args":["ip","addr"],"x":1e400,"y":"\u0061"},
  "linux":{"namespaces":[{"type":"pid"},{"type":"network"}]}}"#;

/// A folder with a CNI configuration, a root file system and a config.json.
fn scratch(spec: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.file(
        "net.d/10-lab.conflist",
        r#"{"cniVersion":"1.0.0","name":"lab","plugins":[{"type":"bridge"}]}"#,
    );
    scratch.folder("rootfs");
    scratch.file("config.json", spec);
    scratch
}

fn dry_run(scratch: &Scratch, args: &[&str]) -> Output {
    dry_run_by(Program::new(env!("CARGO_BIN_EXE_hcn")), scratch, args)
}

fn dry_run_by(program: Program, scratch: &Scratch, args: &[&str]) -> Output {
    program
        .args(["run", "--dry-run", "--config"])
        .arg(scratch.join("config.json"))
        .args(args)
        .env("NETCONFPATH", scratch.join("net.d"))
        .env("HCN_STATE", scratch.join("state"))
        .scratch(scratch.path())
        .run()
}

fn plan(output: &Output) -> Plan {
    assert_eq!(output.exit, 0, "{}", output.stderr());
    serde_json::from_slice(&output.stdout).expect("a plan is JSON")
}

#[test]
#[cfg(target_os = "linux")]
fn a_plan_is_a_line_a_step_and_makes_nothing() {
    let scratch = scratch(SPEC);
    let output = dry_run(&scratch, &["t1"]);
    let run = output.stdout().split("hcn-").nth(1).unwrap().get(..16).unwrap().to_owned();
    insta::assert_snapshot!(output.snapshot().replace(&run, "0123456789abcdef"), @r"
    exit 0
    stdout:
    WHEN     WHAT       NAME
    first    namespace  /run/netns/hcn-0123456789abcdef
    lane 1   attachment default-t1-0123456789abcdef as eth0 by [SCRATCH]/net.d/10-lab.conflist
    lane 2   container  t1 for io.containerd.runc.v2
    lane 2   stdio      [SCRATCH]/state/runs/0123456789abcdef/io
    lane 2   task       t1
    stderr: hcn: note: root.path `rootfs` is read as [SCRATCH]/rootfs, beside [SCRATCH]/config.json
    ");
    assert!(!scratch.join("state").exists(), "no journal is written");
    assert!(!Path::new("/run/netns").join(format!("hcn-{run}")).exists());
}

#[test]
#[cfg(target_os = "linux")]
fn a_plan_for_programs_holds_the_spec_with_its_bytes() {
    let scratch = scratch(SPEC);
    let output = dry_run(&scratch, &["-q", "-o", "json"]);
    let plan = plan(&output);
    let path = plan.network_namespace.unwrap();
    let root = scratch.join("rootfs");
    let spec = SPEC
        .replace(r#""rootfs""#, &format!("{:?}", root.display().to_string()))
        .replace(r#""network""#, &format!(r#""network","path":"{path}""#));
    assert!(output.stdout().contains(&spec), "{}", output.stdout());
    assert_eq!(output.stderr(), "", "-q says nothing");
    assert_eq!((plan.container.len(), &plan.container[..4]), (12, "hcn-"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_namespace_that_is_named_and_absent_is_refused() {
    let spec = SPEC.replace(r#""network""#, r#""network","path":"/run/netns/hcn-nosuch""#);
    insta::assert_snapshot!(dry_run(&scratch(&spec), &["t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot use the network namespace `/run/netns/hcn-nosuch` that [SCRATCH]/config.json names: there is no such namespace; correct the name, or let the run make one with --new-namespace
    ");
    assert_eq!(dry_run(&scratch(&spec), &["--new-namespace", "t1"]).exit, 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_namespace_that_is_named_and_there_is_used() {
    require!(Root);
    let spec = SPEC.replace(r#""network""#, r#""network","path":"/proc/self/ns/net""#);
    // In a namespace with nothing in it: the host's own may have an eth0.
    let program = Program::new("unshare").args(["--net", env!("CARGO_BIN_EXE_hcn")]);
    let plan = plan(&dry_run_by(program, &scratch(&spec), &["-o", "json", "t1"]));
    assert_eq!(plan.network_namespace.as_deref(), Some("/proc/self/ns/net"));
    assert!(plan.first.is_empty(), "nothing is made that undo would remove");
}

#[test]
fn bad_input_is_named_with_the_fix() {
    let answers = [
        dry_run(&scratch("{\n  \"root\": nope\n}"), &["t1"]),
        dry_run(&scratch(r#"{"process":{"cwd":"/","cwd":"/x"}}"#), &["t1"]),
        dry_run(
            &scratch(r#"{"root":"rootfs","process":{"args":"sh","Cwd":"/","args":[]},"mounts":{}}"#),
            &["t1"],
        ),
        dry_run(&Scratch::new(), &["t1"]),
    ];
    let text: Vec<_> = answers.iter().map(Output::snapshot).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    exit 125
    stderr: hcn: cannot use [SCRATCH]/config.json: line 2, column 12: expected ident; correct it there
    exit 125
    stderr: hcn: cannot use [SCRATCH]/config.json: `process.cwd` stands there twice, again in line 1, column 23; remove one of the two
    exit 125
    stderr: hcn: cannot use [SCRATCH]/config.json: `process.args` stands there twice, again in line 1, column 51; remove one of the two; and `root` is "rootfs", not an object; write an object there; and `process.args` is "sh", not an array; write an array there; and `process.Cwd` is spelled in another case than containerd writes it; spell it `cwd`; and `mounts` is an object, not an array; write an array there
    exit 125
    stderr: hcn: cannot read [SCRATCH]/config.json: No such file or directory (os error 2); correct the path
    "#);
}

#[test]
#[cfg(target_os = "linux")]
fn verbose_tells_which_of_several_configurations_is_used_and_why() {
    let scratch = scratch(SPEC);
    for other in ["9-old.conf", "lab.json"] {
        scratch.file(format!("net.d/{other}"), r#"{"cniVersion":"0.2.0","name":"x","type":"bridge"}"#);
    }
    let why = format!(
        "{} is used: its name is the first by its bytes; not used: 9-old.conf, lab.json",
        scratch.join("net.d/10-lab.conflist").display()
    );
    assert!(dry_run(&scratch, &["--verbose", "t1"]).stderr().contains(&why));
    assert!(!dry_run(&scratch, &["t1"]).stderr().contains("is used"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_host_without_cni_configuration_is_told_where_it_would_be() {
    let scratch = scratch(SPEC);
    std::fs::remove_dir_all(scratch.join("net.d")).unwrap();
    insta::assert_snapshot!(dry_run(&scratch, &["-q", "t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot find a network configuration in [SCRATCH]/net.d: there is no such folder; put a CNI configuration there, or name another folder with --cni-netconfpath
    ");
    scratch.file("net.d/0-broken.conf", "{");
    insta::assert_snapshot!(dry_run(&scratch, &["-q", "t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot use the network configuration [SCRATCH]/net.d/0-broken.conf: it is no JSON object: EOF while parsing an object at line 1 column 1; correct it; the CNI specification, section 1, says what it must look like
    ");
}

#[test]
#[cfg(target_os = "linux")]
fn a_reader_that_is_gone_is_no_error() {
    let scratch = scratch(SPEC);
    let script = r#""$0" run --dry-run -o json -q --config "$1/config.json" | true; exit ${PIPESTATUS[0]}"#;
    let output = Program::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_hcn")])
        .arg(scratch.path())
        .env("NETCONFPATH", scratch.join("net.d"))
        .run();
    assert_eq!((output.exit, output.stderr()), (0, String::new()));
}

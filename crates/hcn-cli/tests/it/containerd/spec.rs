//! The spec of an image's container: the same as ctr writes, and what flags change in it.

use hcn_cli::run::plan::{Plan, Step};
use hcn_test::{IMAGE, require};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::lab::{Lab, lab};

/// Flags that `ctr containers create` and `hcn run` both have.
const FLAGS: &str = "--env A=1 --env PATH=/x --label k=v --cwd /tmp --read-only \
     --mount type=bind,src=/etc,dst=/opt,options=rbind:ro";

/// The spec in hcn's plan.
fn ours(lab: &Lab) -> Value {
    let flags = FLAGS.split_whitespace();
    let planned = lab
        .hcn_run()
        .args(["--dry-run", "-o", "json"])
        .args(flags)
        .args([IMAGE, "spec", "echo", "hello"])
        .run();
    let plan: Plan = serde_json::from_slice(&planned.success().stdout).expect("a plan is JSON");
    let record = plan.steps().find_map(|step| match step {
        Step::Container(container) => Some(container.spec.get().to_owned()),
        _ => None,
    });
    serde_json::from_str(&record.expect("a plan has a container")).expect("a spec is JSON")
}

/// The spec of the container that ctr makes.
fn ctrs(lab: &Lab) -> Value {
    let snapshotter = lab.daemon.snapshotter();
    lab.daemon
        .ctr(&format!("containers create --snapshotter {snapshotter} {FLAGS} {IMAGE} spec echo hello"))
        .success();
    let spec = lab.daemon.ctr("containers info --spec spec").success().stdout();
    lab.daemon.ctr("containers delete spec").success();
    serde_json::from_str(&spec).expect("ctr prints JSON")
}

#[test]
fn the_spec_is_ctr_s_own() {
    require!(Root, Containerd);
    let (mut ours, mut ctrs) = lab(|lab| (ours(lab), ctrs(lab)));
    // Two releases differ in these; `ctr run` sets the shares, `ctr containers create` does not.
    assert_eq!(ours["linux"]["resources"]["cpu"].take(), json!({"shares": 1024}));
    ours["linux"]["resources"].as_object_mut().unwrap().remove("cpu");
    for spec in [&mut ours, &mut ctrs] {
        spec["ociVersion"].take();
        spec["linux"]["namespaces"][4]["path"].take();
        spec["linux"]["maskedPaths"]
            .as_array_mut()
            .unwrap()
            .retain(|path| path != "/sys/devices/virtual/powercap");
    }
    assert_eq!(ours, ctrs);
}

#[test]
fn flags_reach_the_container() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let source = lab.daemon.scratch().file("shared/file", "shared");
        let volume = format!("{}:/shared:ro", source.parent().unwrap().display());
        let script = "id -u; id -g; pwd; hostname; echo $A; cat /shared/file; touch /shared/x /x";
        let flags = [
            "--user",
            "65534:7",
            "-w",
            "/tmp",
            "--hostname",
            "lab",
            "-e",
            "A=B",
            "--read-only",
            "-v",
            &volume,
        ];
        lab.hcn_run().args(flags).args([IMAGE, "flags", "sh", "-c", script]).run()
    });
    assert_snapshot!(told.snapshot(), @r"
    exit 1
    stdout:
    65534
    7
    /tmp
    lab
    B
    shared
    stderr:
    touch: /shared/x: Read-only file system
    touch: /x: Read-only file system
    ");
}

#[test]
fn a_user_that_would_have_to_be_looked_up_is_refused() {
    require!(Root, Containerd);
    let refused = lab(|lab| lab.hcn_run().args(["-u", "nobody", IMAGE, "user"]).run());
    assert_snapshot!(refused.snapshot(), @r"
    exit 125
    stderr: hcn: cannot run as user `nobody`: names of the image's /etc/passwd are not looked up; give the numbers, as in --user 1000:1000
    ");
}

#[test]
fn a_mount_of_what_is_not_there_is_refused() {
    require!(Root, Containerd);
    let refused = lab(|lab| lab.hcn_run().args(["-v", "/nosuch:/x", IMAGE, "mount"]).run());
    assert_snapshot!(refused.snapshot(), @r"
    exit 125
    stderr: hcn: cannot mount `/nosuch` at `/x`: it is not there; make it first, or correct the path
    ");
}

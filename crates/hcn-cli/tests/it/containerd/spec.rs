//! The spec of an image's container: what flags change in the container itself.

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;

use super::lab::lab;

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
fn a_mount_of_what_is_not_there_is_refused() {
    require!(Root, Containerd);
    let refused = lab(|lab| lab.hcn_run().args(["-v", "/nosuch:/x", IMAGE, "mount"]).run());
    assert_snapshot!(refused.snapshot(), @r"
    exit 125
    stderr: hcn: cannot mount `/nosuch` at `/x`: it is not there; make it first, or correct the path
    ");
}

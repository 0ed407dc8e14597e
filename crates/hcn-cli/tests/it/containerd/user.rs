//! Users by name, as the image's own files have them.

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;

use super::lab::lab;

#[test]
fn a_user_is_looked_up_in_the_image() {
    require!(Root, Containerd);
    let told = lab(|lab| lab.hcn_run().args(["-u", "nobody", IMAGE, "user", "id"]).run());
    assert_snapshot!(told.snapshot(), @"
    exit 0
    stdout: uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)
    ");
    let told = lab(|lab| lab.hcn_run().args(["-u", "7:nogroup", IMAGE, "user", "id"]).run());
    assert_snapshot!(told.snapshot(), @"
    exit 0
    stdout: uid=7 gid=65534(nogroup) groups=65534(nogroup)
    ");
}

#[test]
fn a_user_that_the_image_has_not_is_named_and_nothing_is_left() {
    require!(Root, Containerd);
    let told = lab(|lab| lab.hcn_run().args(["-u", "ann", IMAGE, "user", "id"]).run());
    assert_snapshot!(told.snapshot(), @"
    exit 125
    stderr: hcn: cannot run as user `ann`: its /etc/passwd has no `ann`; correct it, or give numbers
    ");
}

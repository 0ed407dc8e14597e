//! Images of other platforms.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use hcn_test::{Registry, require};

use super::host::Host;

#[test]
fn an_image_that_was_pulled_for_another_platform_is_pulled_for_this_one() {
    // The newer one brings the registry; the daemon is the host's.
    require!(Root, Containerd, Containerd2);
    let host = Host::new();
    let registry = Registry::start(&host.daemon).unwrap();
    registry.push_for("lab:1", &["arm64", "amd64"]).unwrap();
    let image = registry.name("lab:1");
    let snapshotter = host.daemon.snapshotter();
    host.daemon
        .ctr(&format!("images pull --snapshotter {snapshotter} --platform linux/arm64 {image}"))
        .success();
    let run = |id| host.hcn(&["run", "--pull", "never", &image, id, "true"]).run();
    assert_eq!(run("foreign").exit, 125);
    let cause =
        "linux/arm64, linux/amd64, and this host is linux/amd64, but what is for this host was not pulled";
    host.is_mended(&["--image", &image], "image.platform", cause);
    run("own").success();
}

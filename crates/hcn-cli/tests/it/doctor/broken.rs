//! A daemon that does not run, is closed, has no room, or what a killed run left with it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::path::Path;

use hcn_test::{IMAGE, Program, require, tools};
use rustix::mount::{MountFlags, mount, mount_bind, mount_remount};
use rustix::process::Signal;

use super::host::{Host, Said};

/// Nobody's own shell, with what it needs in folders that it may look into.
fn as_nobody(host: &Host, words: &[&str]) -> Program {
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/env", "PATH=/run/bin"];
    host.daemon.program("setpriv").args(nobody).args(words)
}

#[test]
fn a_daemon_that_does_not_run_is_started() {
    require!(Root, Containerd);
    let mut host = Host::new();
    // The folders of the machine that its daemon reads are the test's own.
    host.daemon.provide_ctr_cni().unwrap();
    std::fs::create_dir_all("/etc/containerd").unwrap();
    std::fs::copy(host.daemon.scratch().join("containerd.toml"), "/etc/containerd/config.toml").unwrap();
    host.daemon.stop();
    host.is_mended(&[], "containerd.reachable", "c.sock");
    host.run(&[], "started").success();
}

#[test]
fn who_may_not_use_the_socket_is_told_to_be_root() {
    require!(Root, Containerd);
    let host = Host::new();
    host.daemon.provide_ctr_cni().unwrap();
    std::fs::create_dir_all("/run/bin").unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_hcn"), "/run/bin/hcn").unwrap();
    std::os::unix::fs::symlink("/bin/su", "/run/bin/su").unwrap();
    if let Some(iptables) = tools::find("iptables") {
        std::os::unix::fs::symlink(iptables, "/run/bin/iptables").unwrap();
    }
    std::fs::write("/run/c.sock", "").unwrap();
    mount_bind(host.daemon.socket(), "/run/c.sock").unwrap();
    // Nobody knows root's password here.
    let knows =
        "auth sufficient pam_permit.so\naccount sufficient pam_permit.so\nsession sufficient pam_permit.so\n";
    std::fs::write("/etc/pam.d/su", knows).unwrap();
    let asked = ["hcn", "doctor", "--address", "/run/c.sock", "-o", "json", "--only"];
    let said = |check| Said::of(&as_nobody(&host, &[&asked[..], &[check]].concat()).run());
    let [socket, rights] = [said("containerd.reachable"), said("linux.rights")];
    assert!(
        socket.seen().contains("/run/c.sock") && socket.seen().contains("(user 0, group 0, mode 06"),
        "{}",
        socket.seen()
    );
    assert!(rights.seen().contains("does not have CAP_SYS_ADMIN"), "{}", rights.seen());
    for said in [socket, rights] {
        assert_eq!(said.status(), "failure");
        let pasted = as_nobody(&host, &["/bin/sh", "-ec", said.command()]).run().success().stdout();
        for check in ["containerd.reachable", "linux.rights"] {
            assert!(
                pasted.lines().any(|line| line.starts_with(&format!("ok            {check} "))),
                "{pasted}"
            );
        }
    }
}

#[test]
fn a_socket_that_is_open_to_everybody_is_closed() {
    require!(Root, Containerd);
    let host = Host::new();
    host.paste(&format!("chmod 0666 {}", host.daemon.socket().display()));
    host.is_mended(&[], "linux.rights", "is open to everybody (mode 0666)");
    host.run(&[], "closed").success();
}

/// Puts the daemon's root on a small disk that is full.
fn fill(host: &mut Host) {
    host.daemon.stop();
    let folder = host.daemon.scratch().path().to_owned();
    // No other disk of the machine may be written: what is moved goes to the test's own folder.
    mount_bind(&folder, &folder).unwrap();
    mount_remount("/", MountFlags::BIND | MountFlags::RDONLY, c"").unwrap();
    let [root, before] = ["root", "before"].map(|name| folder.join(name));
    std::fs::rename(&root, &before).unwrap();
    std::fs::create_dir(&root).unwrap();
    mount("tmpfs", &root, "tmpfs", MountFlags::empty(), Some(c"size=48m")).unwrap();
    host.paste(&format!("cp -a {}/. {}", before.display(), root.display()));
    let filler = root.join("filler");
    host.paste(&format!("dd if=/dev/zero of={} bs=64k 2> /dev/null || true", filler.display()));
    host.daemon.start_again().unwrap();
}

#[test]
fn a_root_on_a_full_disk_is_moved_to_another() {
    require!(Root, Containerd);
    let mut host = Host::new();
    fill(&mut host);
    // As an image's layers and a container's files do.
    let write =
        |id| host.hcn(&["run", IMAGE, id, "dd", "if=/dev/zero", "of=/file", "bs=1M", "count=1"]).run();
    assert_ne!(write("full").exit, 0);
    let said = host.said(&[], "containerd.space");
    assert!(said.seen().contains("/root, has 0 MiB of 48 MiB left"), "{}", said.seen());
    host.is_mended(&[], "containerd.space", "the volume of containerd's root");
    write("moved").success();
}

#[test]
fn what_a_killed_run_left_is_removed() {
    require!(Root, Containerd);
    let host = Host::new();
    host.run(&[], "first").success();
    let before = host.daemon.state();
    let mut run = host.hcn(&["run", IMAGE, "left", "sh", "-c", "echo ready; exec sleep 600"]).spawn();
    run.wait_for_stdout("ready");
    run.signal(Signal::KILL);
    run.wait();
    host.is_mended(&[], "containerd.leftovers", "/left`");
    assert_eq!(host.daemon.state_like(&before), before);
}

#[test]
fn without_a_daemon_the_socket_is_named_and_a_way_is_offered() {
    let output = Program::new(env!("CARGO_BIN_EXE_hcn"))
        .args(["doctor", "--only", "containerd.reachable", "--address", "/nowhere/c.sock"])
        .scratch(Path::new("/nowhere"))
        .run();
    assert_eq!(output.exit, 1, "{}", output.snapshot());
    let told = output.stdout();
    assert!(told.starts_with("failure       containerd.reachable"), "{told}");
    assert!(told.contains("/nowhere/c.sock") && told.contains("  fix"), "{told}");
}

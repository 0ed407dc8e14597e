//! The lock probe inside real containers, through bind mounts: one that is well, and ones with a fault each. Nothing of it
//! is left in the mount.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs;
use std::path::{Path, PathBuf};

use hcn_test::{Daemon, IMAGE, Output, Program, names, require};
use serde_json::Value;

use super::lab::{Lab, lab};

/// `hcn doctor` about lock files in a mount of this folder.
fn doctor(daemon: &Daemon, folder: &Path, options: &str, more: &[&str]) -> Program {
    let program = Path::new(env!("CARGO_BIN_EXE_hcn"));
    let probe = program.with_file_name("hcn-lockprobe");
    assert!(probe.is_file(), "there is no {}; `cargo build --profile ci -p hcn-lockprobe`", probe.display());
    let mount = format!("type=bind,src={},dst=/d,options={options}", folder.display());
    let words = ["doctor", "--only", "mount.locks", "-o", "json", "--mount", &mount];
    daemon.program(program).args(words).args(more)
}

/// The same inside a container too.
fn inside(daemon: &Daemon, folder: &Path, options: &str) -> Program {
    doctor(daemon, folder, options, &["--image", IMAGE, "--in-container"])
}

/// What is found: status and text of each finding, the host's first.
fn findings(output: &Output) -> Vec<(String, String)> {
    let report: Value =
        serde_json::from_str(&output.stdout()).unwrap_or_else(|_| panic!("{}", output.snapshot()));
    let found = report["checks"][0]["findings"].as_array().unwrap();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    found.iter().map(|finding| (text(finding, "status"), text(finding, "seen"))).collect()
}

/// A fault of the host, if any, and the one in the container.
#[track_caller]
fn faults(output: &Output) -> [String; 2] {
    assert_eq!(output.exit, 1, "{}", output.snapshot());
    let found = findings(output);
    assert_eq!((found.len(), found[1].0.as_str()), (2, "failure"), "{found:#?}");
    let seen = |(status, seen): &(String, String)| if status == "ok" { String::new() } else { seen.clone() };
    [seen(&found[0]), seen(&found[1])]
}

fn folder(lab: &Lab, name: &str) -> PathBuf {
    lab.daemon.scratch().folder(name)
}

#[test]
fn a_good_mount_passes_every_stage_in_the_container_too() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = folder(lab, "a good, one");
        let mount = format!("type=bind,\"src={}\",dst=/d,options=rbind", folder.display());
        let words =
            ["doctor", "--only", "mount.locks", "-o", "json", "--image", IMAGE, "--in-container", "--mount"];
        let output = lab.hcn(&words).arg(mount).run().success();
        let found = findings(&output);
        assert!(
            found.iter().all(|(status, seen)| status == "ok" && seen.ends_with(": every stage passed")),
            "{found:?}"
        );
        assert_eq!((found.len(), names(&folder).len()), (2, 0));
    });
}

#[test]
fn a_read_only_mount_fails_in_the_container_alone() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = folder(lab, "read-only");
        let [host, inside] = faults(&inside(&lab.daemon, &folder, "rbind:ro").run());
        assert_eq!(host, "");
        assert!(inside.contains("at /d in a container of docker.io/library/busybox:latest: "), "{inside}");
        assert!(
            inside.contains("the first stage that fails is create, with 30: cannot create a file: "),
            "{inside}"
        );
        assert!(inside.contains("only in the container: on the host every stage passes"), "{inside}");
        let without = doctor(&lab.daemon, &folder, "rbind:ro", &[]).run().success();
        assert!(findings(&without)[1].1.contains("is read-only in the container"), "{}", without.snapshot());
    });
}

#[test]
fn a_program_is_told_where_it_failed_in_which_stage_and_with_which_code() {
    require!(Root, Containerd);
    lab(|lab| {
        let output = inside(&lab.daemon, &folder(lab, "for-programs"), "rbind:ro").run();
        let report: Value = serde_json::from_str(&output.stdout()).unwrap();
        let [host, inside] = [0, 1].map(|at| &report["checks"][0]["findings"][at]["probe"]);
        assert_eq!(host, &serde_json::json!({"place": "host"}));
        let failed = ["stage", "outcome", "code"].map(|name| &inside["failed"][name]);
        assert_eq!(
            (&inside["place"], failed),
            (&"container".into(), [&"create".into(), &"failed".into(), &30.into()])
        );
    });
}

#[test]
fn a_file_or_a_socket_is_no_fault() {
    require!(Root, Containerd);
    lab(|lab| {
        for source in [lab.daemon.scratch().file("single", ""), lab.daemon.socket().to_owned()] {
            let output = inside(&lab.daemon, &source, "rbind").run().success();
            let found = findings(&output);
            assert!(found.len() == 1 && found[0].0 == "skipped", "{found:?}");
            assert!(found[0].1.contains("no lock file can be made"), "{found:?}");
        }
    });
}

#[test]
fn a_full_volume_fails_in_both_and_is_left_as_it_was() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = folder(lab, "full");
        let words = ["-t", "tmpfs", "-o", "size=64k", "hcn-test", folder.to_str().unwrap()];
        Program::new("mount").args(words).run().success();
        assert!(fs::write(folder.join("filler"), vec![0; 1 << 20]).is_err());
        let [host, inside] = faults(&inside(&lab.daemon, &folder, "rbind").run());
        assert!(host.contains("the first stage that fails is write, with 28: "), "{host}");
        assert!(inside.contains("the first stage that fails is write, with 28: "), "{inside}");
        assert!(inside.contains("; on the host too"), "{inside}");
        assert_eq!(names(&folder), ["filler"]);
        Program::new("umount").arg(&folder).run().success();
    });
}

#[test]
fn a_container_that_cannot_be_run_is_a_fault_with_its_reason() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = folder(lab, "no-image");
        let more = ["--image", "no such image", "--in-container"];
        let [host, inside] = faults(&doctor(&lab.daemon, &folder, "rbind", &more).run());
        assert_eq!(host, "");
        assert!(
            inside.contains("in a container of no such image: it could not be tried: cannot "),
            "{inside}"
        );
    });
}

/// What an image `FROM scratch` has.
#[test]
fn the_probe_runs_where_there_is_nothing_else() {
    require!(Root, Containerd);
    lab(|lab| {
        let (root, data) = (folder(lab, "empty"), folder(lab, "data"));
        let probe = Path::new(env!("CARGO_BIN_EXE_hcn")).with_file_name("hcn-lockprobe");
        let volumes = [format!("{}:/p:ro", probe.display()), format!("{}:/d", data.display())];
        let words = ["--net", "none", "-q", "-v", &volumes[0], "-v", &volumes[1], "--rootfs"];
        let output = lab.hcn_run().args(words).arg(&root).args(["probe", "/p", "/d"]).run().success();
        assert!(output.stdout().ends_with("/d: every stage passed\n"), "{}", output.snapshot());
        assert_eq!(names(&data), [""; 0]);
    });
}

#[test]
fn a_signal_ends_it_with_nothing_left() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = folder(lab, "stopped");
        let ended = || {
            let running = inside(&lab.daemon, &folder, "rbind").spawn();
            while names(&folder).is_empty() {
                std::thread::yield_now();
            }
            running.terminate();
            running.wait()
        };
        // On a machine under load it may be through before it hears of it.
        let output = (0..20).map(|_| ended()).find(|output| output.exit != 0).unwrap();
        assert_eq!((output.exit, output.stdout().as_str()), (128 + 15, ""), "{}", output.snapshot());
        assert_eq!(output.stderr(), "hcn: stopped by SIGTERM: there is no report\n");
        assert_eq!(names(&folder), [""; 0]);
    });
}

/// In this daemon's mount namespace `runc` puts a filter of system calls, the file `filter`, on what it creates: to the
/// container its file systems refuse what the filter does. The real one is seen below /mnt, beside its own files.
fn wrap_runc(daemon: &Daemon) {
    let runc = hcn_test::tools::need("runc").canonicalize().unwrap();
    let above = runc.ancestors().nth(2).unwrap();
    Program::new("mount").arg("--bind").arg(above).arg("/mnt").run().success();
    let script = format!(
        r#"for word; do [ "$last" = --bundle ] && bundle=$word; last=$word; done
[ -n "$bundle" ] && sed -i 's|"linux":{{|"linux":{{"seccomp":'"$(cat {}/filter)"',|' "$bundle/config.json"
exec /mnt/{} "$@""#,
        daemon.scratch().path().display(),
        runc.strip_prefix(above).unwrap().display(),
    );
    let wrapper = daemon.scratch().script("runc", &script);
    Program::new("mount").arg("--bind").arg(wrapper).arg(&runc).run().success();
}

fn refuse(daemon: &Daemon, call: &str) {
    let filter = format!(r#"{{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{call}]}}"#);
    daemon.scratch().file("filter", filter);
}

fn call(names: &str, errno: u32, more: &str) -> String {
    format!(r#"{{"names":[{names}],"action":"SCMP_ACT_ERRNO","errnoRet":{errno}{more}}}"#)
}

#[test]
fn a_mount_that_refuses_locks_or_renames_is_told_by_stage_kind_and_code() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    wrap_runc(&daemon);
    let folder = daemon.scratch().folder("data");
    let first = |filter: &str| {
        refuse(&daemon, filter);
        let [host, inside] = faults(&inside(&daemon, &folder, "rbind").run());
        assert_eq!((host.as_str(), names(&folder).len()), ("", 0));
        assert!(inside.contains("; only in the container"), "{inside}");
        let (_, told) = inside.split_once("the first stage that fails is ").unwrap();
        told.split_once(':').unwrap().0.to_owned()
    };
    assert_eq!(first(&call(r#""flock""#, 37, "")), "lock-shared (flock), with 37");
    let of_file = r#","args":[{"index":1,"value":37,"op":"SCMP_CMP_EQ"}]"#;
    assert_eq!(first(&call(r#""fcntl""#, 95, of_file)), "lock-shared (ofd), with 95");
    let renames = r#""rename","renameat","renameat2""#;
    assert_eq!(first(&call(renames, 1, "")), "rename, with 1");
    // A lock that is taken and does nothing: the kernel is not even asked.
    assert_eq!(first(&call(r#""flock""#, 0, "")), "second-refused (flock)");
}

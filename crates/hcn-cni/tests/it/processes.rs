//! Plugins as processes: what they get, and that bounds and clean-up hold whatever they do.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use hcn_cni::{Added, Attachment, Conflist, Error, ErrorKind, RawValue, Runtime};
use hcn_test::Scratch;
use rustix::io::{FdFlags, fcntl_setfd};

/// Longer than anything here may last; reached only when something hangs.
const DEADLINE: Duration = Duration::from_secs(60);

struct Lab {
    scratch: Scratch,
    runtime: Runtime,
    container: Attachment,
}

impl Lab {
    /// Plugins by type, with the body of their scripts. In them `$DIR` is the scratch folder.
    fn new(plugins: &[(&str, &str)]) -> Lab {
        let scratch = Scratch::new();
        for (kind, body) in plugins {
            scratch.script(format!("bin/{kind}"), &format!("DIR={}\n{body}", scratch.path().display()));
        }
        let runtime = Runtime::new(vec![scratch.join("bin")], scratch.join("cache"));
        Lab { scratch, runtime, container: Attachment::new("t1", "/ns/t1", "eth0") }
    }

    fn add(&self, plugins: &[&str]) -> Result<Added, Error> {
        self.runtime.add(&list(plugins), &self.container)
    }

    /// What went wrong, without what was attempted.
    fn refused(&self) -> (ErrorKind, String) {
        let error = self.add(&["p"]).unwrap_err();
        let text = error.to_string().replace("cannot attach container `t1` to network `lab`: ", "");
        (error.kind(), text.replace(&self.scratch.path().display().to_string(), "DIR"))
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.scratch.join(name)).unwrap()
    }
}

fn list(plugins: &[&str]) -> Conflist {
    let plugins: Vec<_> = plugins.iter().map(|kind| format!(r#"{{"type":"{kind}"}}"#)).collect();
    list_of(&format!(r#"{{"cniVersion":"1.0.0","name":"lab","plugins":[{}]}}"#, plugins.join(",")))
}

fn list_of(text: &str) -> Conflist {
    let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
    Conflist::from_raw(&raw).unwrap()
}

#[test]
fn a_chain_passes_the_result_on_and_the_last_one_comes_back() {
    let first = r#"{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24"}]}"#;
    let lab =
        Lab::new(&[("a", &format!("echo '{first}'")), ("b", "cat > $DIR/stdin; echo '{}'; echo note >&2")]);
    let added = lab.add(&["a", "b"]).unwrap();
    assert_eq!(added.result.raw().get(), "{}");
    let expected = format!(r#"{{"type":"b","name":"lab","cniVersion":"1.0.0","prevResult":{first}}}"#);
    assert_eq!(lab.read("stdin"), expected);
    lab.runtime.del(&list(&["a", "b"]), &lab.container).unwrap();
    assert_eq!(std::fs::read_dir(lab.scratch.join("cache/results")).unwrap().count(), 0);
}

#[test]
fn a_plugin_has_the_six_variables_the_environment_and_the_working_folder() {
    let mut lab =
        Lab::new(&[("p", "env | grep -E '^(CNI_|PATH=)' | sort > $DIR/env; pwd > $DIR/pwd; echo '{}'")]);
    lab.runtime.folder = Some(lab.scratch.folder("log"));
    lab.add(&["p"]).unwrap();
    let bin = lab.scratch.join("bin").display().to_string();
    let expected = format!(
        "CNI_ARGS=\nCNI_COMMAND=ADD\nCNI_CONTAINERID=t1\nCNI_IFNAME=eth0\nCNI_NETNS=/ns/t1\nCNI_PATH={bin}\nPATH={}\n",
        std::env::var("PATH").unwrap()
    );
    assert_eq!(lab.read("env"), expected);
    assert_eq!(lab.read("pwd").trim_end(), lab.scratch.join("log").display().to_string());
}

#[test]
fn a_relative_folder_of_plugins_is_found_from_any_working_folder() {
    let mut lab = Lab::new(&[("p", "echo $CNI_PATH > $DIR/path; echo '{}'")]);
    let here = std::env::current_dir().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    let bin = lab.scratch.join("bin");
    lab.runtime.path = vec![PathBuf::from(up).join(bin.strip_prefix("/").unwrap())];
    lab.runtime.folder = Some("/".into());
    lab.add(&["p"]).unwrap();
    assert!(lab.read("path").starts_with('/'));
}

#[test]
fn every_way_to_say_no_is_understood() {
    let said = |body: &str| Lab::new(&[("p", body)]).refused();
    let check = "; check the network's configuration and what the plugin logs";
    let failed = |text: &str| (ErrorKind::PluginFailed, format!("plugin `p` {text}"));
    let busy = "failed: busy (CNI code 11: try again later); wait a little and run it again";
    // The undo's DEL fails in the same way, and says so behind it.
    let first =
        |(kind, text): (ErrorKind, String)| (kind, text.split("; and undoing").next().unwrap().to_owned());
    assert_eq!(first(said(r#"echo '{"code":11,"msg":"busy"}'; exit 1"#)), failed(busy));
    assert_eq!(first(said("echo plain; exit 1")), failed(&format!("failed: plain{check}")));
    assert_eq!(first(said("echo on stderr >&2; exit 1")), failed(&format!("failed: on stderr{check}")));
    assert_eq!(first(said("exit 42")), failed(&format!("exited with 42 and said nothing{check}")));
    assert_eq!(
        first(said("kill -KILL $$")),
        failed(&format!("was ended by signal 9 and said nothing{check}"))
    );
}

#[test]
fn success_with_rubbish_is_refused_and_undone() {
    let lab = Lab::new(&[("p", "echo $CNI_COMMAND >> $DIR/log; echo done")]);
    let (kind, text) = lab.refused();
    assert_eq!(kind, ErrorKind::InvalidResult);
    assert!(
        text.starts_with("plugin `p` succeeded, but what it printed is no result: expected value"),
        "{text}"
    );
    assert_eq!(lab.read("log"), "ADD\nDEL\n");
}

#[test]
fn a_hundred_megabytes_are_refused() {
    let lab = Lab::new(&[("p", "[ $CNI_COMMAND = DEL ] || head -c 104857600 /dev/zero")]);
    let (kind, text) = lab.refused();
    assert_eq!(kind, ErrorKind::TooMuchOutput);
    assert!(text.starts_with("plugin `p` printed more than 4194304 bytes and was killed; "), "{text}");
}

#[test]
fn much_on_stderr_is_no_obstacle_and_its_end_is_kept() {
    let lab = Lab::new(&[("p", "head -c 3000000 /dev/zero >&2; echo the end >&2; exit 1")]);
    let error = lab.add(&["p"]).unwrap_err();
    assert!(error.stderr().ends_with("the end\n"));
    assert_eq!(error.stderr().len(), 64 * 1024);
}

#[test]
fn a_plugin_that_does_not_read_its_input_is_fine() {
    let lab = Lab::new(&[("p", "exec <&-; echo '{}'")]);
    let long = "x".repeat(1 << 20);
    let list = list_of(&format!(r#"{{"name":"lab","plugins":[{{"type":"p","long":"{long}"}}]}}"#));
    lab.runtime.add(&list, &lab.container).unwrap();
}

#[test]
fn a_plugin_that_hangs_is_killed_with_its_children() {
    let held = "[ $CNI_COMMAND = DEL ] && exit 0; sleep 1000 & echo $! > $DIR/child; sleep 1000";
    let mut lab = Lab::new(&[("p", held)]);
    lab.runtime.timeout = Duration::from_secs(2);
    let lock = Inherited::new(&lab);
    let (kind, text) = lab.refused();
    assert_eq!(kind, ErrorKind::TimedOut);
    assert!(
        text.starts_with("plugin `p` did not end within 2 s and was killed with its children; check"),
        "{text}"
    );
    assert!(!lab.read("child").is_empty(), "there was a child to kill");
    lock.wait_until_nobody_holds_it();
}

#[test]
fn the_clean_up_has_its_own_clock() {
    let log = "echo $CNI_COMMAND >> $DIR/log";
    let mut lab = Lab::new(&[
        ("a", &format!("{log}; echo '{{}}'")),
        ("b", &format!("{log}; [ $CNI_COMMAND = DEL ] || sleep 1000")),
    ]);
    lab.runtime.timeout = Duration::from_secs(2);
    let error = lab.add(&["a", "b"]).unwrap_err();
    assert_eq!((error.kind(), error.plugin()), (ErrorKind::TimedOut, Some("b")));
    assert!(error.undo().is_empty(), "the time that the ADD used up is not missing here: {error}");
    assert_eq!(lab.read("log"), "ADD\nADD\nDEL\nDEL\n");
}

#[test]
fn a_version_that_nobody_knows_is_refused_and_another_known_one_is_taken() {
    let lab = Lab::new(&[("p", r#"[ $CNI_COMMAND = DEL ] || echo '{"cniVersion":"9.9.9","ips":[]}'"#)]);
    let (kind, text) = lab.refused();
    assert_eq!(kind, ErrorKind::InvalidResult);
    assert!(text.contains("version 9.9.9 of a result is not known"), "{text}");
    let old = r#"{"cniVersion":"0.2.0","ip4":{"ip":"10.1.0.5/24"}}"#;
    let lab = Lab::new(&[("p", &format!("[ $CNI_COMMAND = ADD ] && echo '{old}' || cat > $DIR/stdin"))]);
    assert_eq!(lab.add(&["p"]).unwrap().result.ips().len(), 1);
    lab.runtime.del(&list(&["p"]), &lab.container).unwrap();
    let previous = r#""prevResult":{"ips":[{"address":"10.1.0.5/24"}],"dns":{},"cniVersion":"1.0.0"}"#;
    assert!(lab.read("stdin").contains(previous), "{}", lab.read("stdin"));
}

#[test]
fn a_child_that_is_left_running_is_left_alone_and_holds_nothing_up() {
    let lab = Lab::new(&[("p", "sleep 1000 & echo $! > $DIR/child; echo '{}'")]);
    lab.add(&["p"]).unwrap();
    let child = lab.read("child");
    let killed = Command::new("kill").args(["-KILL", child.trim()]).status().unwrap();
    assert!(killed.success(), "it was still there");
}

#[test]
fn a_descriptor_without_close_on_exec_reaches_the_plugin() {
    let lab = Lab::new(&[("p", "ls -l /proc/self/fd > $DIR/fds; echo '{}'")]);
    let _lock = Inherited::new(&lab);
    lab.add(&["p"]).unwrap();
    assert!(lab.read("fds").contains(&lab.scratch.join("lock").display().to_string()));
}

#[test]
fn a_missing_plugin_names_the_folders_and_the_way_out() {
    let (kind, text) = Lab::new(&[("other", "")]).refused();
    assert_eq!(kind, ErrorKind::PluginNotFound);
    assert_eq!(text, "plugin `p` is not in DIR/bin; install the plugin, or name its folder in CNI_PATH");
}

#[test]
fn a_file_that_cannot_be_run_names_it() {
    let lab = Lab::new(&[]);
    let file = lab.scratch.file("bin/p", "#!/bin/sh\n");
    let why = "plugin `p` cannot be started: Permission denied (os error 13); \
               DIR/bin/p has to be a program of this system that may be executed";
    let (kind, text) = lab.refused();
    assert_eq!((kind, text.split("; and undoing").next().unwrap()), (ErrorKind::PluginNotRunnable, why));
    std::fs::remove_file(file).unwrap();
    lab.scratch.script("bin/p", "");
    std::fs::write(lab.scratch.join("bin/p"), "#!/no/such/shell\n").unwrap();
    assert_eq!(lab.refused().0, ErrorKind::PluginNotRunnable);
}

#[test]
fn a_plugin_that_is_just_being_installed_is_waited_for() {
    let lab = Lab::new(&[("p", "echo '{}'")]);
    let installing = File::options().append(true).open(lab.scratch.join("bin/p")).unwrap();
    let (ended, end) = mpsc::channel();
    let adding = thread::spawn(move || ended.send(lab.add(&["p"]).is_ok()));
    assert!(end.recv_timeout(Duration::from_millis(100)).is_err(), "it cannot start while it is written");
    drop(installing);
    assert!(end.recv_timeout(DEADLINE).unwrap());
    adding.join().unwrap().unwrap();
}

/// A shared lock on a file, whose descriptor children inherit: as `hcn run` lets others see that a plugin is at work.
struct Inherited {
    path: PathBuf,
    lock: File,
}

impl Inherited {
    fn new(lab: &Lab) -> Inherited {
        let path = lab.scratch.file("lock", "");
        let lock = File::open(&path).unwrap();
        lock.lock_shared().unwrap();
        fcntl_setfd(&lock, FdFlags::empty()).unwrap();
        Inherited { path, lock }
    }

    fn wait_until_nobody_holds_it(self) {
        drop(self.lock);
        let (gone, is_gone) = mpsc::channel();
        let file = File::open(self.path).unwrap();
        thread::spawn(move || gone.send(file.lock()));
        is_gone.recv_timeout(DEADLINE).expect("a child of the plugin lives on").unwrap();
    }
}

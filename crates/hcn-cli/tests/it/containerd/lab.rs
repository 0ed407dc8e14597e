//! A daemon that the tests share, one at a time, and the check that each of them leaves it as it was.
//!
//! A daemon belongs to the namespaces of the thread that started it: so a thread of its own starts it and runs the
//! tests that are sent to it. It ends with the test program, and the daemon's keeper cleans up after it.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use hcn_test::{Daemon, IMAGE, Program, Release};
use serde_json::json;

type Work = Box<dyn FnOnce(&Lab) + Send>;

/// The daemon, and what it holds when nothing runs.
pub(crate) struct Lab {
    pub(crate) daemon: Daemon,
    empty: RefCell<Vec<String>>,
}

impl Lab {
    fn start() -> Self {
        let release = Release::of(module_path!());
        let daemon = Daemon::start_release(release).expect("a daemon can be started");
        // The first container makes the bridge, which stays, as do the tables that iptables makes on first use.
        let run = daemon.program(env!("CARGO_BIN_EXE_hcn")).args(["run", IMAGE, "first", "true"]);
        run.run().success();
        let empty = daemon.state();
        Self { daemon, empty: RefCell::new(empty) }
    }

    /// `hcn`, for this daemon.
    pub(crate) fn hcn(&self, args: &[&str]) -> Program {
        self.daemon.program(env!("CARGO_BIN_EXE_hcn")).args(args)
    }

    /// `hcn run`, for this daemon.
    pub(crate) fn hcn_run(&self) -> Program {
        self.hcn(&["run"])
    }

    /// `hcn run IMAGE ID COMMAND`
    pub(crate) fn run(&self, id: &str, command: &[&str]) -> Program {
        self.hcn_run().args([IMAGE, id]).args(command)
    }

    /// `hcn run IMAGE ID sh -c SCRIPT`
    pub(crate) fn sh(&self, id: &str, script: &str) -> Program {
        self.run(id, &["sh", "-c", script])
    }

    /// `hcn run --cni-netconfpath FOLDER IMAGE ID true`, on a network with these plugins, which are scripts: names and
    /// what they do.
    pub(crate) fn on_network(&self, name: &str, plugins: &[(&str, &str)]) -> Program {
        self.on_network_with(&[], name, plugins)
    }

    /// The same with more flags.
    pub(crate) fn on_network_with(&self, flags: &[&str], name: &str, plugins: &[(&str, &str)]) -> Program {
        self.on_network_sh(flags, name, plugins, "true")
    }

    /// The same with more flags, and a shell's script in the container.
    pub(crate) fn on_network_sh(
        &self,
        flags: &[&str],
        name: &str,
        plugins: &[(&str, &str)],
        command: &str,
    ) -> Program {
        let scratch = self.daemon.scratch();
        let types: Vec<_> = plugins.iter().map(|(kind, _)| json!({"type": kind})).collect();
        let list = json!({"cniVersion": "1.0.0", "name": name, "plugins": types});
        let file = scratch.file(format!("{name}/net.d/10-{name}.conflist"), list.to_string());
        for (kind, script) in plugins.iter().filter(|(_, script)| !script.is_empty()) {
            scratch.script(format!("{name}/bin/{kind}"), script);
        }
        let program = self
            .hcn_run()
            .args(flags)
            .arg("--cni-netconfpath")
            .arg(file.parent().expect("a file has a folder"));
        program
            .arg("--cni-path")
            .arg(scratch.folder(format!("{name}/bin")))
            .args([IMAGE, name, "sh", "-c", command])
    }

    /// Nothing of a run is left. What is left is laid at the door of this test alone.
    fn assert_empty(&self) {
        let found = self.daemon.state_like(&self.empty.borrow());
        let wanted = self.empty.replace(found.clone());
        let more: Vec<_> = found.iter().filter(|line| !wanted.contains(line)).collect();
        let less: Vec<_> = wanted.iter().filter(|line| !found.contains(line)).collect();
        assert!(more.is_empty() && less.is_empty(), "left behind: {more:#?}, missing: {less:#?}");
    }
}

/// What differs from run to run, hidden in the snapshots of a test for as long as this is held.
#[must_use]
pub(crate) fn names_hidden() -> impl Drop {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"test-\d+-\d+", "[TENANT]");
    settings.add_filter(r"\b[0-9a-f]{16}\b", "[RUN]");
    settings.bind_to_scope()
}

/// Does something with the shared daemon, insists that it leaves nothing, and answers what it found.
pub(crate) fn lab<T: Send + 'static>(work: impl FnOnce(&Lab) -> T + Send + 'static) -> T {
    static LAB: OnceLock<Mutex<Sender<Work>>> = OnceLock::new();
    let door = LAB.get_or_init(|| Mutex::new(open())).lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (answer, answered) = channel();
    let work = move |lab: &Lab| {
        let found = catch_unwind(AssertUnwindSafe(|| {
            let found = work(lab);
            lab.assert_empty();
            found
        }));
        let _ = answer.send(found.map_err(|panic| message(&*panic)));
    };
    door.send(Box::new(work)).expect("the lab is open for as long as the program runs");
    match answered.recv() {
        Ok(Ok(found)) => found,
        Ok(Err(message)) => panic!("{message}"),
        Err(_) => panic!("no daemon can be started; the test that came first shows why"),
    }
}

/// Panics of the daemon's thread are shown by the test, not by whoever opened the lab.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}

fn open() -> Sender<Work> {
    let (door, received) = channel::<Work>();
    thread::spawn(move || {
        let lab = Lab::start();
        received.iter().for_each(|work| work(&lab));
    });
    door
}

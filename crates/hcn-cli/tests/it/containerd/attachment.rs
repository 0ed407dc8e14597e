//! Attachments that libcni made and hcn removes, and the other way round: `ctr run --cni`, with the folders that it
//! takes from no variable, and hcn on the same ones. A daemon of its own: ctr's folders are laid over
//! the machine's.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn_test::{Daemon, IMAGE, Patience, Program, Release, Running, require};
use serde_json::{Value, json};

/// Where `ctr run --cni` keeps what it attached.
const RESULTS: &str = "/var/lib/cni/results";

/// Says that it is up, and ends at TERM.
const WAITS: &str = "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done";

struct Host(Daemon);

impl Host {
    /// A host on which something ran before, for the first container makes the bridge and the tables.
    fn start() -> Self {
        let daemon = Daemon::start_release(Release::of(module_path!())).expect("a daemon can be started");
        daemon.provide_ctr_cni().expect("folders can be laid over the machine's");
        let host = Self(daemon);
        host.add_recorder();
        host.hcn(&["run", IMAGE, "first", "true"]).run().success();
        host
    }

    /// One more plugin: `tuning`, which here only passes on, and a record of what it is given.
    fn add_recorder(&self) {
        let script = format!(
            "stdin=$(cat)\necho \"$CNI_COMMAND $CNI_CONTAINERID [$CNI_NETNS] $stdin\" >> {}\n\
             printf %s \"$stdin\" | /opt/cni/bin/tuning\n",
            self.record().display()
        );
        let script = self.0.scratch().script("recorder", &script);
        std::fs::copy(script, "/opt/cni/bin/recorder").expect("the folder is ours");
        let file = self.0.netconf().join("10-hcn-test.conflist");
        let mut list = read(&file);
        list["plugins"].as_array_mut().expect("a list").push(json!({"type": "recorder"}));
        std::fs::write(file, list.to_string()).expect("it can be written");
    }

    fn record(&self) -> PathBuf {
        self.0.scratch().join("record")
    }

    /// The namespace and standard input of the last call for this container.
    fn last_call(&self, verb: &str, container: &str) -> (String, Value) {
        let record = std::fs::read_to_string(self.record()).expect("plugins were called");
        let start = format!("{verb} {container} [");
        let call = record.lines().rev().find_map(|line| line.strip_prefix(&start));
        let (netns, stdin) = call.and_then(|call| call.split_once("] ")).expect("it was called");
        (netns.to_owned(), serde_json::from_str(stdin).expect("it is JSON"))
    }

    /// hcn with the folders that ctr has.
    fn hcn(&self, args: &[&str]) -> Program {
        let hcn = self.0.program(env!("CARGO_BIN_EXE_hcn")).args(args);
        let hcn = hcn.env("NETCONFPATH", "/etc/cni/net.d").env("CNI_PATH", "/opt/cni/bin");
        hcn.env("HCN_CNI_CACHE", "/var/lib/cni")
    }

    /// All that an attachment consists of, sorted.
    fn network(&self) -> Vec<String> {
        let is_of_it = |line: &String| {
            ["interface", "address", "chain", "rule", "netns"].iter().any(|what| line.starts_with(what))
        };
        self.0.state().into_iter().filter(is_of_it).chain(results()).collect()
    }

    /// The same, once it equals `wanted` or after ten seconds: the kernel takes its time over a namespace's interfaces.
    fn network_like(&self, wanted: &[String]) -> Vec<String> {
        let mut patience = Patience::new(Duration::from_secs(10));
        loop {
            let network = self.network();
            if network == wanted || patience.is_over() {
                return network;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `ctr run -d --cni`, and its entry in the cache.
    fn attach_by_ctr(&self, id: &str) -> Value {
        self.0.ctr(&format!("run -d --cni {IMAGE} {id} sleep 1000")).success();
        self.entry(id)
    }

    /// A run of hcn's that lasts, and its entry in the cache.
    fn attach_by_hcn(&self, id: &str) -> (Running, Value) {
        let mut run = self.hcn(&["run", IMAGE, id, "sh", "-c", WAITS]).spawn();
        run.wait_for_stdout("up");
        let entry = self.entry(id);
        (run, entry)
    }

    /// The first process of the only container.
    fn pid(&self) -> String {
        let tasks = self.0.ctr("tasks ls").success().stdout();
        let task = tasks.lines().nth(1).expect("there is one");
        task.split_whitespace().nth(1).expect("a number").to_owned()
    }

    /// The cache's entry for the container whose id starts so.
    fn entry(&self, id: &str) -> Value {
        let start = format!("hcn-test-{}-{id}", self.0.namespace());
        let name = results().into_iter().find(|name| name.starts_with(&start)).expect("it is attached");
        read(&Path::new(RESULTS).join(name))
    }
}

fn results() -> Vec<String> {
    let entries = std::fs::read_dir(RESULTS).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).expect("it is there");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Does ctr's libcni keep the namespace with the result? It does since its 1.2, which containerd 2.x has.
fn keeps_namespaces(host: &Host) -> bool {
    host.0.release() == Release::Two
}

/// The result of an entry.
fn result(entry: &Value) -> Value {
    without_dns(&entry["result"])
}

/// Newer libcni leaves out `dns` where it holds nothing.
fn without_dns(result: &Value) -> Value {
    let mut result = result.clone();
    if result["dns"] == json!({}) {
        result.as_object_mut().expect("an object").remove("dns");
    }
    result
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().expect("an object").keys().collect()
}

#[test]
fn what_ctr_attached_is_removed_by_hcn_while_the_container_lives() {
    require!(Root, Containerd);
    let host = Host::start();
    let before = host.network();
    let entry = host.attach_by_ctr("foreign");
    let id = entry["containerId"].as_str().expect("a text");
    let netns = format!("/proc/{}/ns/net", host.pid());
    let named = if keeps_namespaces(&host) { vec![] } else { vec!["--netns", &netns] };
    let del = host.hcn(&["cni", "del", "hcn-test", id, "eth0"]).args(&named).run();
    assert_eq!(del.snapshot(), "exit 0");
    assert_eq!(host.network_like(&before), before);
    assert_eq!(host.last_call("DEL", id).0, netns, "the plugins had the container's namespace");
    let inside = host.0.ctr("tasks exec --exec-id look foreign ip addr").success().stdout();
    assert!(inside.contains("lo:") && !inside.contains("eth0"), "{inside}");
}

#[test]
fn of_an_attachment_whose_namespace_nobody_knows_the_address_is_released() {
    require!(Root, Containerd);
    let host = Host::start();
    let entry = host.attach_by_ctr("foreign");
    let id = entry["containerId"].as_str().expect("a text");
    // Not by ctr, for that of 2.x detaches as well.
    Program::new("sh").args(["-c", &format!("kill -KILL {}", host.pid())]).run().success();
    while !host.0.ctr("tasks ls").stdout().contains("STOPPED") {
        std::thread::sleep(Duration::from_millis(20));
    }
    let del = host.hcn(&["cni", "del", "hcn-test", id, "eth0"]).run();
    assert_eq!(del.exit, 0, "{}", del.snapshot());
    assert!(del.stderr().contains("plugins are called without one"), "{}", del.snapshot());
    let left = host.network();
    assert!(!left.iter().any(|line| line.starts_with("address") || line.contains("hcn-test-")), "{left:#?}");
}

#[test]
fn hcn_s_entry_in_the_cache_is_what_libcni_writes() {
    require!(Root, Containerd);
    let host = Host::start();
    let theirs = host.attach_by_ctr("theirs");
    let (_run, mut ours) = host.attach_by_hcn("ours");
    if !keeps_namespaces(&host) {
        ours.as_object_mut().expect("an object").remove("netns");
    }
    assert_eq!(keys(&ours), keys(&theirs));
    for same in ["kind", "ifName", "networkName", "config"] {
        assert_eq!(ours[same], theirs[same], "{same}");
    }
    assert_eq!(keys(&result(&ours)), keys(&result(&theirs)));
}

#[test]
fn what_hcn_attached_is_removed_by_ctr_from_hcn_s_entry_in_the_cache() {
    require!(Root, Containerd);
    let host = Host::start();
    let before = host.network();
    let (run, entry) = host.attach_by_hcn("ours");
    let id = entry["containerId"].as_str().expect("a text");
    let name = id.strip_prefix(&format!("{}-", host.0.namespace())).expect("it starts so");
    // A container of ctr's that plugins know by the same id: its ADD is refused, for host-local gave that id an
    // address; ctr then detaches the id, and libcni has nothing but hcn's entry to do so from.
    let refused = host.0.ctr(&format!("run --rm --cni {IMAGE} {name} true"));
    assert!(refused.exit != 0 && refused.stderr().contains("duplicate allocation"), "{}", refused.snapshot());
    let (netns, stdin) = host.last_call("DEL", id);
    assert_eq!((netns, without_dns(&stdin["prevResult"])), (String::new(), result(&entry)));
    assert!(!results().iter().any(|name| name.contains(id)), "libcni removed it");
    // ctr leaves its task as it was created, with what bridge made in its namespace.
    host.0.ctr(&format!("tasks kill -s KILL {name}"));
    run.terminate();
    run.wait();
    assert_eq!(host.network_like(&before), before);
}

//! One container after the other: what the daemon does, refuses, and writes down.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use hcn_containerd::{CommandProblem, CreateTaskRequest, ErrorKind, NO_LABELS};
use hcn_stand_in::shim::pattern;
use serde_json::json;

use crate::journal::{calls, violations};
use crate::lab::{Lab, record, spec};

/// Runs a test as the stand-ins' users do: on one thread.
fn on_a_lab(test: impl AsyncFnOnce(&Lab)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { test(&Lab::start().await).await });
}

/// Listens as a client does, and reads all that comes.
fn reader(path: &Path) -> JoinHandle<Vec<u8>> {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// Listens, and writes.
fn writer(path: &Path, bytes: Vec<u8>) -> JoinHandle<()> {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || listener.accept().unwrap().0.write_all(&bytes).unwrap())
}

fn text(path: PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

/// A record without a network, and its task.
async fn task(lab: &Lab, id: &str, script: &[&str], streams: CreateTaskRequest) {
    let spec = spec(script, json!({"layerFolders": lab.layers()}));
    lab.client.containers().create(record(id, &spec)).await.unwrap();
    lab.client.tasks().create(CreateTaskRequest { container_id: id.into(), ..streams }).await.unwrap();
}

#[test]
fn output_comes_whole_and_the_exit_code_has_32_bits() {
    on_a_lab(async |lab| {
        let [out, err] = ["out", "err"].map(|name| lab.scratch.join(name));
        let (stdout, stderr) = (reader(&out), reader(&err));
        let streams = CreateTaskRequest { stdout: text(out), stderr: text(err), ..Default::default() };
        task(lab, "t1", &["out 1000000", "err 100", "exit 0xC0000135"], streams).await;
        let tasks = lab.client.tasks();
        let (exit, started) = tokio::join!(tasks.wait("t1"), tasks.start("t1"));
        assert_eq!((exit.unwrap().status, started.is_ok()), (0xC000_0135, true));
        assert!(stdout.join().unwrap() == pattern(1_000_000) && stderr.join().unwrap() == pattern(100));
        assert_eq!(tasks.delete("t1").await.unwrap().status, 0xC000_0135);
        assert_eq!(violations(&lab.journal()), [""; 0]);
    });
}

#[test]
fn input_is_echoed_until_it_ends() {
    on_a_lab(async |lab| {
        let [input, out] = ["in", "out"].map(|name| lab.scratch.join(name));
        let (writer, stdout) = (writer(&input, pattern(300_000)), reader(&out));
        let streams = CreateTaskRequest { stdin: text(input), stdout: text(out), ..Default::default() };
        task(lab, "t1", &["echo", "exit 7"], streams).await;
        lab.client.tasks().start("t1").await.unwrap();
        assert_eq!(lab.client.tasks().wait("t1").await.unwrap().status, 7);
        writer.join().unwrap();
        assert!(stdout.join().unwrap() == pattern(300_000));
    });
}

#[test]
fn a_stream_that_nobody_listens_on_keeps_the_task_from_being_created() {
    on_a_lab(async |lab| {
        let spec = spec(&[], json!({"layerFolders": lab.layers()}));
        lab.client.containers().create(record("t1", &spec)).await.unwrap();
        let streams = CreateTaskRequest { stdout: text(lab.scratch.join("nobody")), ..Default::default() };
        let asked = CreateTaskRequest { container_id: "t1".into(), ..streams };
        let error = lab.client.tasks().create(asked).await.unwrap_err();
        assert!(error.why().contains("nobody: No such file"), "{error}");
        assert_eq!(lab.client.tasks().get("t1").await.unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn a_command_that_is_not_there_fails_at_the_start_and_leaves_the_task() {
    on_a_lab(async |lab| {
        let mut spec = spec(&[], json!({"layerFolders": lab.layers()}));
        spec["process"]["args"] = json!(["nope"]);
        lab.client.containers().create(record("t1", &spec)).await.unwrap();
        let asked = CreateTaskRequest { container_id: "t1".into(), ..Default::default() };
        lab.client.tasks().create(asked).await.unwrap();
        let error = lab.client.tasks().start("t1").await.unwrap_err();
        assert_eq!(error.command_problem(), Some(CommandProblem::NotFound));
        assert_eq!(lab.client.tasks().delete("t1").await.unwrap().status, 1);
    });
}

#[test]
fn a_console_event_ends_a_process_that_has_no_handler() {
    on_a_lab(async |lab| {
        for (id, script, signal, status) in
            [("c", "wait", 0, 0xC000_013A), ("t", "on 15 3", 15, 3), ("k", "deaf", 9, 1)]
        {
            task(lab, id, &[script, "wait"], CreateTaskRequest::default()).await;
            lab.client.tasks().start(id).await.unwrap();
            let unknown = lab.client.tasks().kill(id, 10).await.unwrap_err();
            assert_eq!(unknown.kind(), ErrorKind::FailedPrecondition);
            lab.client.tasks().kill(id, signal).await.unwrap();
            assert_eq!(lab.client.tasks().wait(id).await.unwrap().status, status);
        }
    });
}

#[test]
fn the_network_is_looked_at_when_the_task_is_created() {
    on_a_lab(async |lab| {
        let named = |guid: &str| json!({"layerFolders": lab.layers(), "network": {"networkNamespace": guid}});
        let absent = "6b29fc40-ca47-1067-b31d-00dd010662da".to_owned();
        let made = lab.hcn().namespaces().create(&hcn::Namespace::for_container()).unwrap();
        for (id, guid, there) in [("t1", absent, false), ("t2", made.id.unwrap().to_string(), true)] {
            lab.client.containers().create(record(id, &spec(&[], named(&guid)))).await.unwrap();
            let asked = CreateTaskRequest { container_id: id.into(), ..Default::default() };
            assert_eq!(lab.client.tasks().create(asked).await.is_ok(), there);
            let journal = lab.journal();
            let seen = calls(&journal, &["seen at Tasks/Create"]);
            let last = seen.last().unwrap();
            assert_eq!((&last["there"], &last["namespace"]), (&json!(there), &json!(guid)));
        }
    });
}

#[test]
fn the_mounts_of_a_snapshot_are_what_the_shim_wants() {
    on_a_lab(async |lab| {
        lab.client.leases().create("l1", NO_LABELS, None).await.unwrap();
        let snapshots = lab.client.snapshots("windows");
        let top =
            snapshots.list(&[]).await.unwrap().into_iter().find(|info| !info.parent.is_empty()).unwrap();
        let rootfs = snapshots.prepare("s1", &top.name, NO_LABELS, "l1").await.unwrap();
        let mut record = record("t1", &spec(&[], json!({})));
        (record.snapshotter, record.snapshot_key) = ("windows".into(), "s1".into());
        lab.client.containers().create(record).await.unwrap();
        lab.client.leases().delete("l1").await.unwrap();
        assert_eq!(snapshots.mounts("s1").await.unwrap(), rootfs, "the record holds it now");
        let asked = CreateTaskRequest { container_id: "t1".into(), rootfs, ..Default::default() };
        lab.client.tasks().create(asked).await.unwrap();
        let busy = snapshots.remove("s1").await.unwrap_err();
        assert!(busy.why().contains("used by another process"), "{busy}");
        lab.client.tasks().delete("t1").await.unwrap();
        snapshots.remove("s1").await.unwrap();
        assert_eq!(violations(&lab.journal()), [""; 0]);
    });
}

#[test]
fn what_a_shim_refuses_is_refused() {
    on_a_lab(async |lab| {
        let layers = lab.layers();
        let mount = json!([{"destination": "C:\\x", "source": lab.scratch.path(), "type": "bind"}]);
        let mut typed = spec(&[], json!({"layerFolders": layers}));
        typed["mounts"] = mount;
        let one = spec(&[], json!({"layerFolders": &layers[..1]}));
        let swapped = spec(&[], json!({"layerFolders": [&layers[2], &layers[1], &layers[0]]}));
        for (id, spec, why) in [
            ("bind", typed, "Type 'bind' not supported"),
            ("one", one, "at least two entries"),
            ("swapped", swapped, "sandbox.vhdx"),
            ("none", spec(&[], json!({})), "no root file system"),
        ] {
            lab.client.containers().create(record(id, &spec)).await.unwrap();
            let asked = CreateTaskRequest { container_id: id.into(), ..Default::default() };
            let error = lab.client.tasks().create(asked).await.unwrap_err();
            assert!(error.why().contains(why), "{error}");
        }
    });
}

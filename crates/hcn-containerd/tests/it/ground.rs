//! What the tests on a real containerd stand on: a private daemon, a client on it, and what they need to make.

use std::time::{Duration, SystemTime};

use hcn_containerd::{Client, Container, CreateTaskRequest, Mount, NO_LABELS, Options, Runtime, any};
use hcn_test::Daemon;
use serde_json::{Value, json};

/// A daemon of the test's own, and a client of it in the daemon's namespace.
pub(crate) struct Ground {
    pub(crate) client: Client,
    pub(crate) daemon: Daemon,
}

/// Runs the test on a thread of one runtime, which is what `hcn run` has.
pub(crate) fn on_a_daemon(test: impl AsyncFnOnce(&mut Ground)) {
    let daemon = Daemon::start().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let address = daemon.socket().to_str().unwrap().parse().unwrap();
        let options = Options { namespace: daemon.namespace().parse().unwrap(), ..Options::default() };
        let client = Client::connect(&address, &options).await.unwrap();
        test(&mut Ground { client, daemon }).await;
    });
}

impl Ground {
    /// The chain id of the image's only layer: the digest of its content, unpacked.
    pub(crate) async fn chain(&self) -> String {
        let committed = self.snapshots().list(&["kind==committed"]).await.unwrap();
        committed[0].name.clone()
    }

    pub(crate) fn snapshots(&self) -> hcn_containerd::Snapshots<'_> {
        self.client.snapshots(self.daemon.snapshotter())
    }

    /// A lease that ends in an hour.
    pub(crate) async fn lease(&self, id: &str) {
        let expire = SystemTime::now() + Duration::from_secs(3600);
        self.client.leases().create(id, NO_LABELS, Some(expire)).await.unwrap();
    }

    /// A snapshot of the image, and a container that holds it and runs `args`.
    pub(crate) async fn container(&self, id: &str, args: &[&str]) -> Vec<Mount> {
        self.made(id, self.record(id, args)).await
    }

    /// The same, with a terminal.
    pub(crate) async fn container_with_terminal(&self, id: &str, args: &[&str]) -> Vec<Mount> {
        let mut record = self.record(id, args);
        let mut spec: Value = serde_json::from_slice(&record.spec.unwrap().value).unwrap();
        spec["process"]["terminal"] = json!(true);
        record.spec = Some(any::spec(spec.to_string()));
        self.made(id, record).await
    }

    async fn made(&self, id: &str, record: Container) -> Vec<Mount> {
        self.lease(id).await;
        let rootfs = self.snapshots().prepare(id, &self.chain().await, NO_LABELS, id).await.unwrap();
        self.client.containers().create(record).await.unwrap();
        self.client.leases().delete(id).await.unwrap();
        rootfs
    }

    /// The record of a container with the snapshot of the same name.
    pub(crate) fn record(&self, id: &str, args: &[&str]) -> Container {
        Container {
            id: id.into(),
            runtime: Some(Runtime { name: "io.containerd.runc.v2".into(), options: None }),
            spec: Some(any::spec(spec(args, &format!("/{}/{id}", self.daemon.namespace())))),
            snapshotter: self.daemon.snapshotter().into(),
            snapshot_key: id.into(),
            ..Container::default()
        }
    }

    /// A container and its task, created, with nothing connected.
    pub(crate) async fn task(&self, id: &str, args: &[&str]) {
        let rootfs = self.container(id, args).await;
        let task = CreateTaskRequest { container_id: id.into(), rootfs, ..CreateTaskRequest::default() };
        self.client.tasks().create(task).await.unwrap();
    }

    /// Removes a container whose task is gone, and its snapshot.
    pub(crate) async fn remove(&self, id: &str) {
        self.snapshots().remove(id).await.unwrap();
        self.client.containers().delete(id).await.unwrap();
    }
}

/// A spec with what busybox's programs need, and no network of its own.
fn spec(args: &[&str], cgroup: &str) -> String {
    json!({
        "ociVersion": "1.0.2",
        "root": {"path": "rootfs"},
        "process": {"args": args, "cwd": "/", "user": {"uid": 0, "gid": 0}, "env": ["PATH=/bin"]},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"]},
        ],
        "linux": {
            "cgroupsPath": cgroup,
            "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}],
        },
    })
    .to_string()
}

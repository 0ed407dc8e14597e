//! The same calls to a real containerd and to the stand-in: the same kinds of errors, the same fields set.

use std::fmt::Debug;

use hcn_containerd::{
    Client, Container, CreateTaskRequest, Mount, NO_LABELS, Options, Result, Runtime, Snapshots, any,
};
use hcn_test::{Daemon, IMAGE, require};
use serde_json::json;

use crate::lab::{self, Lab};

/// What differs between the two by nature.
struct Peer<'c> {
    client: &'c Client,
    image: &'c str,
    snapshotter: &'c str,
    spec: String,
    runtime: &'c str,
    log: Vec<String>,
}

impl Peer<'_> {
    /// An answer, or the kind of error.
    fn note<T: Debug>(
        &mut self,
        call: &str,
        answer: Result<T>,
        shown: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.log.push(match &answer {
            Ok(value) => format!("{call}: {}", shown(value)),
            Err(error) => format!("{call}: {:?}", error.kind()),
        });
        answer.ok()
    }

    fn done<T: Debug>(&mut self, call: &str, answer: Result<T>) {
        self.note(call, answer, |_| "done".into());
    }

    fn snapshots(&self) -> Snapshots<'_> {
        self.client.snapshots(self.snapshotter)
    }

    async fn of_images(&mut self) {
        let client = self.client;
        self.done("absent image", client.images().get("nosuch").await);
        let image = self.note("image", client.images().get(self.image).await, |image| {
            let target = image.target.clone().unwrap_or_default();
            format!(
                "{} {} {}",
                target.digest.starts_with("sha256:"),
                target.size > 0,
                image.created_at.is_some()
            )
        });
        let target = image.and_then(|image| image.target).unwrap_or_default();
        let read = client.content().read(&target.digest, 1 << 20).await;
        self.note("content", read, |bytes| (bytes.len() as i64 == target.size).to_string());
        let absent = format!("sha256:{}", "0".repeat(64));
        self.done("absent content", client.content().read(&absent, 100).await);
        self.note("any namespace", client.namespaces().get("nosuch").await, |found| found.name.clone());
    }

    async fn of_snapshots(&mut self, chain: &str) -> Vec<Mount> {
        let client = self.client;
        self.done("lease", client.leases().create("l1", NO_LABELS, None).await);
        self.done("same lease", client.leases().create("l1", NO_LABELS, None).await);
        self.note("layer", self.snapshots().stat(chain).await, |info| {
            format!("{:?} {} {}", info.kind(), info.name == chain, info.created_at.is_some())
        });
        self.done("absent snapshot", self.snapshots().stat("nosuch").await);
        let made = self.snapshots().prepare("s1", chain, NO_LABELS, "l1").await;
        let mounts =
            self.note("snapshot", made, |mounts| format!("{} mount", mounts.len())).unwrap_or_default();
        self.done("same snapshot", self.snapshots().prepare("s1", chain, NO_LABELS, "l1").await);
        self.done("absent parent", self.snapshots().prepare("s2", "nosuch", NO_LABELS, "l1").await);
        self.done("absent lease", self.snapshots().prepare("s3", chain, NO_LABELS, "nosuch").await);
        self.note("mounts", self.snapshots().mounts("s1").await, |again| (*again == mounts).to_string());
        self.done("mounts of none", self.snapshots().mounts("nosuch").await);
        self.done("mounts of a layer", self.snapshots().mounts(chain).await);
        self.done("removal of a parent", self.snapshots().remove(chain).await);
        self.done("removal of none", self.snapshots().remove("nosuch").await);
        self.done("unknown snapshotter", client.snapshots("nosuch").stat("x").await);
        mounts
    }

    fn record(&self, id: &str) -> Container {
        Container {
            id: id.into(),
            runtime: Some(Runtime { name: self.runtime.into(), options: None }),
            spec: Some(any::spec(self.spec.clone())),
            snapshotter: self.snapshotter.into(),
            snapshot_key: "s1".into(),
            ..Container::default()
        }
    }

    async fn of_containers(&mut self) {
        let containers = self.client.containers();
        let without_runtime = Container { runtime: None, ..self.record("c1") };
        let without_spec = Container { spec: None, ..self.record("c1") };
        let without_snapshotter = Container { snapshotter: String::new(), ..self.record("c1") };
        let long = Container { labels: [("k".into(), "v".repeat(5000))].into(), ..self.record("c1") };
        self.done("without runtime", containers.create(without_runtime).await);
        self.done("without spec", containers.create(without_spec).await);
        self.done("without snapshotter", containers.create(without_snapshotter).await);
        self.done("long label", containers.create(long).await);
        self.done("bad id", containers.create(self.record("-a")).await);
        let made = containers.create(self.record("c1")).await;
        self.note("container", made, |made| format!("{} {}", made.id, made.created_at.is_some()));
        self.done("same container", containers.create(self.record("c1")).await);
        self.done("absent container", containers.get("nosuch").await);
        self.done("deletion of none", containers.delete("nosuch").await);
        self.note("list", containers.list(&[]).await, |all| all.len().to_string());
        self.done("end of lease", self.client.leases().delete("l1").await);
        self.done("end of no lease", self.client.leases().delete("l1").await);
        self.note("held by the record", self.snapshots().mounts("s1").await, |mounts| {
            mounts.len().to_string()
        });
    }

    async fn of_tasks(&mut self, rootfs: Vec<Mount>) {
        let tasks = self.client.tasks();
        let task = |id: &str| CreateTaskRequest {
            container_id: id.into(),
            rootfs: rootfs.clone(),
            ..CreateTaskRequest::default()
        };
        self.done("task of none", tasks.create(task("nosuch")).await);
        self.done("start of none", tasks.start("c1").await);
        self.done("wait for none", tasks.wait("c1").await);
        self.done("kill of none", tasks.kill("c1", 9).await);
        self.done("get of none", tasks.get("c1").await);
        self.done("delete of none", tasks.delete("c1").await);
        self.done("task", tasks.create(task("c1")).await);
        self.done("same task", tasks.create(task("c1")).await);
        self.note("created", tasks.get("c1").await, |task| format!("{:?} {}", task.status(), task.id));
        self.note("start", tasks.start("c1").await, |pid| (*pid > 0).to_string());
        self.note("running", tasks.get("c1").await, |task| format!("{:?} {}", task.status(), task.pid > 0));
        self.done("delete while it runs", tasks.delete("c1").await);
        self.done("kill", tasks.kill("c1", 9).await);
        self.note("wait", tasks.wait("c1").await, |exit| exit.at.is_some().to_string());
        self.note("stopped", tasks.get("c1").await, |task| {
            format!("{:?} {}", task.status(), task.exited_at.is_some())
        });
        self.done("kill of one that ended", tasks.kill("c1", 9).await);
        self.note("delete", tasks.delete("c1").await, |exit| exit.at.is_some().to_string());
        self.done("wait for one deleted", tasks.wait("c1").await);
        self.done("removal", self.snapshots().remove("s1").await);
        self.done("deletion", self.client.containers().delete("c1").await);
    }

    async fn all(mut self) -> Vec<String> {
        let layers = self.snapshots().list(&[]).await.unwrap();
        let is_parent = |name: &str| layers.iter().any(|layer| layer.parent == name);
        let top = layers.iter().find(|layer| !is_parent(&layer.name)).unwrap().name.clone();
        self.of_images().await;
        let rootfs = self.of_snapshots(&top).await;
        self.of_containers().await;
        self.of_tasks(rootfs).await;
        self.log
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// What a real daemon answers.
fn real() -> Vec<String> {
    let daemon = Daemon::start().unwrap();
    let spec = json!({
        "ociVersion": "1.0.2",
        "root": {"path": "rootfs"},
        "process": {"args": ["sleep", "1000"], "cwd": "/", "user": {"uid": 0, "gid": 0}, "env": ["PATH=/bin"]},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
        ],
        "linux": {
            "cgroupsPath": format!("/{}/c1", daemon.namespace()),
            "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}],
        },
    });
    block_on(async {
        let options = Options { namespace: daemon.namespace().parse().unwrap(), ..Options::default() };
        let address = daemon.socket().to_str().unwrap().parse().unwrap();
        let client = Client::connect(&address, &options).await.unwrap();
        let (snapshotter, runtime) = (daemon.snapshotter(), "io.containerd.runc.v2");
        Peer { client: &client, image: IMAGE, snapshotter, spec: spec.to_string(), runtime, log: Vec::new() }
            .all()
            .await
    })
}

/// What the stand-in answers.
fn ours() -> Vec<String> {
    block_on(async {
        let lab = Lab::start().await;
        let spec = lab::spec(&["wait"], json!({})).to_string();
        let (snapshotter, runtime) = ("windows", "io.containerd.runhcs.v1");
        Peer { client: &lab.client, image: lab::IMAGE, snapshotter, spec, runtime, log: Vec::new() }
            .all()
            .await
    })
}

#[test]
fn the_stand_in_answers_as_a_real_daemon_does() {
    require!(Root, Containerd);
    assert_eq!(ours(), real());
}

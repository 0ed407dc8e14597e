//! What a daemon tells about itself, its namespaces and its events; and what a daemon that goes away looks like.

use hcn_containerd::{ErrorKind, NO_LABELS};

use crate::ground::{Ground, on_a_daemon};

#[test]
fn the_daemon_tells_its_release_and_what_it_can_do() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let version = ground.client.version().await.unwrap().version;
        assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
        assert!(!ground.client.introspection().server().await.unwrap().uuid.is_empty());
        let snapshotters = ["type==io.containerd.snapshotter.v1"];
        let plugins = ground.client.introspection().plugins(&snapshotters).await.unwrap();
        let native = plugins.iter().find(|plugin| plugin.id == "native").unwrap();
        assert_eq!(native.init_err, None);
    });
}

#[test]
fn namespaces_of_the_daemon_are_apart() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let made = ground.client.namespaces().create("other", [("a", "b")]).await.unwrap();
        assert_eq!(made.labels["a"], "b");
        let taken = ground.client.namespaces().create("other", NO_LABELS).await.unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
        assert_eq!(ground.client.namespaces().get("other").await.unwrap(), made);
        let mut names: Vec<_> =
            ground.client.namespaces().list().await.unwrap().into_iter().map(|n| n.name).collect();
        names.sort();
        assert_eq!(names, ["other", ground.daemon.namespace()]);
        let other = ground.client.with_namespace("other".parse().unwrap());
        assert_eq!(other.images().list(&[]).await.unwrap(), []);
        assert_eq!(ground.client.images().list(&[]).await.unwrap().len(), 1);
    });
}

#[test]
fn events_are_told_as_they_happen() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let mut events = ground.client.events().subscribe(&[r#"topic=="/containers/delete""#]).await;
        // When the subscription begins is not told: things happen until the first event comes.
        let event = tokio::select! {
            event = events.next() => event.unwrap().unwrap(),
            () = make_and_delete_containers(ground) => unreachable!("it never ends"),
        };
        assert_eq!(
            (event.topic.as_str(), event.namespace.as_str()),
            ("/containers/delete", ground.daemon.namespace())
        );
        assert_eq!(event.event.unwrap().type_url, "containerd.events.ContainerDelete");
    });
}

async fn make_and_delete_containers(ground: &Ground) {
    loop {
        ground.client.containers().create(ground.record("t1", &["true"])).await.unwrap();
        ground.client.containers().delete("t1").await.unwrap();
    }
}

#[test]
fn a_filter_of_events_that_cannot_be_read_is_refused() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let mut events = ground.client.events().subscribe(&["topic=~("]).await;
        let error = events.next().await.unwrap_err();
        assert!(error.why().contains(r#"unsupported operator "=~""#), "{error}");
    });
}

#[test]
fn a_daemon_that_goes_away_is_no_exit_of_the_task() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.task("t1", &["sleep", "1000"]).await;
        let client = ground.client.clone();
        let waiting = tokio::spawn(async move { client.tasks().wait("t1").await });
        ground.client.tasks().start("t1").await.unwrap();
        ground.daemon.stop();
        assert_eq!(waiting.await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
        let next = ground.client.version().await.unwrap_err();
        assert_eq!(next.kind(), ErrorKind::Unavailable);
        insta::assert_snapshot!(next, @"cannot ask containerd for its version: the connection failed (No such file or directory (os error 2)); is containerd running? look at its log");
    });
}

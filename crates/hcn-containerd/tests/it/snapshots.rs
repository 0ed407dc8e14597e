//! Leases and snapshots.

use std::time::Duration;

use hcn_containerd::{ErrorKind, Limits, NO_LABELS, Resource, SnapshotKind};

use crate::ground::on_a_daemon;

#[test]
fn a_snapshot_is_prepared_under_a_lease_mounted_and_removed() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let before = ground.daemon.state();
        ground.lease("l1").await;
        let chain = ground.chain().await;
        let mounts = ground.snapshots().prepare("s1", &chain, [("a", "b")], "l1").await.unwrap();
        assert_eq!(ground.snapshots().mounts("s1").await.unwrap(), mounts);
        let info = ground.snapshots().stat("s1").await.unwrap();
        assert_eq!((info.kind(), info.parent, info.labels["a"].as_str()), (SnapshotKind::Active, chain, "b"));
        let resource = format!("snapshots/{}", ground.daemon.snapshotter());
        let held = ground.client.leases().resources("l1").await.unwrap();
        assert_eq!(held, [Resource { id: "s1".into(), r#type: resource }]);
        ground.snapshots().remove("s1").await.unwrap();
        ground.client.leases().delete("l1").await.unwrap();
        assert_eq!(ground.daemon.state(), before);
    });
}

#[test]
fn a_commit_takes_longer_than_other_work_may() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.lease("l1").await;
        ground.snapshots().prepare("s1", "", NO_LABELS, "l1").await.unwrap();
        let hasty = ground.client.with_limits(Limits { work: Duration::ZERO, ..Limits::default() });
        let snapshots = hasty.snapshots(ground.daemon.snapshotter());
        snapshots.commit("c1", "s1", NO_LABELS, "l1").await.unwrap();
        assert_eq!(ground.snapshots().stat("c1").await.unwrap().kind(), SnapshotKind::Committed);
    });
}

#[test]
fn a_snapshot_that_only_a_lease_held_goes_with_it() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.lease("l1").await;
        ground.snapshots().prepare("s1", "", NO_LABELS, "l1").await.unwrap();
        ground.client.leases().delete_and_collect("l1").await.unwrap();
        assert_eq!(ground.snapshots().stat("s1").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ground.client.leases().list(&[]).await.unwrap(), []);
    });
}

#[test]
fn a_second_lease_can_take_over_from_a_first() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.lease("l1").await;
        ground.snapshots().prepare("s1", "", NO_LABELS, "l1").await.unwrap();
        ground.lease("l2").await;
        for held in ground.client.leases().resources("l1").await.unwrap() {
            ground.client.leases().add_resource("l2", held).await.unwrap();
        }
        ground.client.leases().delete_and_collect("l1").await.unwrap();
        assert_eq!(ground.snapshots().stat("s1").await.unwrap().name, "s1");
    });
}

#[test]
fn taken_keys_and_absent_things_are_told_apart() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.lease("l1").await;
        ground.snapshots().prepare("s1", "", NO_LABELS, "l1").await.unwrap();
        let prepare = async |key, parent, lease| {
            ground.snapshots().prepare(key, parent, NO_LABELS, lease).await.unwrap_err().kind()
        };
        assert_eq!(prepare("s1", "", "l1").await, ErrorKind::AlreadyExists);
        assert_eq!(prepare("s2", "nope", "l1").await, ErrorKind::NotFound);
        assert_eq!(prepare("s2", "", "nope").await, ErrorKind::NotFound);
        assert_eq!(prepare("s2", "", "a\nb").await, ErrorKind::InvalidArgument);
        assert_eq!(ground.snapshots().stat("s2").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ground.snapshots().remove("nope").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ground.client.leases().delete("nope").await.unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn a_committed_snapshot_carries_others_and_stays_while_it_does() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.lease("l1").await;
        ground.snapshots().prepare("s1", "", NO_LABELS, "l1").await.unwrap();
        ground.snapshots().commit("base", "s1", NO_LABELS, "l1").await.unwrap();
        ground.snapshots().view("v1", "base", NO_LABELS, "l1").await.unwrap();
        assert_eq!(ground.snapshots().stat("v1").await.unwrap().kind(), SnapshotKind::View);
        assert_eq!(
            ground.snapshots().remove("base").await.unwrap_err().kind(),
            ErrorKind::FailedPrecondition
        );
    });
}

#[test]
fn one_label_changes_and_the_others_stay() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.lease("l1").await;
        ground.snapshots().prepare("s1", "", [("a", "1"), ("b", "2")], "l1").await.unwrap();
        let info = ground.snapshots().set_label("s1", "b", "3").await.unwrap();
        assert_eq!((info.labels["a"].as_str(), info.labels["b"].as_str()), ("1", "3"));
        let found = ground.snapshots().list(&["labels.b==3"]).await.unwrap();
        assert_eq!(found, [info]);
    });
}

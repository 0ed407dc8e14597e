//! Records of containers.

use hcn_containerd::{Container, ErrorKind, any};

use crate::ground::on_a_daemon;

#[test]
fn a_record_comes_back_as_it_was_written_and_goes() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let mut record = ground.record("t1", &["true"]);
        record.labels.insert("a".into(), "b".into());
        record.spec = Some(any::spec("{ \"odd\": 1e400,\n\"odd\": 2 }"));
        let made = ground.client.containers().create(record.clone()).await.unwrap();
        assert_eq!(
            (&made.spec, &made.labels, &made.snapshot_key),
            (&record.spec, &record.labels, &record.snapshot_key)
        );
        assert_eq!(ground.client.containers().get("t1").await.unwrap(), made);
        assert_eq!(ground.client.containers().list(&["labels.a==b"]).await.unwrap(), [made]);
        assert_eq!(ground.client.containers().list(&["labels.a==c"]).await.unwrap(), []);
        ground.client.containers().delete("t1").await.unwrap();
        assert_eq!(ground.client.containers().get("t1").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ground.client.containers().delete("t1").await.unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn a_taken_id_is_named_with_what_to_do() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        ground.client.containers().create(ground.record("t1", &["true"])).await.unwrap();
        let error = ground.client.containers().create(ground.record("t1", &["true"])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        insta::assert_snapshot!(error, @r#"cannot create container `t1`: container "t1": already exists; choose another id, or delete that container"#);
    });
}

#[test]
fn a_bad_id_is_refused() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let error = ground.client.containers().create(ground.record("a/b", &["true"])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(hcn_containerd::check_id("a/b").is_err());
    });
}

#[test]
fn an_update_changes_what_it_names_only() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let mut made = ground.client.containers().create(ground.record("t1", &["true"])).await.unwrap();
        made.image = "img".into();
        let update = Container { id: "t1".into(), image: "img".into(), ..Container::default() };
        let changed = ground.client.containers().update(update.clone(), &["image"]).await.unwrap();
        made.updated_at = changed.updated_at;
        assert_eq!(changed, made);
        let error = ground.client.containers().update(update, &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    });
}

#[test]
fn a_spec_may_be_larger_than_grpc_s_own_limit() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let mut record = ground.record("t1", &["true"]);
        record.spec = Some(any::spec(format!("{{\"large\":\"{}\"}}", "x".repeat(6 << 20))));
        let made = ground.client.containers().create(record.clone()).await.unwrap();
        assert_eq!(made.spec, record.spec);
    });
}

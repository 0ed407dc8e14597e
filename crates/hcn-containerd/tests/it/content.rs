//! Images and content.

use std::fs;

use hcn_containerd::ErrorKind;
use hcn_test::IMAGE;
use serde_json::Value;

use crate::ground::on_a_daemon;

#[test]
fn an_image_leads_to_documents_that_match_their_digests() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let image = ground.client.images().get(IMAGE).await.unwrap();
        assert_eq!(ground.client.images().list(&[]).await.unwrap(), std::slice::from_ref(&image));
        let target = image.target.unwrap();
        let document = ground.client.content().read(&target.digest, 1 << 20).await.unwrap();
        assert_eq!(document.len(), usize::try_from(target.size).unwrap());
        let index: Value = serde_json::from_slice(&document).unwrap();
        let layer = layer(ground, &index).await;
        let info = ground.client.content().info(layer["digest"].as_str().unwrap()).await.unwrap();
        assert_eq!(info.size, layer["size"].as_i64().unwrap());
        let bytes = ground.client.content().read(&info.digest, 64 << 20).await.unwrap();
        assert_eq!(bytes.len(), usize::try_from(info.size).unwrap());
    });
}

/// The descriptor of the image's first layer.
async fn layer(ground: &crate::ground::Ground, target: &Value) -> Value {
    let Some(manifest) = target["manifests"][0]["digest"].as_str() else {
        return target["layers"][0].clone();
    };
    let manifest = ground.client.content().read(manifest, 1 << 20).await.unwrap();
    serde_json::from_slice::<Value>(&manifest).unwrap()["layers"][0].clone()
}

#[test]
fn an_absent_image_is_named_with_what_to_do() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let client = ground.client.with_namespace("default".parse().unwrap());
        let error = client.images().get("docker.io/library/nope:latest").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        insta::assert_snapshot!(error, @r#"cannot find image `docker.io/library/nope:latest`: image "docker.io/library/nope:latest": not found; pull it with `ctr -n default images pull docker.io/library/nope:latest`"#);
    });
}

#[test]
fn content_is_read_up_to_the_limit_only() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let target = ground.client.images().get(IMAGE).await.unwrap().target.unwrap();
        let size = usize::try_from(target.size).unwrap();
        assert_eq!(ground.client.content().read(&target.digest, size).await.unwrap().len(), size);
        let error = ground.client.content().read(&target.digest, size - 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    });
}

#[test]
fn content_that_was_tampered_with_is_refused() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let digest = ground.client.images().get(IMAGE).await.unwrap().target.unwrap().digest;
        let blobs = ground.daemon.scratch().join("root/io.containerd.content.v1.content/blobs/sha256");
        fs::write(blobs.join(digest.strip_prefix("sha256:").unwrap()), "other").unwrap();
        let error = ground.client.content().read(&digest, 1 << 20).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DataLoss);
    });
}

#[test]
fn absent_content_and_unknown_digests_are_told_apart() {
    hcn_test::require!(Root, Containerd);
    on_a_daemon(async |ground| {
        let kind = async |digest: &str| ground.client.content().read(digest, 1).await.unwrap_err().kind();
        assert_eq!(kind(&format!("sha256:{}", "0".repeat(64))).await, ErrorKind::NotFound);
        assert_eq!(kind("md5:00").await, ErrorKind::InvalidArgument);
        assert_eq!(kind("sha256:00").await, ErrorKind::InvalidArgument);
    });
}

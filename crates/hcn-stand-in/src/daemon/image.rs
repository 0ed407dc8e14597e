//! An image for Windows: an index, a manifest, a configuration, and the chain of its two layers.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::ImageSettings;

const INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// An image and all its documents. The layers themselves are nowhere: nobody reads them.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) name: String,
    pub(super) unpacked: bool,
    pub(super) media_type: &'static str,
    /// The index.
    pub(super) target: String,
    pub(super) size: i64,
    /// Documents by digest.
    pub(super) blobs: BTreeMap<String, Vec<u8>>,
    /// Chain ids, the base first.
    pub(super) chain: Vec<String>,
}

impl Image {
    pub(super) fn new(settings: &ImageSettings) -> Self {
        let diffs = ["base", "top"].map(|layer| digest(format!("{} {layer}", settings.name).as_bytes()));
        let config = configuration(settings, &diffs).to_string();
        let layers: Vec<_> = diffs
            .iter()
            .map(|diff| json!({"mediaType": LAYER, "digest": digest(diff.as_bytes()), "size": 1}))
            .collect();
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST,
            "config": descriptor(CONFIG, &config), "layers": layers})
        .to_string();
        let mut entry = descriptor(MANIFEST, &manifest);
        entry["platform"] = platform(settings);
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).to_string();
        let chain = vec![diffs[0].clone(), digest(format!("{} {}", diffs[0], diffs[1]).as_bytes())];
        let (target, size) = (digest(index.as_bytes()), index.len() as i64);
        let blobs = [config, manifest, index].map(|text| (digest(text.as_bytes()), text.into_bytes())).into();
        let (name, unpacked) = (settings.name.clone(), settings.unpacked);
        Self { name, unpacked, media_type: INDEX, target, size, blobs, chain }
    }
}

fn configuration(settings: &ImageSettings, diffs: &[String]) -> Value {
    let mut config = platform(settings);
    config["config"] = if settings.config.is_null() { json!({}) } else { settings.config.clone() };
    config["rootfs"] = json!({"type": "layers", "diff_ids": diffs});
    config["history"] = json!([{"created_by": "hcn-stand-in"}]);
    config
}

fn platform(settings: &ImageSettings) -> Value {
    let mut platform = json!({"architecture": "amd64", "os": "windows"});
    if let Some(version) = &settings.os_version {
        platform["os.version"] = json!(version);
    }
    platform
}

fn descriptor(media_type: &str, blob: &str) -> Value {
    json!({"mediaType": media_type, "digest": digest(blob.as_bytes()), "size": blob.len()})
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

//! The busybox image: an OCI layout in a tar file, made from the host's static busybox, since no
//! registry can be reached. Made once and kept under the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Program, tools};

/// The tar file of the image `name`; made where it is not there yet. Whole or not at all: it is written
/// beside its place and renamed.
pub(crate) fn archive(name: &str) -> Result<PathBuf> {
    let busybox = tools::find_busybox().context("there is no static busybox")?;
    let contents = std::fs::read(&busybox).with_context(|| format!("cannot read {}", busybox.display()))?;
    let key = &digest(&[&contents[..], name.as_bytes(), VERSION].concat())[7..23];
    let folder = tools::target().join("hcn-test");
    let file = folder.join(format!("busybox-{key}.tar"));
    if !file.exists() {
        write_whole(&folder, &file, &layout(name, &[layer(&contents, &applets(&busybox))], ""))?;
    }
    Ok(file)
}

/// An OCI layout as a tar file: the image `name` of busybox that runs as `user`, with joe, of the groups bin and staff,
/// beside root, of bin.
pub(crate) fn of_user(name: &str, user: &str) -> Result<Vec<u8>> {
    let busybox = tools::find_busybox().context("there is no static busybox")?;
    let contents = std::fs::read(&busybox).with_context(|| format!("cannot read {}", busybox.display()))?;
    let mut users = Tar::default();
    users.file("etc/passwd", 0o644, b"root:x:0:0::/root:/bin/sh\njoe:x:1000:100::/home:/bin/sh\n");
    users.file("etc/group", 0o644, b"root:x:0:root\nbin:x:1:root,joe\nstaff:x:50:joe\nusers:x:100:\n");
    Ok(layout(name, &[layer(&contents, &applets(&busybox)), users.end()], user))
}

/// Changes when the image's contents do, so that no older file is taken for it.
const VERSION: &[u8] = b"2";

fn write_whole(folder: &Path, file: &Path, contents: &[u8]) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let beside = tempfile::NamedTempFile::new_in(folder).context("cannot make a file for the image")?;
    std::fs::write(beside.path(), contents).context("cannot write the image")?;
    beside.persist(file).with_context(|| format!("cannot make {}", file.display()))?;
    Ok(())
}

fn applets(busybox: &Path) -> Vec<String> {
    let listed = Program::new(busybox).arg("--list").run().success().stdout();
    listed.lines().filter(|applet| *applet != "busybox").map(str::to_owned).collect()
}

/// The root file system: busybox under all its names, and what programs look for.
fn layer(busybox: &[u8], applets: &[String]) -> Vec<u8> {
    let mut tar = Tar::default();
    for folder in ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "usr", "usr/bin", "var", "home"] {
        tar.folder(folder, if folder == "tmp" { 0o1777 } else { 0o755 });
    }
    tar.file("bin/busybox", 0o755, busybox);
    for applet in applets {
        tar.link(&format!("bin/{applet}"), "busybox");
    }
    let users = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n";
    tar.file("etc/passwd", 0o644, users);
    tar.file("etc/group", 0o644, b"root:x:0:\nnogroup:x:65534:\n");
    tar.end()
}

/// The documents of an image with these layers, the base first.
pub(crate) struct Documents {
    pub(crate) config: String,
    pub(crate) manifest: String,
}

impl Documents {
    pub(crate) fn of(layers: &[Vec<u8>]) -> Self {
        Self::for_architecture("amd64", layers)
    }

    /// The same for another processor, by Go's name.
    pub(crate) fn for_architecture(architecture: &str, layers: &[Vec<u8>]) -> Self {
        Self::describing(architecture, layers, "")
    }

    fn describing(architecture: &str, layers: &[Vec<u8>], user: &str) -> Self {
        let diff_ids: Vec<_> = layers.iter().map(|layer| digest(layer)).collect();
        let config = json!({
            "architecture": architecture, "os": "linux",
            "config": {
                "User": user,
                "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "Cmd": ["sh"],
            },
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": [{"created_by": "hcn-test"}],
        })
        .to_string();
        let layer = |layer: &Vec<u8>| descriptor("application/vnd.oci.image.layer.v1.tar", layer);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", config.as_bytes()),
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        })
        .to_string();
        Self { config, manifest }
    }
}

/// What a manifest is called.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What lists the manifests of several processors is called.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The list of manifests, each with its processor.
pub(crate) fn index(manifests: &[(&str, &str)]) -> String {
    let entry = |(architecture, manifest): &(&str, &str)| {
        let mut entry = descriptor(MANIFEST, manifest.as_bytes());
        entry["platform"] = json!({"architecture": architecture, "os": "linux"});
        entry
    };
    let manifests: Vec<_> = manifests.iter().map(entry).collect();
    json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).to_string()
}

/// busybox, and above it a layer with one file of `size` bytes that no compression makes smaller; `seed` tells two
/// such images apart.
pub(crate) fn large(size: usize, seed: u64) -> Result<Vec<Vec<u8>>> {
    let busybox = tools::find_busybox().context("there is no static busybox")?;
    let contents = std::fs::read(&busybox).with_context(|| format!("cannot read {}", busybox.display()))?;
    let mut tar = Tar::default();
    tar.file("large", 0o644, &noise(size, seed));
    Ok(vec![layer(&contents, &applets(&busybox)), tar.end()])
}

/// Pseudo-random bytes, by xorshift.
fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2) + 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = std::iter::repeat_with(&mut next).take(size.div_ceil(8)).flatten().collect();
    bytes.truncate(size);
    bytes
}

/// The OCI layout: layers, configuration, manifest, index.
fn layout(name: &str, layers: &[Vec<u8>], user: &str) -> Vec<u8> {
    let Documents { config, manifest } = Documents::describing("amd64", layers, user);
    let mut entry = descriptor(MANIFEST, manifest.as_bytes());
    entry["platform"] = json!({"architecture": "amd64", "os": "linux"});
    entry["annotations"] =
        json!({"io.containerd.image.name": name, "org.opencontainers.image.ref.name": "latest"});
    let index = json!({"schemaVersion": 2, "manifests": [entry]}).to_string();
    let mut tar = Tar::default();
    tar.file("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#);
    tar.file("index.json", 0o644, index.as_bytes());
    let documents = [config.as_bytes(), manifest.as_bytes()];
    for blob in layers.iter().map(Vec::as_slice).chain(documents) {
        tar.file(&format!("blobs/sha256/{}", &digest(blob)[7..]), 0o644, blob);
    }
    tar.end()
}

fn descriptor(media_type: &str, blob: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": digest(blob), "size": blob.len()})
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// A tar file in the POSIX ustar form; names up to 100 bytes, which is all that is needed here.
#[derive(Default)]
struct Tar {
    bytes: Vec<u8>,
}

impl Tar {
    fn folder(&mut self, name: &str, mode: u32) {
        self.entry(name, mode, b'5', "", &[]);
    }

    fn file(&mut self, name: &str, mode: u32, contents: &[u8]) {
        self.entry(name, mode, b'0', "", contents);
    }

    fn link(&mut self, name: &str, to: &str) {
        self.entry(name, 0o777, b'2', to, &[]);
    }

    fn entry(&mut self, name: &str, mode: u32, kind: u8, link: &str, contents: &[u8]) {
        let mut head = [0_u8; 512];
        let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, &format!("{mode:07o}"));
        put(108, "0000000");
        put(116, "0000000");
        put(124, &format!("{:011o}", contents.len()));
        put(136, "00000000000");
        put(148, "        ");
        put(157, link);
        put(257, "ustar\x0000");
        head[156] = kind;
        let sum: u32 = head.iter().map(|&byte| u32::from(byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.bytes.extend(head);
        self.bytes.extend(contents);
        self.bytes.resize(self.bytes.len().next_multiple_of(512), 0);
    }

    /// Two empty blocks end it.
    fn end(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len() + 1024, 0);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tar_reads_what_was_written() {
        let mut tar = Tar::default();
        tar.folder("d", 0o755);
        tar.file("d/f", 0o644, b"contents");
        tar.link("d/l", "f");
        let listed = Program::new("tar").args(["-tvf", "-"]).stdin(tar.end()).run().success().stdout();
        let names: Vec<&str> = listed
            .lines()
            .filter_map(|line| line.split("00:00 ").nth(1))
            .map(|name| name.trim_end_matches('/'))
            .collect();
        assert_eq!(names, ["d", "d/f", "d/l -> f"]);
    }
}

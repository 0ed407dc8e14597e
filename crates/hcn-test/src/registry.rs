//! A registry of one test: Debian's docker-registry on loopback, in the namespaces of the calling thread, with a
//! storage of its own. It ends with the test, also when that is killed.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::image::{self, Documents, digest};
use crate::keeper::Keeper;
use crate::tools::{self, Release};
use crate::{Daemon, Patience, Scratch};

/// `$1` configuration, `$2` log.
const SCRIPT: &str = r#"
trap '' INT TERM HUP PIPE
docker-registry serve "$1" >"$2" 2>&1 </dev/null &
registry=$!
while read -r word; do :; done
kill -9 "$registry"
wait "$registry" 2>/dev/null
"#;

/// `user` and `secret`, as htpasswd writes them: the registry reads bcrypt alone.
const PASSWORDS: &str = "user:$2b$05$mMEuP1k070hJ4o4Wpt6er.7UB8evapZFijrHMJ0WDp35xm3oVlu4C\n";

/// The same for a request; a registry for everybody does not look at them.
const CREDENTIALS: &str = "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n";

/// A running registry.
#[derive(Debug)]
pub struct Registry {
    _keeper: Keeper,
    scratch: Scratch,
    port: u16,
}

impl Registry {
    /// Starts one beside a daemon, for everybody.
    ///
    /// # Errors
    /// It does not answer; with its log.
    pub fn start(beside: &Daemon) -> Result<Self> {
        Self::with(beside, "")
    }

    /// Starts one that lets in `user` with the password `secret` alone.
    ///
    /// # Errors
    /// Those of [`Registry::start`].
    pub fn with_password(beside: &Daemon) -> Result<Self> {
        Self::with(beside, "auth: {htpasswd: {realm: lab, path: PASSWORDS}}\n")
    }

    fn with(_: &Daemon, auth: &str) -> Result<Self> {
        let scratch = Scratch::new();
        let port = free_port()?;
        let passwords = scratch.file("passwords", PASSWORDS);
        let auth = auth.replace("PASSWORDS", &passwords.display().to_string());
        let storage = scratch.join("storage");
        let text = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n{auth}",
            storage.display()
        );
        let config = scratch.file("registry.yml", text);
        let log = scratch.join("log");
        let args: [&OsStr; 2] = [config.as_os_str(), log.as_os_str()];
        let keeper = Keeper::start(SCRIPT, &args, &tools::path_of(Release::Two))?;
        let registry = Self { _keeper: keeper, scratch, port };
        registry.wait_until_it_answers()?;
        Ok(registry)
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// An image's name in it.
    pub fn name(&self, image: &str) -> String {
        format!("127.0.0.1:{}/{image}", self.port)
    }

    /// What it logged: a line a request, and more.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.join("log")).unwrap_or_default()
    }

    /// Puts an image there, `REPOSITORY:TAG`: busybox, and a layer with a file `/large` of `size` bytes. Answers that
    /// layer's digest.
    ///
    /// # Errors
    /// The registry refuses it.
    pub fn push(&self, image: &str, size: usize) -> Result<String> {
        let (repository, tag) = image.split_once(':').context("an image is named REPOSITORY:TAG")?;
        let layers = image::large(size, u64::from(self.port))?;
        let Documents { config, manifest } = Documents::of(&layers);
        for blob in layers.iter().map(Vec::as_slice).chain([config.as_bytes()]) {
            self.push_blob(repository, blob)?;
        }
        let path = format!("/v2/{repository}/manifests/{tag}");
        self.request("PUT", &path, image::MANIFEST, manifest.as_bytes())?;
        Ok(digest(layers.last().context("an image has layers")?))
    }

    /// Puts an image there for several processors, by Go's names; each gets the same files.
    ///
    /// # Errors
    /// The registry refuses it.
    pub fn push_for(&self, image: &str, architectures: &[&str]) -> Result<()> {
        let (repository, tag) = image.split_once(':').context("an image is named REPOSITORY:TAG")?;
        let layers = image::large(1, u64::from(self.port))?;
        layers.iter().try_for_each(|layer| self.push_blob(repository, layer))?;
        let mut manifests = Vec::new();
        for architecture in architectures {
            let Documents { config, manifest } = Documents::for_architecture(architecture, &layers);
            self.push_blob(repository, config.as_bytes())?;
            let path = format!("/v2/{repository}/manifests/{}", digest(manifest.as_bytes()));
            self.request("PUT", &path, image::MANIFEST, manifest.as_bytes())?;
            manifests.push((*architecture, manifest));
        }
        let manifests: Vec<_> =
            manifests.iter().map(|(architecture, manifest)| (*architecture, manifest.as_str())).collect();
        let path = format!("/v2/{repository}/manifests/{tag}");
        self.request("PUT", &path, image::INDEX, image::index(&manifests).as_bytes()).map(drop)
    }

    /// The file in which it keeps a blob.
    pub fn blob(&self, digest: &str) -> PathBuf {
        let hex = digest.trim_start_matches("sha256:");
        let folder = "storage/docker/registry/v2/blobs/sha256";
        self.scratch.join(format!("{folder}/{}/{hex}/data", &hex[..2]))
    }

    fn push_blob(&self, repository: &str, blob: &[u8]) -> Result<()> {
        let begun = self.request("POST", &format!("/v2/{repository}/blobs/uploads/"), "", b"")?;
        let location = begun.lines().find_map(|line| line.strip_prefix("Location: "));
        let location = location.context("the registry names no place for a blob")?;
        let path = location.splitn(4, '/').nth(3).unwrap_or_default();
        let path = format!("/{path}&digest={}", digest(blob));
        self.request("PUT", &path, "application/octet-stream", blob).map(drop)
    }

    /// One request; the answer's head.
    fn request(&self, verb: &str, path: &str, kind: &str, body: &[u8]) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).context("the registry is away")?;
        let head = format!(
            "{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n{CREDENTIALS}\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).context("the registry does not listen")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).context("the registry does not answer")?;
        let answer = String::from_utf8_lossy(&answer).replace("\r\n", "\n");
        let refused = || format!("{verb} {path}: {answer}");
        ensure!(answer.starts_with("HTTP/1.1 2"), refused());
        Ok(answer.split("\n\n").next().unwrap_or_default().to_owned())
    }

    fn wait_until_it_answers(&self) -> Result<()> {
        let mut patience = Patience::new(Duration::from_secs(30));
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if patience.is_over() {
                bail!("the registry does not answer; its log:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

/// One that nobody has at this moment; in a network namespace of the test's own nobody takes it.
fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("cannot listen on loopback")?;
    Ok(listener.local_addr().context("a listener has an address")?.port())
}

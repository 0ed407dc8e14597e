//! All that there is on a host, by name: before a trial and after it, the two lists are the same.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use hcn_test::Daemon;

use super::same;

/// What the tests look at, and besides it bundles, content that is being written, the sockets of shims, the state folder.
pub(super) fn all_of(daemon: &Daemon) -> Vec<String> {
    let mut all = daemon.state();
    let folder = daemon.scratch();
    let bundles = folder.join("state/io.containerd.runtime.v2.task").join(daemon.namespace());
    let ingests = folder.join("root/io.containerd.content.v1.content/ingest");
    all.extend(named("bundle", &bundles));
    all.extend(named("ingest", &ingests));
    all.extend(named("socket", Path::new("/run/containerd/s")));
    all.extend(named("state folder", &daemon.hcn_state()));
    all.sort();
    all
}

fn named(what: &str, folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| format!("{what} {}", entry.file_name().to_string_lossy())).collect()
}

/// Insists that it is as before. Waited for, since the kernel and containerd's shims take things down behind the scenes.
pub(super) fn as_before(daemon: &Daemon, before: &[String]) -> Result<()> {
    let ends = Instant::now() + Duration::from_secs(20);
    loop {
        let compared = same(before, &all_of(daemon));
        if compared.is_ok() || Instant::now() > ends {
            return compared;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

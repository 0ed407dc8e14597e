//! The runtime-spec's own examples of config.json, which no binary package has: out of Debian's source package of it,
//! unpacked under `target/tools/runtime-spec`.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use hcn_test::tools::{missing_examples, runtime_spec};

use crate::suite::{Content, SUITES, Suite};
use crate::{apt, home, process, say, tools};

const SOURCE: &str = "golang-github-opencontainers-specs";

/// Reads what apt reads, of any compression: xz is not on every host.
const APT_HELPER: &str = "/usr/lib/apt/apt-helper";

/// Fetches them where they are missing.
///
/// # Errors
/// Where they cannot be brought; says why.
pub(crate) fn ensure() -> Result<()> {
    let Some(missing) = missing_examples() else { return Ok(()) };
    if !apt::usable() {
        bail!("{missing}; `cargo xtask tools` as root, on Debian, fetches it");
    }
    let beside = home::target().join(format!("runtime-spec-{}", std::process::id()));
    let _remove = tools::RemoveOnDrop(&beside);
    fetch(&beside)?;
    tools::put(&beside.join("root"), &runtime_spec())?;
    match missing_examples() {
        None => Ok(()),
        Some(missing) => bail!("{missing} in Debian's source package {SOURCE}"),
    }
}

/// From the first suite that has it.
fn fetch(folder: &Path) -> Result<()> {
    for suite in SUITES {
        let opened = Suite::open(suite, Content::Sources, &folder.join("apt"))?;
        match opened.upstream(SOURCE) {
            Ok(archive) => return unpack(&archive, folder),
            Err(why) => say::note(&format!("Debian's {suite} has no source of the runtime-spec: {why:#}")),
        }
        process::go_on()?;
    }
    bail!("no suite of Debian's has the source package {SOURCE}")
}

/// Into `root`, without the folder that the archive names.
fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    let (plain, root) = (folder.join("plain.tar"), folder.join("root"));
    fs::create_dir_all(&root).context("cannot make a folder for the runtime-spec")?;
    let into = File::create(&plain).context("cannot unpack the runtime-spec")?;
    process::run(Command::new(APT_HELPER).arg("cat-file").arg(archive).stdout(into))?;
    let words = ["--strip-components=1", "--no-same-owner"];
    process::run(Command::new("tar").arg("-xf").arg(&plain).arg("-C").arg(&root).args(words))
}

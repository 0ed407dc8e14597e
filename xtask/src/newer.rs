//! containerd 2.x beside the host's: from the most settled suite of Debian's that has it, unpacked under
//! `target/tools/containerd-2` with what the tests want of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use hcn_test::tools::{Release, fetched_of, missing_of};

use crate::suite::{Content, SUITES, Suite};
use crate::{apt, home, process, say, tools};

/// What is unpacked. The programs take the host's libc; runc's library comes along.
const PACKAGES: &[&str] = &["containerd", "runc", "libseccomp2", "docker-registry"];

/// The programs that are wanted, and whether the tests go without where one does not start on this host: the host's
/// own, older one is then used in its place.
const PROGRAMS: &[(&str, bool)] = &[
    ("containerd", false),
    ("containerd-shim-runc-v2", false),
    ("ctr", false),
    ("docker-registry", false),
    ("runc", true),
];

/// Fetches what is missing.
///
/// # Errors
/// Where it cannot be brought, or does not start on this host; says why.
pub(crate) fn ensure() -> Result<()> {
    let Some(missing) = missing_of(Release::Two) else { return Ok(()) };
    if !apt::usable() {
        bail!("{missing} of containerd 2.x; `cargo xtask tools` as root, on Debian, fetches it");
    }
    let beside = home::target().join(format!("containerd-2-{}", std::process::id()));
    let _remove = tools::RemoveOnDrop(&beside);
    fetch(&beside)?;
    tools::put(&beside, &fetched_of(Release::Two))?;
    match missing_of(Release::Two) {
        None => Ok(()),
        Some(missing) => bail!("{missing} came with Debian's packages of containerd 2.x"),
    }
}

fn fetch(folder: &Path) -> Result<()> {
    let (suite, lists) = (settled(&folder.join("apt"))?, folder.join("apt"));
    suite.unpack(PACKAGES, &folder.join("root"))?;
    let _ = fs::remove_dir_all(lists);
    lay_out(folder)
}

/// The first suite that has it.
fn settled(folder: &Path) -> Result<Suite> {
    for name in SUITES {
        let suite = Suite::open(name, Content::Packages, folder)?;
        match suite.version("containerd") {
            Some(version) if major(&version) >= 2 => {
                say::note(&format!("containerd {version} is in Debian's {name}"));
                return Ok(suite);
            }
            other => tell(name, other.as_deref()),
        }
    }
    bail!("no suite of Debian's has containerd 2.x")
}

fn tell(suite: &str, version: Option<&str>) {
    say::note(&format!("Debian's {suite} has containerd {}", version.unwrap_or("in no version")));
}

/// Of `2.1.9+ds1-5` it is 2.
fn major(version: &str) -> u32 {
    let upstream = version.split_once(':').map_or(version, |(_, upstream)| upstream);
    upstream.split(['.', '~', '+', '-']).next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn lay_out(folder: &Path) -> Result<()> {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).context("cannot make a folder for containerd 2.x")?;
    for (name, may_lack) in PROGRAMS {
        let program = tools::program_in(folder, name);
        let program = program.with_context(|| format!("the packages brought no `{name}`"))?;
        tools::write_script(&bin.join(name), &program, "\"$@\"")?;
        if *may_lack && !process::answers(Command::new(bin.join(name)).arg("--version")) {
            say::note(&format!("{name} of the newer suite does not start here; the host's is used"));
            fs::remove_file(bin.join(name)).with_context(|| format!("cannot remove {name}"))?;
            // Its libraries are of no use without it, and not meant for the host's.
            fs::remove_dir_all(folder.join("root/usr/lib")).context("cannot remove the libraries")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_debian_s() {
        assert_eq!(["2.1.9+ds1-5", "1:2.0~rc1-1", "1.7.24~ds1", "x"].map(major), [2, 2, 1, 0]);
    }
}

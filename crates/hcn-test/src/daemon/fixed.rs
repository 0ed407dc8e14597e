//! The folders that `ctr run --cni` of containerd 1.6 takes from no variable: `/etc/cni/net.d`, `/opt/cni/bin` and
//! `/var/lib/cni`. They are given to it in the mount namespace of a test, on layers that go with it; the machine's own
//! are not touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result};
use rustix::mount::{MountFlags, mount};

use crate::tools;

/// Lays writable folders over `/etc`, `/opt` and `/var/lib`, and puts the conflist and the plugins in.
pub(super) fn provide(netconf: &Path) -> Result<()> {
    for (name, folder) in [("etc", "/etc"), ("opt", "/opt"), ("lib", "/var/lib")] {
        cover(name, folder).with_context(|| format!("cannot lay a folder over {folder}"))?;
    }
    for folder in ["/etc/cni", "/opt/cni/bin", "/var/lib/cni"] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {folder}"))?;
    }
    symlink(netconf, "/etc/cni/net.d").context("cannot link /etc/cni/net.d")?;
    for folder in tools::cni_folders() {
        link_plugins(&folder).with_context(|| format!("cannot link the plugins of {}", folder.display()))?;
    }
    Ok(())
}

/// What is written to the folder lands in memory: `/run` is the test's own tmpfs.
fn cover(name: &str, folder: &str) -> Result<()> {
    let own = Path::new("/run/hcn-fixed").join(name);
    let [upper, work] = ["upper", "work"].map(|part| own.join(part));
    for part in [&upper, &work] {
        fs::create_dir_all(part)?;
    }
    let options = format!("lowerdir={folder},upperdir={},workdir={}", upper.display(), work.display());
    let options = std::ffi::CString::new(options)?;
    Ok(mount("overlay", folder, "overlay", MountFlags::empty(), options.as_c_str())?)
}

fn link_plugins(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let place = Path::new("/opt/cni/bin").join(entry.file_name());
        if !place.exists() {
            symlink(entry.path(), place)?;
        }
    }
    Ok(())
}

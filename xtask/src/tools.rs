//! The programs that the container ring needs: those of the host as they are, the others fetched as
//! packages and unpacked under `target/tools`. Installing them would start services and write to /etc.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hcn_test::tools::{fetched, find, find_busybox, find_plugin};

use crate::{apt, examples, home, newer, say};

/// A program or plugin, and the package that brings it.
type Row = (&'static str, &'static str);

const PROGRAMS: &[Row] = &[
    ("containerd", "containerd"),
    ("containerd-shim-runc-v2", "containerd"),
    ("ctr", "containerd"),
    ("runc", "runc"),
    ("iptables", "iptables"),
    ("iptables-save", "iptables"),
    ("ip", "iproute2"),
    ("tmux", "tmux"),
];

const PLUGINS: &[Row] = &[
    ("bridge", "containernetworking-plugins"),
    ("host-local", "containernetworking-plugins"),
    ("loopback", "containernetworking-plugins"),
    ("portmap", "containernetworking-plugins"),
];

/// The names that iptables' one program goes by.
const XTABLES: &[&str] = &["iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save"];

/// `cargo xtask tools`
pub(crate) fn run() -> Result<()> {
    ensure()?;
    newer::ensure()?;
    examples::ensure()?;
    say::line(&format!("every program is there; fetched ones are in {}", fetched().display()));
    Ok(())
}

/// The packages of what is not there, without repetition; empty when all is.
pub(crate) fn missing() -> Vec<&'static str> {
    let programs = PROGRAMS.iter().filter(|(name, _)| find(name).is_none());
    let plugins = PLUGINS.iter().filter(|(name, _)| find_plugin(name).is_none());
    let mut packages: Vec<_> = programs.chain(plugins).map(|(_, package)| *package).collect();
    if find_busybox().is_none() {
        packages.push("busybox-static");
    }
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Fetches what is missing.
///
/// # Errors
/// Where packages cannot be brought; names them and the command.
pub(crate) fn ensure() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if !apt::usable() {
        bail!("missing packages {}; as root: {}", missing.join(", "), apt::install_command(&missing));
    }
    say::note(&format!("fetching {} into {}", missing.join(", "), fetched().display()));
    fetch(&missing)?;
    match self::missing()[..] {
        [] => Ok(()),
        ref still => bail!("packages {} brought no program that works", still.join(", ")),
    }
}

/// Unpacks beside the place and moves it there whole; what an earlier run fetched is fetched again with it.
fn fetch(missing: &[&str]) -> Result<()> {
    let place = fetched();
    let beside = home::target().join(format!("tools-{}", std::process::id()));
    let _remove = RemoveOnDrop(&beside);
    let root = beside.join("root");
    for kept in ["root", "containerd-2", "runtime-spec"].into_iter().filter(|kept| place.join(kept).is_dir())
    {
        fs::create_dir_all(&beside).context("cannot make a folder for the tools")?;
        fs::rename(place.join(kept), beside.join(kept)).context("cannot move the tools")?;
    }
    apt::unpack(missing, &beside.join("packages"), &root)?;
    lay_out(&beside)?;
    let _ = fs::remove_dir_all(beside.join("packages"));
    put(&beside, &place)
}

/// Puts a folder that is whole in the place of what was there.
pub(crate) fn put(whole: &Path, place: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(place);
    fs::create_dir_all(place.parent().unwrap_or(place)).context("cannot make the tools' folder")?;
    fs::rename(whole, place).with_context(|| format!("cannot make {}", place.display()))
}

/// Removes a folder when dropped.
pub(crate) struct RemoveOnDrop<'a>(pub(crate) &'a Path);

impl Drop for RemoveOnDrop<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0);
    }
}

/// `bin` with one small script a program, which finds the libraries unpacked beside it; `cni` with the
/// plugins, which need none.
fn lay_out(folder: &Path) -> Result<()> {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).context("cannot make the tools' bin")?;
    for (name, _) in PROGRAMS.iter().chain(&[("busybox", "busybox-static")]) {
        if let Some(program) = program_in(folder, name) {
            write_script(&bin.join(name), &program, "\"$@\"")?;
        }
    }
    if let Some(program) = program_in(folder, "xtables-nft-multi") {
        for name in XTABLES {
            write_script(&bin.join(name), &program, &format!("{name} \"$@\""))?;
        }
    }
    let plugins = folder.join("root/usr/lib/cni");
    if plugins.is_dir() && !folder.join("cni").exists() {
        link("root/usr/lib/cni", &folder.join("cni"))?;
    }
    Ok(())
}

/// Relative to the folder.
pub(crate) fn program_in(folder: &Path, name: &str) -> Option<PathBuf> {
    let places = ["usr/bin", "usr/sbin", "bin", "sbin"].map(|place| Path::new("root").join(place).join(name));
    places.into_iter().find(|place| folder.join(place).is_file())
}

/// busybox and the shims must be the program itself: one is copied into an image, the other is looked for
/// by what it is called; both are static. The others plugins call by the hundred, so their script starts no further
/// program: `$0` is its path, also where it was found on PATH.
pub(crate) fn write_script(script: &Path, program: &Path, args: &str) -> Result<()> {
    let _ = fs::remove_file(script);
    let static_ones = ["busybox", "containerd-shim-runc-v2"];
    if script.file_name().is_some_and(|name| static_ones.iter().any(|one| name == *one)) {
        return link(&Path::new("..").join(program).to_string_lossy(), script);
    }
    let text = format!(
        "#!/bin/sh\n\
         tools=${{0%/*}}/..\n\
         for lib in \"$tools\"/root/lib/*-linux-gnu \"$tools\"/root/usr/lib/*-linux-gnu; do\n\
         \x20   [ -d \"$lib\" ] || continue\n\
         \x20   LD_LIBRARY_PATH=\"$lib${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         \x20   [ -d \"$lib/xtables\" ] && export XTABLES_LIBDIR=\"$lib/xtables\"\n\
         done\n\
         export LD_LIBRARY_PATH\n\
         exec \"$tools/{}\" {args}\n",
        program.display()
    );
    fs::write(script, text).with_context(|| format!("cannot write {}", script.display()))?;
    executable(script)
}

#[cfg(unix)]
fn link(to: &str, link: &Path) -> Result<()> {
    std::os::unix::fs::symlink(to, link).with_context(|| format!("cannot make {}", link.display()))
}

#[cfg(unix)]
fn executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(file, mode).with_context(|| format!("cannot make {} executable", file.display()))
}

/// Never reached: Debian's packages are for Linux.
#[cfg(not(unix))]
fn link(_to: &str, _link: &Path) -> Result<()> {
    bail!("links are made on Linux only")
}

#[cfg(not(unix))]
fn executable(_file: &Path) -> Result<()> {
    Ok(())
}

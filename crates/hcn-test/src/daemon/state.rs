//! What must not leak, listed: before and after a run the two lists are equal.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::{Daemon, cni};
use crate::{Program, namespaces, tools};

/// All of it, one line each, sorted; each line starts with what it is.
pub(super) fn collect(daemon: &Daemon) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(objects(daemon));
    lines.extend(shims(&daemon.socket()));
    lines.extend(mounts());
    lines.extend(named("netns", fs::read_dir("/run/netns")));
    lines.extend(interfaces());
    lines.extend(files("cni cache", &daemon.cni_cache(), |_| true));
    lines.extend(files("address", &daemon.host_local(), is_address));
    lines.extend(fifos(daemon));
    lines.extend(files("run", &daemon.hcn_state(), |_| true));
    lines.extend(named("run folder", fs::read_dir(daemon.hcn_state().join("runs"))));
    lines.extend(iptables(daemon));
    lines.extend(cgroups(daemon.namespace()));
    lines.sort();
    lines
}

/// What containerd itself holds, in every containerd namespace.
fn objects(daemon: &Daemon) -> Vec<String> {
    let snapshots = format!("snapshots --snapshotter {} ls", daemon.snapshotter());
    let lists = [
        ("container", "containers ls"),
        ("snapshot", &snapshots),
        ("lease", "leases ls"),
        ("task", "tasks ls"),
        ("image", "images ls"),
        ("ingest", "content active"),
    ];
    let mut lines = Vec::new();
    for namespace in rows(daemon, "namespaces ls") {
        for (what, list) in &lists {
            let rows = rows(daemon, &format!("-n {namespace} {list}"));
            lines.extend(rows.iter().map(|row| format!("{what} {namespace}/{row}")));
        }
    }
    lines
}

/// The first column of a table of ctr's, without the heading.
fn rows(daemon: &Daemon, list: &str) -> Vec<String> {
    let table = daemon.ctr(list).stdout();
    table.lines().skip(1).filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

/// Shims carry the daemon's socket among their arguments.
fn shims(socket: &Path) -> Vec<String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let command_lines = processes.filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
    let shim =
        |line: &String| line.contains("containerd-shim") && line.contains(&socket.display().to_string());
    command_lines.filter(shim).map(|line| format!("shim {}", argument(&line, "-id"))).collect()
}

fn argument(command_line: &str, name: &str) -> String {
    command_line.split('\0').skip_while(|word| *word != name).nth(1).unwrap_or_default().to_owned()
}

fn mounts() -> Vec<String> {
    let leaks = |mount: &namespaces::Mount| mount.kind == "nsfs" || mount.kind == "overlay";
    namespaces::mounts()
        .into_iter()
        .filter(|mount| leaks(mount) && mount.point != "/")
        .map(|mount| format!("mount {} {}", mount.kind, mount.point))
        .collect()
}

/// The interfaces of the thread's network namespace.
fn interfaces() -> Vec<String> {
    let table = fs::read_to_string("/proc/thread-self/net/dev").unwrap_or_default();
    let names = table.lines().skip(2).filter_map(|line| line.split_once(':'));
    let names = names.map(|(name, _)| name.trim()).filter(|name| ![cni::BRIDGE, "lo"].contains(name));
    names.map(|name| format!("interface {name}")).collect()
}

fn fifos(daemon: &Daemon) -> Vec<String> {
    let roots = [PathBuf::from("/run"), daemon.folder().to_path_buf()];
    let is_fifo = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_fifo());
    roots.iter().flat_map(|root| files("fifo", root, is_fifo)).collect()
}

/// Kept between runs by host-local: its lock and the address it gave last.
fn is_address(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name != "lock" && !name.starts_with("last_reserved_ip.")
}

fn iptables(daemon: &Daemon) -> Vec<String> {
    let Some(save) = tools::find("iptables-save") else { return Vec::new() };
    let saved = Program::new(save).envs(daemon.env()).run().stdout();
    let mut table = "";
    let mut rules = Vec::new();
    for line in saved.lines() {
        match line.as_bytes().first() {
            Some(b'*') => table = &line[1..],
            // A built-in chain's policy is no rule, and its table appears with the first question.
            Some(b':') if line.contains(" - ") => {
                rules.push(format!("chain {table} {}", first_word(&line[1..])))
            }
            Some(b'-') => rules.push(format!("rule {table} {line}")),
            _ => {}
        }
    }
    rules
}

fn first_word(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// The cgroups below the daemon's containerd namespace, in every hierarchy (v1) or the one (v2).
fn cgroups(namespace: &str) -> Vec<String> {
    let root = Path::new("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
    let above = std::iter::once(root.to_path_buf()).chain(hierarchies);
    let mut lines = Vec::new();
    for folder in above.map(|hierarchy| hierarchy.join(namespace)) {
        let inside = fs::read_dir(&folder).into_iter().flatten().flatten();
        let groups = inside.filter(|entry| entry.path().is_dir());
        lines.extend(groups.map(|entry| format!("cgroup {}", entry.path().display())));
    }
    lines
}

fn named(what: &str, entries: std::io::Result<fs::ReadDir>) -> Vec<String> {
    let names = entries.into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.map(|name| format!("{what} {}", name.to_string_lossy())).collect()
}

/// The files below a folder that `wanted` picks; links and other file systems' mounts are not entered.
fn files(what: &str, folder: &Path, wanted: impl Fn(&Path) -> bool + Copy) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => lines.extend(files(what, &path, wanted)),
            Ok(_) if wanted(&path) => lines.push(format!("{what} {}", path.display())),
            _ => {}
        }
    }
    lines
}

//! What a program that does not get on waits for: told by the test that gives it up, before it is killed. All of it is
//! read from proc(5): the program, what it started, and the shims of the containerd it talks to with what they started.
//! Of one that has ended while its output has not: who holds that.

use std::os::fd::{AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::{fs, iter};

/// Each process with its threads and open files, a paragraph each; what ends meanwhile is left out.
pub(crate) fn describe(program: u32) -> String {
    let shims = containerd_of(program).into_iter().flat_map(|address| shims_of(&address));
    iter::once(program).chain(shims).flat_map(family).map(paragraph).collect()
}

/// The pipes of a child's output, as proc(5) names them.
pub(crate) fn pipes(child: &Child) -> Vec<PathBuf> {
    let output = child.stdout.as_ref().map(AsRawFd::as_raw_fd);
    let errors = child.stderr.as_ref().map(AsRawFd::as_raw_fd);
    let link = |fd: RawFd| fs::read_link(format!("/proc/self/fd/{fd}")).ok();
    [output, errors].into_iter().flatten().filter_map(link).collect()
}

/// The other processes that have one of the pipes open, a line each.
pub(crate) fn holders(pipes: &[PathBuf]) -> String {
    let holds = |process: &u32| {
        let files = entries(&folder(*process).join("fd"));
        files.iter().any(|file| fs::read_link(file).is_ok_and(|place| pipes.contains(&place)))
    };
    let others = processes().filter(|process| *process != std::process::id()).filter(holds);
    others.map(|process| format!("{process}: {}\n", command_line(process))).collect()
}

fn processes() -> impl Iterator<Item = u32> {
    entries(Path::new("/proc")).into_iter().filter_map(|entry| name(&entry).parse().ok())
}

/// The address in the program's environment.
fn containerd_of(program: u32) -> Option<String> {
    let environment = read(&folder(program).join("environ"));
    environment
        .split('\0')
        .find_map(|variable| variable.strip_prefix("CONTAINERD_ADDRESS="))
        .map(str::to_owned)
}

fn shims_of(address: &str) -> Vec<u32> {
    processes().filter(|process| is_shim(&read(&folder(*process).join("cmdline")), address)).collect()
}

fn is_shim(command_line: &str, address: &str) -> bool {
    command_line.contains("containerd-shim") && command_line.split('\0').any(|word| word == address)
}

/// The process and all that it started, but for those whose parent ended before them.
fn family(process: u32) -> Vec<u32> {
    let children = threads(process).iter().map(|thread| read(&thread.join("children"))).collect::<String>();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    iter::once(process).chain(children.flat_map(family)).collect()
}

fn paragraph(process: u32) -> String {
    let folder = folder(process);
    let threads = threads(process).into_iter().map(|thread| waits(&thread));
    let files = entries(&folder.join("fd")).into_iter().map(|file| points(&file));
    let lines = threads.chain(files).map(|line| format!("  {line}\n")).collect::<String>();
    format!("{process}: {}\n{lines}", command_line(process))
}

fn command_line(process: u32) -> String {
    read(&folder(process).join("cmdline")).replace('\0', " ").trim_end().to_owned()
}

/// A thread's name, its state, and where in the kernel it is, innermost first.
fn waits(thread: &Path) -> String {
    let comm = read(&thread.join("comm"));
    let status = read(&thread.join("status"));
    let state = status.lines().find_map(|line| line.strip_prefix("State:")).unwrap_or("gone");
    let stack = read(&thread.join("stack"));
    let calls: Vec<_> = stack.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    format!("thread {}, {}: {}", comm.trim_end(), state.trim(), calls.join(" "))
}

fn points(file: &Path) -> String {
    format!("file {}: {}", name(file), fs::read_link(file).unwrap_or_default().display())
}

fn threads(process: u32) -> Vec<PathBuf> {
    entries(&folder(process).join("task"))
}

fn folder(process: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{process}"))
}

fn name(entry: &Path) -> String {
    entry.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shim_is_of_one_daemon() {
        let line = "/bin/containerd-shim-runc-v2\0-namespace\0n\0-id\0i\0-address\0/c.sock\0";
        assert!(is_shim(line, "/c.sock"));
        assert!(!is_shim(line, "/c"));
        assert!(!is_shim("ctr\0-address\0/c.sock\0", "/c.sock"));
    }
}

//! What this process may do, and what it lets its children have.

use std::fs::File;
use std::io::{self, ErrorKind};

use super::security::is_administrator;
use crate::sys::TaskName;

/// What to do when the system says no.
pub(crate) const HOW_TO_BE_ALLOWED: &str = "run it from an elevated prompt";

/// May this process make HCN namespaces? Said before anything is made.
pub(crate) fn check_permission() -> io::Result<()> {
    match is_administrator()? {
        true => Ok(()),
        false => Err(io::Error::new(
            ErrorKind::PermissionDenied,
            "this process does not have an administrator's rights",
        )),
    }
}

/// A job object does on Windows what an inherited lock does on Linux.
pub(crate) fn let_children_inherit(_: &File) -> io::Result<()> {
    Ok(())
}

/// No child has it; and a second lock on the same handle would wait for the first.
pub(crate) fn share_lock(_: &File) -> io::Result<()> {
    Ok(())
}

/// On Windows a plugin's job has killed it with the run: nobody holds anything.
pub(crate) fn kill_holders(_: &File) -> io::Result<usize> {
    Ok(0)
}

/// Files that are open stay where they are.
pub(crate) fn is_at(_: &File, _: &std::path::Path) -> bool {
    true
}

/// Not looked for.
///
/// INFERRED: that a shim whose task's creation was cut off ends by itself; killing `hcn run` while containerd starts the
/// shim on a real Windows, many times, would settle it.
pub(crate) fn end_orphaned_shims(_: TaskName<'_>) -> io::Result<usize> {
    Ok(0)
}

/// There is no runc.
pub(crate) fn end_orphaned_container(
    _: TaskName<'_>,
    _: Option<&std::path::Path>,
    _: Option<&str>,
) -> io::Result<bool> {
    Ok(false)
}

/// Not asked: shims there listen on pipes that are named otherwise.
pub(crate) fn shim_socket(_: TaskName<'_>) -> Option<std::path::PathBuf> {
    None
}

/// Not looked for either.
pub(crate) fn has_shim(_: TaskName<'_>) -> bool {
    false
}

/// Only the tests on Linux pause a run.
#[cfg(debug_assertions)]
pub(crate) fn pause() {}

/// The end, as the task manager brings it.
#[cfg(debug_assertions)]
pub(crate) fn die() {
    use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};
    // SAFETY: takes nothing, and gives a handle that need not be closed.
    let own = unsafe { GetCurrentProcess() };
    // SAFETY: the handle stands for this process, with all rights.
    unsafe { TerminateProcess(own, 137) };
}

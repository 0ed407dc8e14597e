//! The process that keeps a detached run: without a console, and out of the session's job where that lets it go.

use std::io::{self, ErrorKind};
use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{
    CloseHandle, HANDLE_FLAG_INHERIT, INVALID_HANDLE_VALUE, SetHandleInformation,
};
use windows_sys::Win32::System::Console::{
    GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetStdHandle,
};
use windows_sys::Win32::System::JobObjects::{
    JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, QueryInformationJobObject,
};
use windows_sys::Win32::System::Threading::{
    CREATE_BREAKAWAY_FROM_JOB, CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS,
};

use super::security::checked;
use crate::sys::{Leaving, at};

/// How a keeper is started.
const ALONE: u32 = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;

/// Starts a keeper. It inherits none of our own streams: who reads them would wait for its end.
pub(crate) fn start_keeper(command: &mut Command) -> io::Result<(Child, Leaving)> {
    for stream in [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        keep_from_children(stream);
    }
    match command.creation_flags(ALONE | CREATE_BREAKAWAY_FROM_JOB).spawn() {
        // The session's job lets nobody leave.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let child = command.creation_flags(ALONE).spawn()?;
            Ok((child, if job_kills() { Leaving::Bound } else { Leaving::Left }))
        }
        started => Ok((started?, Leaving::Left)),
    }
}

/// What has no such handle has nothing to keep.
fn keep_from_children(stream: STD_HANDLE) {
    // SAFETY: takes a number.
    let handle = unsafe { GetStdHandle(stream) };
    // SAFETY: a handle of this process, or none, which the call refuses.
    let _ = checked(unsafe { SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0) });
}

/// Does the job that this process is in kill whatever is in it when it ends? Without an answer it may.
fn job_kills() -> bool {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    let size = size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>() as u32;
    let (class, to) = (JobObjectExtendedLimitInformation, (&raw mut limits).cast());
    // SAFETY: null is this process's own job; pointer, class and size describe one live structure of that class.
    let asked = unsafe { QueryInformationJobObject(null_mut(), class, to, size, null_mut()) };
    checked(asked).is_err()
        || limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE != 0
}

/// It was started outside of the session already.
pub(crate) fn become_keeper() -> io::Result<()> {
    Ok(())
}

/// Lets go of the standard error that the front passes on.
pub(crate) fn close_stderr() -> io::Result<()> {
    close(STD_ERROR_HANDLE)
}

/// Lets go of standard output and of the folder that it was started in. Standard input is being read, which closing it
/// would wait for; it ends with the front.
pub(crate) fn close_front(state: &Path) -> io::Result<()> {
    close(STD_OUTPUT_HANDLE)?;
    // The root of the drive: a folder that is somebody's working folder cannot be removed.
    std::env::set_current_dir(state.ancestors().last().unwrap_or(state)).map_err(at("leaving the folder"))
}

/// From now on there is no such stream, and what is written to it is dropped.
fn close(stream: STD_HANDLE) -> io::Result<()> {
    // SAFETY: takes a number.
    let handle = unsafe { GetStdHandle(stream) };
    // SAFETY: no handle is what a process without a console has.
    checked(unsafe { SetStdHandle(stream, null_mut()) }).map_err(at("SetStdHandle"))?;
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return Ok(());
    }
    // SAFETY: the handle was this process's, and nobody finds it any more.
    checked(unsafe { CloseHandle(handle) }).map_err(at("CloseHandle"))
}

//! A plugin and its children as a job.
//!
//! The process is started suspended, put into the job, then resumed: no child can come into being outside. The job
//! kills what is in it when its last handle is closed, so plugins do not outlive this process, however it ends.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::os::windows::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_DIR_NOT_EMPTY, ERROR_SHARING_VIOLATION, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{
    CREATE_NO_WINDOW, CREATE_SUSPENDED, INFINITE, OpenThread, ResumeThread, THREAD_SUSPEND_RESUME,
    WaitForSingleObject,
};
use windows_sys::core::BOOL;

/// A job that holds a plugin.
pub(crate) struct Family(OwnedHandle);

impl Family {
    /// Start the command suspended, without a console window.
    pub(crate) fn prepare(command: &mut Command) {
        command.creation_flags(CREATE_SUSPENDED | CREATE_NO_WINDOW);
    }

    /// Put the suspended process into a job and let it run.
    pub(crate) fn adopt(child: &Child) -> io::Result<Family> {
        let family = Family(new_job()?);
        family.limit(JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)?;
        // SAFETY: both handles are open for the length of the call; the job was made with all rights, and std's
        // handle of a process it started has them too.
        checked(unsafe { AssignProcessToJobObject(family.0.as_raw_handle(), child.as_raw_handle()) })?;
        resume(child.id())?;
        Ok(family)
    }

    /// Kill the plugin and all its children. Gone already is fine.
    pub(crate) fn kill(&self) {
        // SAFETY: the handle is open for the length of the call and has all rights.
        let _ = checked(unsafe { TerminateJobObject(self.0.as_raw_handle(), 1) });
    }

    /// Let children that the plugin left running go on.
    pub(crate) fn release(self) {
        let _ = self.limit(0);
    }

    fn limit(&self, flags: u32) -> io::Result<()> {
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = flags;
        let size = size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>() as u32;
        let (job, class) = (self.0.as_raw_handle(), JobObjectExtendedLimitInformation);
        // SAFETY: the handle is open, and pointer, class and size describe one live structure of that class.
        checked(unsafe { SetInformationJobObject(job, class, (&raw const limits).cast(), size) })
    }
}

fn new_job() -> io::Result<OwnedHandle> {
    // SAFETY: both pointers may be null: default security, no name.
    owned(unsafe { CreateJobObjectW(std::ptr::null(), std::ptr::null()) })
}

/// Resume the one thread of a process that was started suspended. std does not give its handle away.
fn resume(process: u32) -> io::Result<()> {
    let thread = only_thread(process)?;
    // SAFETY: takes numbers only.
    let thread = owned(unsafe { OpenThread(THREAD_SUSPEND_RESUME, 0, thread) })?;
    // SAFETY: the handle is open for the length of the call and has the right that resuming needs.
    match unsafe { ResumeThread(thread.as_raw_handle()) } {
        u32::MAX => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn only_thread(process: u32) -> io::Result<u32> {
    // SAFETY: takes numbers only.
    let snapshot = owned(unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0) })?;
    let mut entry = THREADENTRY32 { dwSize: size_of::<THREADENTRY32>() as u32, ..THREADENTRY32::default() };
    // SAFETY: the snapshot is open, and the entry is writable and says its size.
    let mut more = unsafe { Thread32First(snapshot.as_raw_handle(), &mut entry) };
    while more != 0 {
        if entry.th32OwnerProcessID == process {
            return Ok(entry.th32ThreadID);
        }
        // SAFETY: as above.
        more = unsafe { Thread32Next(snapshot.as_raw_handle(), &mut entry) };
    }
    Err(io::Error::other("the process that was started has no thread"))
}

/// Blocks until the process has ended.
pub(crate) fn waiter(child: &Child) -> io::Result<impl FnOnce() + Send + 'static> {
    let process = child.as_handle().try_clone_to_owned()?;
    Ok(move || {
        // SAFETY: the closure owns the handle, so it is open for the length of the call.
        unsafe { WaitForSingleObject(process.as_raw_handle(), INFINITE) };
    })
}

/// The exit code, all 32 bits; Windows knows no signals.
pub(crate) fn code_and_signal(status: ExitStatus) -> (Option<i32>, Option<i32>) {
    (status.code(), None)
}

/// Own a handle that a function has just made; null and -1 are failures.
fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the caller got this handle from a function that hands it over, and passes it here alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle as RawHandle) })
}

fn checked(answer: BOOL) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// What a plugin's file may be named beyond its type: `.exe` first, as libcni looks.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[".exe", ""];

/// Makes folders; who may read them is inherited from the folder above.
pub(crate) fn private_folder() -> DirBuilder {
    DirBuilder::new()
}

/// Makes files; who may read them is inherited from the folder.
pub(crate) fn private_file() -> OpenOptions {
    OpenOptions::new()
}

/// Removes or renames a file or folder that a virus scanner or an indexer may hold for a moment: tries for two seconds on
/// Windows, where whoever has a file open is in the way, and once elsewhere.
pub fn patiently<T>(act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        match act() {
            Err(error) if is_held(&error) && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(20))
            }
            other => return other,
        }
    }
}

/// A file that is deleted while it is held is denied to others, and stays in its folder, until it is let go.
fn is_held(error: &io::Error) -> bool {
    let held = [ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED, ERROR_DIR_NOT_EMPTY];
    error.raw_os_error().is_some_and(|code| held.contains(&code.cast_unsigned()))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_held_for_a_moment_is_tried_again() {
        let tries = Cell::new(0);
        let answer = patiently(|| {
            tries.set(tries.get() + 1);
            match tries.get() {
                1 => Err(io::Error::from_raw_os_error(ERROR_SHARING_VIOLATION.cast_signed())),
                _ => Ok("gone"),
            }
        });
        assert_eq!((answer.unwrap(), tries.get()), ("gone", 2));
    }

    #[test]
    fn what_nobody_holds_is_not_tried_again() {
        let tries = Cell::new(0);
        let answer = patiently(|| -> io::Result<()> {
            tries.set(tries.get() + 1);
            Err(io::ErrorKind::NotFound.into())
        });
        assert_eq!((answer.unwrap_err().kind(), tries.get()), (io::ErrorKind::NotFound, 1));
    }
}

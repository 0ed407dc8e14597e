//! A job object: processes that are killed together.

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::JobObjects::{
    CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, SetInformationJobObject, TerminateJobObject,
};

use super::{checked, owned};

/// A job of ours. No child inherits its handle: the job closes with this process at the latest.
pub(super) struct Job(OwnedHandle);

impl Job {
    /// A job that kills what is in it when it is closed.
    pub(super) fn that_kills() -> io::Result<Self> {
        // SAFETY: both pointers may be null: default security, no name.
        let job = Self(owned(unsafe { CreateJobObjectW(std::ptr::null(), std::ptr::null()) })?);
        job.limit(JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)?;
        Ok(job)
    }

    /// From now on its end is nobody else's.
    pub(super) fn spare(&self) -> io::Result<()> {
        self.limit(0)
    }

    /// Kills all that is in it.
    pub(super) fn terminate(&self) -> io::Result<()> {
        // SAFETY: the handle is open for the length of the call and has all rights.
        checked(unsafe { TerminateJobObject(self.handle(), 1) })
    }

    /// Open as long as the job is.
    pub(super) fn handle(&self) -> HANDLE {
        self.0.as_raw_handle()
    }

    fn limit(&self, flags: u32) -> io::Result<()> {
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = flags;
        let size = size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>() as u32;
        let class = JobObjectExtendedLimitInformation;
        // SAFETY: the handle is open, and pointer, class and size describe one live structure of that class.
        checked(unsafe { SetInformationJobObject(self.handle(), class, (&raw const limits).cast(), size) })
    }
}

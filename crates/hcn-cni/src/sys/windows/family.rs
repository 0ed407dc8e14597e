//! A plugin and its children as a job. The plugin is born in it, so at no moment is there a process outside; and the job
//! kills what is in it when its last handle is closed, so plugins do not outlive this process, however it ends.

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};

use windows_sys::Win32::System::Threading::{GetExitCodeProcess, INFINITE, WaitForSingleObject};

use super::job::Job;
use super::{checked, process};
use crate::exec::{Ends, Invocation};

/// A plugin, and the job that holds it and its children.
pub(crate) struct Family {
    process: OwnedHandle,
    job: Job,
}

impl Family {
    /// Starts a program without a console window. It inherits nothing but its ends of the pipes.
    pub(crate) fn start(invocation: &Invocation, ends: Ends) -> io::Result<Self> {
        let job = Job::that_kills()?;
        Ok(Self { process: process::create(invocation, &ends, &job)?, job })
    }

    /// Kill the plugin and all its children. Gone already is fine.
    pub(crate) fn kill(&self) {
        let _ = self.job.terminate();
    }

    /// Let children that the plugin left running go on.
    pub(crate) fn release(&self) {
        let _ = self.job.spare();
    }

    /// Blocks until the plugin has ended, and answers its exit code, all 32 bits; Windows knows no signals.
    pub(crate) fn wait(&mut self) -> io::Result<(Option<i32>, Option<i32>)> {
        await_end(&self.process);
        let mut code = 0;
        // SAFETY: the handle is open for the length of the call and has all rights, and the number is writable.
        checked(unsafe { GetExitCodeProcess(self.process.as_raw_handle(), &mut code) })?;
        Ok((Some(code.cast_signed()), None))
    }

    /// Blocks until the plugin has ended.
    pub(crate) fn waiter(&self) -> io::Result<impl FnOnce() + Send + 'static> {
        let process = self.process.try_clone()?;
        Ok(move || await_end(&process))
    }
}

fn await_end(process: &OwnedHandle) {
    // SAFETY: the handle is open for the length of the call and has the right that waiting needs.
    unsafe { WaitForSingleObject(process.as_raw_handle(), INFINITE) };
}

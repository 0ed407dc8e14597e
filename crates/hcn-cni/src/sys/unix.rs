//! A plugin and its children as a process group.
//!
//! The group is the plugin's pid, which cannot be given to another process before the plugin has been reaped: so the
//! wait leaves it a zombie, and it is reaped after the last use of the group.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// A process group that is led by a plugin.
pub(crate) struct Family(Pid);

impl Family {
    /// Make the command lead a group of its own.
    pub(crate) fn prepare(command: &mut Command) {
        command.process_group(0);
    }

    /// Take the started process, whose group is there by now: std makes it before the program starts.
    pub(crate) fn adopt(child: &Child) -> io::Result<Family> {
        pid(child).map(Family)
    }

    /// Kill the plugin and every child that stayed in its group. Gone already is fine.
    pub(crate) fn kill(&self) {
        let _ = kill_process_group(self.0, Signal::KILL);
    }

    /// Let children that the plugin left running go on.
    pub(crate) fn release(self) {}
}

/// Its process id.
pub(crate) fn pid(child: &Child) -> io::Result<Pid> {
    let number = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    number.ok_or_else(|| io::Error::other(format!("{} is no process id", child.id())))
}

/// Blocks until the process has ended, and leaves it to be reaped.
pub(crate) fn waiter(child: &Child) -> io::Result<impl FnOnce() + Send + 'static> {
    let pid = pid(child)?;
    Ok(move || {
        while let Err(rustix::io::Errno::INTR) =
            waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {}
    })
}

/// The exit code, or the signal that ended it.
pub(crate) fn code_and_signal(status: ExitStatus) -> (Option<i32>, Option<i32>) {
    (status.code(), status.signal())
}

/// What a plugin's file may be named beyond its type.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[""];

/// Makes folders for their owner alone.
pub(crate) fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Makes files for their owner alone.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Removes or renames a file or folder that a virus scanner or an indexer may hold for a moment: tries for two seconds on
/// Windows, where whoever has a file open is in the way, and once elsewhere.
pub fn patiently<T>(act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    act()
}

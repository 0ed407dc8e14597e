//! A plugin and its children as a process group.
//!
//! The group is the plugin's pid, which cannot be given to another process before the plugin has been reaped: so the
//! wait leaves it a zombie, and it is reaped after the last use of the group.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::exec::{Ends, Invocation};

/// A plugin, and the process group that it leads.
pub(crate) struct Family {
    child: Child,
    group: Pid,
}

impl Family {
    /// Starts a program as the first of its group: std makes that before the program begins.
    pub(crate) fn start(invocation: &Invocation, ends: Ends) -> io::Result<Self> {
        let mut command = Command::new(&invocation.program);
        command.stdin(ends.stdin).stdout(ends.stdout).stderr(ends.stderr);
        command.args(&invocation.args);
        command.envs(invocation.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &invocation.folder {
            command.current_dir(folder);
        }
        let child = spawn(command.process_group(0))?;
        Ok(Self { group: pid(&child)?, child })
    }

    /// Kill the plugin and every child that stayed in its group. Gone already is fine.
    pub(crate) fn kill(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Let children that the plugin left running go on.
    pub(crate) fn release(&self) {}

    /// Reaps the plugin, and answers its exit code or the signal that ended it.
    pub(crate) fn wait(&mut self) -> io::Result<(Option<i32>, Option<i32>)> {
        let status = self.child.wait()?;
        Ok((status.code(), status.signal()))
    }

    /// Blocks until the plugin has ended, and leaves it to be reaped.
    pub(crate) fn waiter(&self) -> io::Result<impl FnOnce() + Send + 'static> {
        let pid = self.group;
        Ok(move || {
            while let Err(rustix::io::Errno::INTR) =
                waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
            {}
        })
    }

    /// The plugin's process id.
    #[cfg(target_os = "linux")]
    pub(crate) fn pid(&self) -> Pid {
        self.group
    }
}

/// A plugin that is being installed answers "text file busy": libcni tries for five seconds, so do we.
fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut pause = Duration::from_millis(10);
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == io::ErrorKind::ExecutableFileBusy && pause < Duration::from_secs(4) =>
            {
                thread::sleep(pause);
                pause *= 2;
            }
            other => return other,
        }
    }
}

fn pid(child: &Child) -> io::Result<Pid> {
    let number = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    number.ok_or_else(|| io::Error::other(format!("{} is no process id", child.id())))
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

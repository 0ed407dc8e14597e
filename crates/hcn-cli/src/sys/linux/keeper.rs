//! The process that keeps a detached run: a session of its own, which no terminal's end reaches.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command};

use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use crate::sys::{Leaving, at};

/// Starts a keeper. It leaves the session by itself, as soon as it runs.
pub(crate) fn start_keeper(command: &mut Command) -> io::Result<(Child, Leaving)> {
    Ok((command.spawn()?, Leaving::Left))
}

/// Leaves the session, and closes whatever else the process was handed on: nobody waits for the end of a keeper.
pub(crate) fn become_keeper() -> io::Result<()> {
    rustix::process::setsid().map_err(at("setsid"))?;
    let open = fs::read_dir("/proc/self/fd").map_err(at("listing open files"))?;
    let numbers = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    for number in numbers.filter(|number| *number > 2).collect::<Vec<_>>() {
        if fs::symlink_metadata(format!("/proc/self/fd/{number}")).is_err() {
            // That of the listing, which is closed by now.
            continue;
        }
        // SAFETY: it is open, and nothing of this process's own is but the three standard streams: nobody else owns it.
        unsafe { rustix::io::close(number) };
    }
    Ok(())
}

/// Lets go of the standard error that the front passes on.
pub(crate) fn close_stderr() -> io::Result<()> {
    dup2_stderr(null()?).map_err(at("dup2"))
}

/// Lets go of everything else: the streams to the front, and the folder that it was started in.
pub(crate) fn close_front(_state: &Path) -> io::Result<()> {
    let null = null()?;
    dup2_stdout(&null).map_err(at("dup2"))?;
    dup2_stdin(&null).map_err(at("dup2"))?;
    std::env::set_current_dir("/").map_err(at("chdir"))
}

fn null() -> io::Result<File> {
    File::options().read(true).write(true).open("/dev/null").map_err(at("opening /dev/null"))
}

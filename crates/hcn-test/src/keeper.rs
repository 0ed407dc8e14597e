//! A shell that keeps what a test started (containerd, a wineserver): a child of the test that waits for
//! its own stdin to end. That happens when the test says so and also when the test is killed, so nothing
//! is left running, mounted or on disk either way.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::Patience;

/// A running shell. Its script reads words from stdin, answers each with a line, and cleans up at the end.
#[derive(Debug)]
pub(crate) struct Keeper {
    shell: Child,
}

impl Keeper {
    /// Starts the script in the calling thread's namespaces and in a process group of its own, so that
    /// Ctrl-C reaches the test alone.
    pub(crate) fn start(script: &str, args: &[&OsStr], path: &OsStr) -> Result<Self> {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, "keeper"]).args(args);
        command.env("PATH", path).env_remove("NOTIFY_SOCKET").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Ok(Keeper { shell: command.spawn().context("cannot start /bin/sh")? })
    }

    /// Whether the shell is gone, which nothing but a kill explains.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// Says a word and waits for the answer; false where none came, for the script is at its end.
    pub(crate) fn say(&mut self, word: &str) -> bool {
        let (Some(stdin), Some(stdout)) = (&mut self.shell.stdin, &mut self.shell.stdout) else {
            return false;
        };
        let _ = writeln!(stdin, "{word}");
        stdout.read(&mut [0; 16]).is_ok_and(|length| length > 0)
    }

    /// Lets the script clean up and waits until it has.
    pub(crate) fn end(&mut self) {
        drop(self.shell.stdin.take());
        let mut patience = Patience::new(Duration::from_secs(20));
        while !self.has_ended() && !patience.is_over() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

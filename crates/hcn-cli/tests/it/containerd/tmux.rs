//! A terminal that is driven from outside: a session of tmux on a server of its own, which goes with this.

use std::path::PathBuf;
use std::time::Duration;

use hcn_test::{Patience, Program, tools};

use super::lab::Lab;

/// One session, one window.
pub(crate) struct Tmux<'a> {
    lab: &'a Lab,
    socket: PathBuf,
}

impl<'a> Tmux<'a> {
    /// Runs a shell's script on a terminal of 100 letters and 30 lines.
    pub(crate) fn start(lab: &'a Lab, name: &str, script: &str) -> Self {
        let tmux = Self { lab, socket: lab.daemon.scratch().join(format!("{name}.tmux")) };
        let shell = format!("exec /bin/sh -c '{}'", script.replace('\'', r"'\''"));
        tmux.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", &shell]);
        tmux
    }

    /// Types; `Enter` and `C-c` are keys.
    pub(crate) fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Changes its size.
    pub(crate) fn resize(&self, columns: u16, lines: u16) {
        self.tmux(&["resize-window", "-x", &columns.to_string(), "-y", &lines.to_string()]);
    }

    /// What it shows.
    pub(crate) fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until one of its lines begins so.
    #[track_caller]
    pub(crate) fn wait_for(&self, line: &str) {
        self.wait_while(line, || {});
    }

    /// The same, doing something again and again.
    #[track_caller]
    pub(crate) fn wait_while(&self, line: &str, mut again: impl FnMut()) {
        let mut patience = Patience::new(Duration::from_secs(60));
        while !self.screen().lines().any(|shown| shown.starts_with(line)) {
            assert!(!patience.is_over(), "no line begins with {line:?}:\n{}", self.screen());
            again();
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn tmux(&self, args: &[&str]) -> String {
        let program = Program::new(tools::need("tmux")).envs(self.lab.daemon.env());
        let program = program.envs([("TERM", "screen"), ("LC_ALL", "C.UTF-8"), ("SHELL", "/bin/sh")]);
        program.arg("-S").arg(&self.socket).args(args).run().success().stdout()
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        let program = Program::new(tools::need("tmux")).envs(self.lab.daemon.env());
        program.arg("-S").arg(&self.socket).arg("kill-server").run();
        let _ = std::fs::remove_file(&self.socket);
    }
}

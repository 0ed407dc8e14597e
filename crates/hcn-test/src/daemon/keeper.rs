//! The shell that keeps the daemon: a child of the test that starts containerd and waits for its own
//! stdin to end. That happens when the test says so and also when the test is killed, so nothing is
//! left running, mounted or on disk either way.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::tools;

/// `$1` configuration, `$2` folder, `$3` containerd namespace. Shims are found by their `-address`
/// argument; what they started goes first, or it would outlive them.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
cd /
containerd -c "$1" -l info >"$2/containerd.log" 2>&1 </dev/null &
daemon=$!
while read -r word; do
    [ "$word" = stop ] && kill "$daemon" && wait "$daemon"
    echo stopped
done
kill -9 "$daemon" 2>/dev/null
wait "$daemon" 2>/dev/null
tree() {
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done
    kill -9 "$1" 2>/dev/null
}
for folder in /proc/[0-9]*; do
    case "$(tr '\0' ' ' <"$folder/cmdline" 2>/dev/null)" in
    *containerd-shim*" -address $2/c.sock "*) tree "${folder#/proc/}" ;;
    esac
done
tac /proc/self/mountinfo | while read -r _ _ _ _ point _; do
    case "$point" in "$2"/*) umount -l "$point" ;; esac
done
for group in /sys/fs/cgroup/"$3" /sys/fs/cgroup/*/"$3"; do
    [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
done
rm -rf "$2"
"#;

/// The keeper and, through it, the daemon.
#[derive(Debug)]
pub(super) struct Keeper {
    shell: Child,
}

impl Keeper {
    /// Starts both, in the calling thread's namespaces and in a process group of their own, so that
    /// Ctrl-C reaches the test first.
    pub(super) fn start(config: &Path, folder: &Path, namespace: &str, path: &OsStr) -> Result<Self> {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "keeper"]).arg(config).arg(folder).arg(namespace);
        command.env("PATH", path).env_remove("NOTIFY_SOCKET").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let shell = command.spawn().with_context(|| {
            format!("cannot start a shell to keep {}", tools::need("containerd").display())
        })?;
        Ok(Keeper { shell })
    }

    /// Whether the shell is gone, which nothing but a kill explains.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// Stops containerd alone, and returns when it has.
    pub(super) fn stop(&mut self) {
        use std::io::{Read, Write};
        if let (Some(stdin), Some(stdout)) = (&mut self.shell.stdin, &mut self.shell.stdout) {
            let _ = stdin.write_all(b"stop\n");
            let _ = stdout.read(&mut [0; 16]);
        }
    }

    /// Ends all of it and waits until it is gone.
    pub(super) fn end(&mut self) {
        drop(self.shell.stdin.take());
        let ends = Instant::now() + Duration::from_secs(20);
        while !self.has_ended() && Instant::now() < ends {
            std::thread::sleep(Duration::from_millis(2));
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

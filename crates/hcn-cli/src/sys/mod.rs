//! Everything that asks the operating system directly, with the same functions for Linux and Windows: nothing else in
//! this crate asks which of the two it runs on.
//!
//! All of it blocks, but for [`Signals`] and the streams' own reading and writing. Errors are the system's, with the
//! call that gave them in front; who calls adds what was attempted and what to do.

use std::{fmt, io};

use ipnet::IpNet;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(windows, test))]
mod sddl;
#[cfg(any(windows, test))]
mod utf;
mod volume;
#[cfg(windows)]
mod windows;

/// Patience with those who hold a file for a moment: the plugins' runtime needs it too.
pub(crate) use hcn_cni::patiently;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
pub(crate) use volume::{Drive, Mounted, Rights, VolumeState};
#[cfg(windows)]
pub(crate) use windows::*;

/// A signal that `hcn run` passes on to the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Stop, please: SIGTERM; on Windows the system's shutdown, or that the console's window was closed.
    Term,
    /// Ctrl-C.
    Int,
    /// The terminal is gone; Linux only.
    Hup,
    /// Ctrl-\; on Windows Ctrl-Break.
    Quit,
    /// Free for the program's own use; Linux only.
    Usr1,
    /// Free for the program's own use; Linux only.
    Usr2,
    /// Never received, only sent: the end.
    Kill,
}

impl Signal {
    /// The signal of Linux' number.
    pub(crate) fn from_linux_number(number: u32) -> Option<Self> {
        let all = [Self::Term, Self::Int, Self::Hup, Self::Quit, Self::Usr1, Self::Usr2, Self::Kill];
        all.into_iter().find(|signal| signal.linux_number() == number)
    }

    /// Linux' number, which 128 is added to when it becomes an exit code.
    pub(crate) fn linux_number(self) -> u32 {
        match self {
            Self::Hup => 1,
            Self::Int => 2,
            Self::Quit => 3,
            Self::Kill => 9,
            Self::Usr1 => 10,
            Self::Usr2 => 12,
            Self::Term => 15,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Term => "SIGTERM",
            Self::Int => "SIGINT",
            Self::Hup => "SIGHUP",
            Self::Quit => "SIGQUIT",
            Self::Usr1 => "SIGUSR1",
            Self::Usr2 => "SIGUSR2",
            Self::Kill => "SIGKILL",
        })
    }
}

/// How large a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Letters in a line.
    pub(crate) columns: u16,
    /// Lines.
    pub(crate) lines: u16,
}

/// How it stands with a service of Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Service {
    /// Does it run?
    pub(crate) is_running: bool,
    /// May nothing start it?
    pub(crate) is_disabled: bool,
}

/// Where packets go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// To which addresses.
    pub(crate) destination: IpNet,
    /// Through which interface, by its name.
    pub(crate) interface: String,
}

/// Does a keeper outlive the session that it was started in?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It does.
    Left,
    /// The session's job does not let it go, and kills what is in it; Windows only.
    Bound,
}

/// A task, as its shim was told of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskName<'a> {
    /// containerd's socket.
    pub(crate) address: &'a str,
    /// The containerd namespace.
    pub(crate) namespace: &'a str,
    /// The container's id.
    pub(crate) container: &'a str,
}

/// A chain of the kernel's packet filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Whose packets it sees.
    pub(crate) family: Family,
    /// Its table.
    pub(crate) table: String,
    /// Its name.
    pub(crate) name: String,
    /// Does the kernel send it what goes from one interface to another?
    pub(crate) forwards: bool,
    /// Is what none of its rules takes dropped?
    pub(crate) drops: bool,
    /// Its rules as the kernel keeps them: names of interfaces and of other chains are in them as they are.
    pub(crate) rules: Vec<Vec<u8>>,
}

/// Whose packets a chain sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// IPv4 and IPv6.
    Inet,
    /// IPv4.
    Ip,
    /// IPv6.
    Ip6,
}

/// Puts the call that failed in front of the system's words and keeps the kind.
fn at<E: Into<io::Error>>(call: &str) -> impl FnOnce(E) -> io::Error {
    move |error| {
        let error = error.into();
        io::Error::new(error.kind(), format!("{call}: {error}"))
    }
}

/// What was to be removed is gone, by whomever.
pub(crate) fn absent_is_success(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        answer => answer,
    }
}

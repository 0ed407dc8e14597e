//! What the machine is like: the kernel's files, room on volumes, which programs are there.

use std::path::{Path, PathBuf};

use super::Fact;
pub(crate) use crate::sys::{Chain, Family};
use crate::sys::{Route, Service};

/// The machine.
pub(crate) trait Host {
    /// Its processor, as Rust names it: `x86_64`, `aarch64`.
    fn architecture(&self) -> &'static str;

    /// The build of Windows; none elsewhere.
    fn build(&self) -> Option<u32>;

    /// The text of one of the kernel's files.
    fn text(&self, path: &str) -> Fact<String>;

    /// Is there something at this path of the system's own?
    fn is_there(&self, path: &str) -> bool;

    /// Is there something at this path, which the user named?
    fn finds(&self, path: &Path) -> Fact<bool>;

    /// Is there a network namespace at this path?
    fn is_network_namespace(&self, path: &str) -> Fact<bool>;

    /// The room on the volume that holds a path.
    fn space(&self, path: &Path) -> Fact<Space>;

    /// How it stands with a service of Windows.
    fn service(&self, name: &str) -> Fact<Service>;

    /// Those of the functions that a DLL of Windows does not have.
    fn missing_functions(&self, dll: &str, functions: &[String]) -> Fact<Vec<String>>;

    /// What `netsh` prints of the ports that Windows keeps from programs, of a protocol: `tcp` or `udp`.
    fn excluded_ports(&self, protocol: &str) -> Fact<String>;

    /// Which indices of NDIS loopback interfaces are taken: a bit each, the lowest of each byte first.
    fn interface_indices(&self) -> Fact<Vec<u8>>;

    /// Its IPv4 routes.
    fn routes(&self) -> Fact<Vec<Route>>;

    /// The first program of this name in the folders.
    fn program(&self, name: &str, folders: &[PathBuf]) -> Option<PathBuf>;

    /// The folders in which a shell of this user looks for programs.
    fn path(&self) -> Vec<PathBuf>;

    /// The program that asks: hcn itself.
    fn own_program(&self) -> PathBuf;

    /// May this user make what a run makes? If not, what is missing.
    fn permission(&self) -> Fact<()>;

    /// Who may do what with a file: the lower twelve bits of its mode.
    fn mode(&self, path: &Path) -> Fact<u32>;

    /// The chains of the kernel's packet filter.
    fn chains(&self) -> Fact<Vec<Chain>>;
}

/// Room on a volume, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Space {
    /// What this user may still write.
    pub(crate) free: u64,
    /// All of it.
    pub(crate) total: u64,
}

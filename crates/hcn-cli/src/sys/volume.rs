//! What both systems tell of the volume below a path, and of the path itself, as far as a bind mount stands on it.

use std::path::PathBuf;

/// A volume, where it is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mounted {
    /// The folder in which it is seen: `D:\`, `/srv`.
    pub(crate) root: PathBuf,
    /// What it lies on: `\Device\HarddiskVolume3`, `/dev/sda1`, `server:/export`.
    pub(crate) device: String,
    /// Its file system as the system names it: `NTFS`, `ext4`, `fuse.sshfs`.
    pub(crate) file_system: String,
    /// What kind of drive it is.
    pub(crate) drive: Drive,
    /// Its options, as Linux mounts it with; of Windows' only `ro`.
    pub(crate) options: Vec<String>,
}

/// The kinds of drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drive {
    /// One of this machine.
    Fixed,
    /// One that can be pulled out.
    Removable,
    /// A share of another machine.
    Network,
    /// A disc.
    Optical,
    /// Memory.
    Memory,
    /// A program makes it up: FUSE, WinFsp, Dokan.
    UserMode,
    /// The system does not say.
    #[cfg_attr(not(windows), allow(dead_code, reason = "only Windows answers so"))]
    Unknown,
}

impl Drive {
    /// In a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Removable => "removable",
            Self::Network => "network",
            Self::Optical => "optical",
            Self::Memory => "memory",
            Self::UserMode => "user-mode",
            Self::Unknown => "unknown",
        }
    }
}

/// Who may do what with a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Windows: the access list, in the language of security descriptors.
    #[cfg_attr(not(windows), allow(dead_code, reason = "only Windows answers so"))]
    AccessList(String),
    /// Linux: the owner's number, the group's, and the mode.
    #[cfg_attr(windows, allow(dead_code, reason = "only Linux answers so"))]
    Mode(u32, u32, u32),
}

/// What an NTFS or ReFS volume keeps about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VolumeState {
    /// Names of the form 8.3 are made beside long ones.
    pub(crate) short_names: bool,
    /// It is a Dev Drive.
    pub(crate) dev_drive: bool,
    /// A Dev Drive that this system trusts.
    pub(crate) trusted: bool,
}

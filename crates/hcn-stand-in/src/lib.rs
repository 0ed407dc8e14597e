//! What a Windows host has and Wine has not, for hcn's own tests; never published.
//!
//! | a test wants | use |
//! |---|---|
//! | a containerd whose containers play scripts, with a shim that dials named pipes | the program `containerd-stand-in`: [`Settings`], [`daemon`], [`shim`] |
//! | a CNI plugin that attaches through HCN, or fails as told | the program `cni-stand-in`: [`plugin`] |
//! | many processes that use the Host Network Service at once | the program `hns-load`: [`load`] |
//! | a program that does with each kind of object all that the library offers | the program `library-user`: [`user`] |
//! | one that does the same by the calls of the C ABI | `library-user calls`: [`caller`] |
//! | a keeper of a utility VM that the library tells of changes | the program `guest-keeper` |
//! | to know what happened, in which order | [`journal`]: both programs write into one file |
//!
//! They stand in for strangers, so they share nothing with the code under test but the messages of containerd and the
//! HCN library: what they demand of a request is written down here a second time, from containerd's and hcsshim's rules.
//! On Linux they run too, over Unix sockets where Windows has named pipes and with the emulator for the Host Network
//! Service, so that they can be tried quickly.

#![forbid(unsafe_code)]

pub mod caller;
pub mod daemon;
#[cfg(windows)]
pub mod guest;
mod host;
pub mod journal;
pub mod load;
pub mod plugin;
mod settings;
pub mod shim;
pub mod user;
mod wire;

pub use settings::{ImageSettings, Refusal, Settings};

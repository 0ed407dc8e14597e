//! What the daemon tells of itself.

use super::Fact;

/// The daemon at an address.
pub(crate) trait Containerd {
    /// Where it is asked.
    fn address(&self) -> &str;

    /// Its version; or why it does not answer.
    fn version(&self) -> Fact<String>;
}
